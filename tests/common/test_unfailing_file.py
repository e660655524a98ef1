import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.common.unfailing_file import UnfailingFile


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def _write(body: str, stderr: Path) -> subprocess.CompletedProcess[bytes]:
    """Log from a process of its own, whose files may have so many bytes as `room` says."""
    code = textwrap.dedent("""
        import logging, resource, structlog, sys
        from services.common.logs import configure_logs
        configure_logs(level="info", form="json", service="fake")
        log = structlog.get_logger()
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)

        def room(size):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    """)
    with stderr.open("ab") as file:
        return subprocess.run([sys.executable, "-c", code + textwrap.dedent(body)], stderr=file, check=False)


def test_what_was_lost_is_counted_and_said_once_when_there_is_room_again(tmp_path: Path) -> None:
    done = _write(
        """
        room(0)
        for _ in range(3):
            log.info("lost")
        logging.getLogger("other").warning("lost")
        print("lost", file=sys.stderr)
        room(most)
        log.info("first")
        log.info("second")
        """,
        tmp_path / "log",
    )
    assert done.returncode == 0
    said, first, second = (tmp_path / "log").read_text().splitlines()
    assert '"lines": 5' in said
    assert '"service": "fake"' in said
    assert "5 lines could not be written." in said
    assert '"event": "first"' in first
    assert '"event": "second"' in second


def test_a_line_that_was_cut_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    done = _write(
        """
        room(20)
        log.info("cut")
        room(most)
        log.info("whole")
        """,
        tmp_path / "log",
    )
    assert done.returncode == 0
    cut, said, whole = (tmp_path / "log").read_text().splitlines()
    assert len(cut) == 20
    assert '"lines": 1' in said
    assert '"event": "whole"' in whole


def test_a_reader_who_reads_no_more_holds_nobody_up_and_gets_whole_lines_afterwards(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    file = UnfailingFile(writer, patience=0.01)
    file.notice = "lost {}".format
    line = b"x" * 9_999 + b"\n"
    for _ in range(50):
        assert file.write(line) == len(line)

    os.set_blocking(reader, False)
    read = b""
    while len(part := _read(reader)) > 0:
        read += part
    file.write(b"next\n")
    read += _read(reader)

    *lines, said, last = read.splitlines()
    assert said == b"lost %d" % (50 - sum(len(each) == 9_999 for each in lines))
    assert last == b"next"


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 65_536)
    except BlockingIOError:
        return b""


def test_nobody_fails_without_a_reader(pipe: tuple[int, int]) -> None:
    _, writer = pipe
    other, gone = os.pipe()
    os.close(other)
    os.dup2(gone, writer)
    os.close(gone)
    assert UnfailingFile(writer).write(b"line\n") == 5
