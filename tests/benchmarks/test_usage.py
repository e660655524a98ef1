"""What processes share is not measured as often as there are processes, nor forgotten."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.usage import usage_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is shared")

MEGABYTE = 1_000_000

# A process, one that it started, and four that this one has forked.
FAMILY = """
    import os, subprocess, sys, time
    code = sys.argv[1]
    if code == "service":
        with subprocess.Popen([sys.executable, "-c", os.environ["CODE"], "server"]) as server:
            pass
    shared = os.urandom(1_000) * 200_000
    for _ in range(4):
        if not os.fork():
            time.sleep(600)
    gone = os.fork()
    if not gone:
        while time.process_time() < 1:
            pass
        os._exit(0)
    os.waitpid(gone, 0)
    print("ready", flush=True)
    sys.stdin.read()
    os.killpg(0, 9)
"""


@contextmanager
def _family() -> Iterator[int]:
    code = textwrap.dedent(FAMILY)
    command = [sys.executable, "-c", code, "service"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"CODE": code}, process_group=0
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
        process.stdin.close()


def test_what_forked_processes_share_counts_once() -> None:
    with _family() as pid:
        usage = usage_of(pid)

    assert 200 * MEGABYTE < usage.resident_bytes <= usage.peak_bytes < 400 * MEGABYTE


def test_time_of_those_that_others_have_buried_counts() -> None:
    with _family() as pid:
        assert usage_of(pid).cpu_seconds >= 1
