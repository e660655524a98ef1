import json
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, io, os, struct, sys
import structlog
from services.common.logs import configure_logs
from services.common.native_output import NativeOutput

native = NativeOutput()
configure_logs(level="info", form="json", service="fake")
native.report()
log = structlog.get_logger()
{body}
native.close()
log.info("end")
"""

DAMAGED_TIFF = """
from PIL import Image
from services.common.errors import InvalidArgumentError
from services.common.image_pixels import decode_pixels

encoded = io.BytesIO()
Image.effect_noise((64, 64), 50).save(encoded, "TIFF", compression="tiff_lzw")
damaged = bytearray(encoded.getvalue())
damaged[200:2000] = bytes(1800)
try:
    decode_pixels(bytes(damaged))
except InvalidArgumentError as error:
    log.info("refused", reason=str(error.reason))
"""


def run(body: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT.format(body=body)], capture_output=True, text=True, check=False, timeout=60
    )


def events(body: str) -> list[dict[str, object]]:
    done = run(body)
    assert done.returncode == 0
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_libtiff_writes_no_raw_lines_into_the_json_log() -> None:
    found = events(DAMAGED_TIFF)

    assert {event["service"] for event in found} == {"fake"}
    assert [event["reason"] for event in found if event["event"] == "refused"] == ["IMAGE_UNREADABLE"]
    assert any("LZW" in str(event["text"]) for event in found if event["event"] == "native_output")
    assert found[-1]["event"] == "end"


def test_a_library_that_never_stops_complaining_is_cut_short() -> None:
    found = events(
        'for _ in range(1000): os.write(2, b"x" * 2000 + b"\\n") if _ % 25 else __import__("time").sleep(.01)'
    )

    lines = [event for event in found if event["event"] == "native_output"]
    assert 1 <= len(lines) <= 20
    assert {len(str(line["text"])) for line in lines} == {500}
    assert sum(event["event"] == "native_output_dropped" for event in found) == 1


def test_nobody_waits_who_writes_more_than_is_read() -> None:
    # The call keeps the interpreter's lock, so that nothing is read meanwhile.
    write = "ctypes.PyDLL(None).write(2, ctypes.create_string_buffer(1000), 1000)"

    assert events(f"for _ in range(1000): {write}")[-1]["event"] == "end"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_crash_is_still_told() -> None:
    done = run('os.kill(os.getpid(), __import__("signal").SIGSEGV)')

    assert done.returncode < 0
    assert "Fatal Python error: Segmentation fault" in done.stderr


def test_a_traceback_at_the_end_is_still_told() -> None:
    done = run('raise RuntimeError("no luck")')

    assert done.returncode == 1
    assert "RuntimeError: no luck" in done.stderr
