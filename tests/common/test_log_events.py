import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EVENT = re.compile(r"_log\.(?:debug|info|warning|error|exception)\(\s*(f?\"[^\"]*\")")
NAME = re.compile(r'"[a-z][a-z0-9]*(_[a-z0-9]+)*"')


def test_events_are_named_in_snake_case_and_hold_no_values() -> None:
    events = 0
    for folder in ("services", "clients", "models"):
        for file in (ROOT / folder).rglob("*.py"):
            for match in EVENT.finditer(file.read_text()):
                assert NAME.fullmatch(match[1]), f"{file}: {match[1]}"
                events += 1
    assert events > 10
