import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from clients.cli.launching.log_line import describe, tail


def test_reads_what_a_service_says() -> None:
    line = json.dumps(
        {"event": "not_serving", "reason": "MODEL_NOT_READY", "message": "No weights.", "level": "warning"}
    )
    assert describe(line) == "not_serving: No weights."


def test_a_traceback_is_told_by_its_last_line() -> None:
    line = json.dumps({"event": "call_failed", "exception": "Traceback ...\n  line\nValueError: wrong"})
    assert describe(line) == "call_failed: ValueError: wrong"


@given(st.text() | st.dictionaries(st.text(), st.text()).map(json.dumps) | st.floats().map(json.dumps))
def test_any_line_is_readable_and_short(line: str) -> None:
    assert len(describe(line)) <= 400


def test_the_tail_is_the_last_lines_and_skips_empty_ones(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("".join(f"line {number}\n\n" for number in range(5000)))
    assert tail(log, 2) == ["line 4998", "line 4999"]
    assert tail(tmp_path / "none.log", 2) == []
