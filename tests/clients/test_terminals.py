"""The command line in terminals and pipes of other encodings and widths."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.people_edit_service_pb2 import MergeSuggestion
from albumen.types.v1.detection_pb2 import ObjectDetection
from albumen.types.v1.geometry_pb2 import BoundingBox
from clients.cli import console
from clients.cli.__main__ import COMMANDS
from clients.cli.commands.album.app import ALBUM_COMMANDS
from clients.cli.launching.service_process import ServiceCommand, ServiceProcess
from clients.cli.launching.status_table import status_table
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]
BOX = BoundingBox(left=10, top=10, width=20, height=20)
FILE = "a-rather-long-name-of-a-photo-from-the-summer-holidays-\N{CYRILLIC CAPITAL LETTER ZHE}.png"


@pytest.fixture
def library(fake: FakeCatalog, photo: Photo, run: Run) -> FakeCatalog:
    anna = fake.add_person("k3rvwc5lpa", "Anna \N{CYRILLIC CAPITAL LETTER ZHE}ukova-Wiesengrund")
    other = fake.add_person("zz9plural0")
    labels = ("motorcycle", "umbrella", "cat", "potted plant")
    fake.state.objects = {FILE: [ObjectDetection(label=label, score=0.9, box=BOX) for label in labels]}
    fake.state.found_faces = {FILE: [Face(person=anna.name, box=BOX)]}
    fake.state.suggestions = [MergeSuggestion(person=anna, other=other, probability=0.9)]
    assert run("index", str(photo(FILE))).exit_code == 0
    assert run("merge", "k3rvwc5lpa", "zz9plural0").exit_code == 0
    return fake


def _albumen(encoding: str, target: str, *arguments: str, columns: int = 80) -> subprocess.CompletedProcess[bytes]:
    environment = {
        **os.environ,
        "PYTHONIOENCODING": encoding,
        "COLUMNS": str(columns),
        "ALBUMEN_CATALOG_TARGET": target,
    }
    return subprocess.run(
        [sys.executable, "-m", "clients.cli", *arguments], env=environment, capture_output=True, timeout=60, check=False
    )


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp437"])
def test_a_terminal_without_unicode_is_no_reason_to_end(
    library: FakeCatalog, photo: Photo, tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "плохой.jpg").write_bytes(b"x")
    photo("later.png", (5, 5, 5))
    indexed = _albumen(encoding, library.target, "index", str(tmp_path))
    assert indexed.returncode == 3, indexed.stderr
    assert b"\\u043f\\u043b\\u043e\\u0445\\u043e\\u0439.jpg The bytes are not an image." in indexed.stdout
    assert len(library.state.images) == 2
    failed = _albumen(encoding, library.target, "show", "плохой.jpg")
    assert failed.returncode == 1
    assert failed.stderr.startswith(b"x No image is named")


@pytest.mark.parametrize(
    "command", [["people"], ["images"], ["edits"], ["suggest"], ["forget"], ["--help"], ["index", "--help"]]
)
def test_every_command_writes_what_the_poorest_terminal_can_show(library: FakeCatalog, command: list[str]) -> None:
    done = _albumen("ascii", library.target, *command)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    done.stdout.decode("ascii")


def test_a_locale_of_latin_1_is_no_reason_to_end(library: FakeCatalog, photo: Photo) -> None:
    path = photo("\N{CYRILLIC CAPITAL LETTER ZHE}.png", (8, 8, 8))
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    environment["ALBUMEN_CATALOG_TARGET"] = library.target
    command: list[str | bytes] = [sys.executable, "-m", "clients.cli", "index", os.fsencode(path)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert path.as_uri() in library.state.sources


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    ("command", "cells"),
    [
        ("people", ["k3rvwc5lpa", "Anna", "ukova-Wiesengrund", "faces", "photos", "name"]),
        ("images", ["size", "64", "48", FILE, "motorcycle", "umbrella", "plant", "objects", "people", "Wiesengrund"]),
        ("edits", ["person", "zz9plu", "merged", "Wiesengrund", "2023-11-14", "what", "faces", "when"]),
        ("suggest", ["k3rvwc5lpa", "zz9plural0", "90%", "Wiesengrund", "likely", "=", "other"]),
    ],
)
def test_a_narrow_pipe_gets_every_column_and_every_letter(
    run: Run, library: FakeCatalog, monkeypatch: pytest.MonkeyPatch, columns: int, command: str, cells: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert library.state.people
    out = run(command).out
    table = [line for line in out.splitlines() if line]
    assert "\N{HORIZONTAL ELLIPSIS}" not in out
    # Folded cells are spread over lines, so letters are counted.
    there, wanted = Counter("".join(table)), Counter("".join(cells))
    assert wanted <= there, wanted - there


@pytest.mark.parametrize("command", ["images", "people", "suggest", "edits"])
def test_an_id_is_not_broken_in_a_narrow_terminal(
    run: Run, library: FakeCatalog, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    image = next(iter(library.state.images)).rpartition("/")[2][:10]
    ids = {"images": [image], "people": ["k3rvwc5lpa"], "suggest": ["k3rvwc5lpa", "zz9plural0"], "edits": ["1"]}
    monkeypatch.setenv("COLUMNS", "40")
    table = run(command).out.partition("albumen")[0]
    for wanted in ids[command]:
        assert wanted in table.split(), table
    assert max(len(line) for line in table.splitlines()) <= 40


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("columns", [30, 40, 50, 60, 70, 80, 100])
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("images", ["motorcycle,", "umbrella", "potted", "64×48", "objects", "people", "Anna"]),  # noqa: RUF001
        ("edits", ["2023-11-14", "merged", "person", "zz9plu", "Anna"]),
        ("suggest", ["90%", "k3rvwc5lpa", "zz9plural0", "faces", "Anna"]),
        ("people", ["k3rvwc5lpa", "photos", "Anna"]),
    ],
)
def test_no_word_is_broken_however_narrow_the_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, columns: int, command: str, words: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run(command).out.partition("albumen")[0].splitlines()
    assert set(words) <= {word for line in lines for word in line.split()}, lines
    assert max(len(line) for line in lines) <= columns


def test_up_in_a_narrow_pipe_keeps_its_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = f"print({'a long line of the log that says why ' * 8!r})"
    command = ServiceCommand("detector", (sys.executable, "-c", said), "127.0.0.1:50051", {})
    service = ServiceProcess(command, tmp_path / "detector.log")
    assert service.wait(60)
    service.refresh()
    for columns in (40, 80):
        capsys.readouterr()
        console.out.print(status_table([service], {}), width=columns)
        out = capsys.readouterr().out
        assert max(len(line) for line in out.splitlines()) <= columns
        there = Counter(out)
        for cell in ("service", "address", "state", "seconds", "detector", "127.0.0.1:50051", "ended", "says why"):
            assert Counter(cell.replace(" ", "")) <= there, cell


@pytest.mark.parametrize(
    "command",
    [
        *([command.__name__] for command in COMMANDS),
        ["album"],
        *(["album", name] for name in ALBUM_COMMANDS),
        *(["operations", *name] for name in ([], ["list"], ["show"], ["wait"], ["cancel"], ["forget"])),
    ],
)
def test_a_page_of_help_cuts_no_option_short(run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    finished = run(*command, "--help")
    assert finished.exit_code == 0
    assert not [line for line in finished.out.splitlines() if "\N{HORIZONTAL ELLIPSIS}" in line]
