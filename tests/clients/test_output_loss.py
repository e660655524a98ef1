"""What is told when the answer of a command can't be written, and when nobody reads it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from albumen.catalog.v1.image_pb2 import Image
from tests.clients.fake_catalog import FakeCatalog

COMMANDS = [["people"], ["people", "--json"], ["images", "--json"], ["--help"], ["--version"]]
# Nothing can be written to any file, just as on a disk that is full.
FULL = ("sh", "-c", 'ulimit -f 0; exec "$@"', "sh")


@pytest.fixture
def library(fake: FakeCatalog) -> FakeCatalog:
    """More people than any buffer holds."""
    for number in range(400):
        fake.add_person(f"p{number:08}", f"Somebody called {number} " + "x" * 100)
    fake.state.images = {str(number): Image(name=str(number), file_name="x" * 100) for number in range(100)}
    fake.state.page_size = 1000
    return fake


def _run(fake: FakeCatalog, *command: str, stdout: IO[Any] | int, stderr: IO[Any] | int) -> tuple[int, bytes]:
    environment = {**os.environ, "ALBUMEN_CATALOG_TARGET": fake.target}
    done = subprocess.run(command, env=environment, stdout=stdout, stderr=stderr, check=False, timeout=60)
    return done.returncode, done.stderr or b""


@pytest.mark.parametrize("command", COMMANDS)
def test_an_answer_that_finds_no_room_is_one_clear_line(
    library: FakeCatalog, tmp_path: Path, command: list[str]
) -> None:
    with (tmp_path / "out").open("wb") as file:
        code, err = _run(
            library, *FULL, sys.executable, "-m", "clients.cli", *command, stdout=file, stderr=subprocess.PIPE
        )
    assert code == 1
    assert err.decode() == (
        "✗ The answer can't be written: File too large.\n→ Make room, or send the output elsewhere.\n"
    )


def test_a_failure_that_finds_no_room_keeps_its_exit_code(library: FakeCatalog, tmp_path: Path) -> None:
    with (tmp_path / "err").open("wb") as file:
        command = (*FULL, sys.executable, "-m", "clients.cli", "index", str(tmp_path / "nothing"))
        assert _run(library, *command, stdout=file, stderr=file)[0] == 2


@pytest.mark.parametrize("command", [["nonsense"], ["--catalog"], ["search"]])
def test_wrong_usage_that_finds_no_room_keeps_its_exit_code(
    library: FakeCatalog, tmp_path: Path, command: list[str]
) -> None:
    with (tmp_path / "err").open("wb") as file:
        code, _ = _run(library, *FULL, sys.executable, "-m", "clients.cli", *command, stdout=file, stderr=file)
    assert code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_who_has_seen_enough_is_no_failure_to_speak_of(library: FakeCatalog, command: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        _, err = _run(library, sys.executable, "-m", "clients.cli", *command, stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert err == b""
