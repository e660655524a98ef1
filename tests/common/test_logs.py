import json
import subprocess
import sys

import pytest

SCRIPT = """
import structlog
from services.common.logs import configure_logs

configure_logs(level="info", form={form!r}, service="fake")
log = structlog.get_logger()

def embed():
    embedding = [0.123456]
    raise RuntimeError("no luck")

log.debug("quiet")
try:
    embed()
except RuntimeError:
    log.exception("failed", method="/m")
"""


def _lines(form: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", SCRIPT.format(form=form)], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_is_logged_without_the_values_of_variables(form: str) -> None:
    text = "\n".join(_lines(form))
    assert "RuntimeError: no luck" in text
    assert "in embed" in text
    assert "[0.123456]" not in text


def test_json_is_one_object_a_line_and_respects_the_level() -> None:
    (line,) = _lines("auto")
    event = json.loads(line)
    assert (event["event"], event["level"], event["service"], event["method"]) == ("failed", "error", "fake", "/m")
