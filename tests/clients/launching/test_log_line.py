import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.cli.launching.log_line import describe, tail, troubles


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


def test_what_went_wrong_is_told_and_not_what_came_after_it(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    events = [("loading", "info"), ("slow", "warning"), ("broken", "error"), *(("call", "info") for _ in range(20))]
    log.write_text("".join(json.dumps({"event": event, "level": level}) + "\n" for event, level in events))
    assert troubles(log, 12) == ["slow", "broken"]
    assert troubles(log, 1) == ["broken"]
    assert tail(log, 1) == ["call"]


def test_a_crash_that_is_no_event_is_told(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text('{"event": "loading", "level": "info"}\nTraceback ...\nValueError: wrong\n')
    assert troubles(log, 12) == ["Traceback ...", "ValueError: wrong"]


def test_what_goes_well_is_no_trouble(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("".join(f'{{"event": "step {number}", "level": "info"}}\n' for number in range(20)))
    assert troubles(log, 2) == []


@pytest.mark.parametrize("width", [61, 62, 63, 64])
def test_a_line_whose_start_is_not_read_is_no_trouble(tmp_path: Path, width: int) -> None:
    log = tmp_path / "a.log"
    line = json.dumps({"event": "call_ended", "level": "info"}).ljust(width - 1) + "\n"
    log.write_text(line * 3000)
    assert troubles(log, 12) == []
    assert len(tail(log, 3000)) == 64 * 1024 // width


def test_the_tail_is_the_last_lines_and_skips_empty_ones(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("".join(f"line {number}\n\n" for number in range(5000)))
    assert tail(log, 2) == ["line 4998", "line 4999"]
    assert tail(tmp_path / "none.log", 2) == []
