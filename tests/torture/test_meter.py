"""What the harness measures of a process and its children."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from torture.meter import Meter

_MEGABYTE = 1_000_000
_CHILD = 200 * _MEGABYTE
# It holds memory, has worked, says so, and ends when its input does.
_WORK = "import sys, time\nheld = bytearray(b'x') * {held}\nwhile time.process_time() < {seconds}: pass\n"
_HOLD = "print('ready', flush=True)\nsys.stdin.read()\n"
_PARENT = (
    "import subprocess, sys\n"
    "child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=subprocess.PIPE)\n"
    "sys.stdin.read()\nchild.stdin.close()\nchild.wait()\n"
)


def test_children_that_outlive_their_process_are_told(meter: Meter) -> None:
    _until_more_than(meter.take_peak, _CHILD)
    (pid,) = meter.orphans(0)
    child = psutil.Process(pid)
    parent = child.parent()
    assert parent is not None
    child.suspend()
    try:
        parent.kill()
        # Meanwhile the parent, which nobody has buried yet, is asked for its children.
        time.sleep(1)
        assert meter.orphans(0) == [pid]
    finally:
        child.resume()
    # The child sees that its input has ended, and ends too.
    assert meter.orphans(60) == []


@pytest.fixture
def meter() -> Iterator[Meter]:
    """Of a process that does nothing, with a child that does."""
    child = _WORK.format(held=_CHILD, seconds=1) + _HOLD
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, child], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        with Meter(process.pid) as meter:
            assert process.stdout.readline() == b"ready\n"
            yield meter
            process.stdin.close()


def test_memory_of_children_counts_once(meter: Meter) -> None:
    assert _CHILD < _until_more_than(meter.take_peak, _CHILD) < 1.5 * _CHILD


def test_time_of_children_counts(meter: Meter) -> None:
    assert _until_more_than(meter.cpu_seconds, 0.5) < 30


def test_a_process_that_is_gone_has_used_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with Meter(process.pid) as meter:
        assert meter.cpu_seconds() == 0
        assert meter.take_peak() == 0


def _until_more_than(measure: Callable[[], float], least: float) -> float:
    """Measure until a child was looked at, which happens twice a second."""
    for _ in range(600):
        found = measure()
        if found > least:
            return found
        time.sleep(0.05)
    raise AssertionError("it was never seen")
