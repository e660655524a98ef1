"""What commands write over, and what they leave alone."""

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]
WRITERS = [pytest.param(["report"], id="report"), pytest.param(["show", "party.png"], id="show")]


def _umask() -> int:
    umask = os.umask(0o022)
    os.umask(umask)
    return umask


@pytest.fixture
def indexed(photo: Photo, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = photo("photos/party.png", (1, 2, 3))
    photo("photos/other.png", (4, 5, 6))
    assert run("index", str(path.parent)).exit_code == 0
    monkeypatch.chdir(path.parents[1])
    return path


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("command", WRITERS)
def test_what_is_no_file_is_left_as_it_is(run: Run, command: list[str]) -> None:
    os.mkfifo("pipe.png")
    Path("folder.png").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.png")
        for name, kind in (("pipe", stat.S_ISFIFO), ("socket", stat.S_ISSOCK), ("folder", stat.S_ISDIR)):
            Path(f"link-to-{name}.png").symlink_to(f"{name}.png")
            for output in (f"{name}.png", f"link-to-{name}.png"):
                refused = run(*command, "-o", output)
                assert refused.exit_code == 2, output
                assert refused.err == f"✗ {output} is no file.\n→ Name another file with -o.\n"
            assert kind(Path(f"{name}.png").lstat().st_mode)
            assert Path(f"link-to-{name}.png").is_symlink()


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("command", WRITERS)
def test_a_link_is_written_through_and_access_stays(run: Run, command: list[str]) -> None:
    Path("deep").mkdir()
    Path("out.png").symlink_to("deep/new.png")
    for mode in (0o666 & ~_umask(), 0o600):
        assert run(*command, "-o", "out.png").exit_code == 0
        assert Path("out.png").is_symlink()
        assert Path("deep/new.png").stat().st_size > 0
        assert stat.S_IMODE(Path("deep/new.png").stat().st_mode) == mode
        Path("deep/new.png").chmod(0o600)
    assert os.listdir("deep") == ["new.png"]  # noqa: PTH208 - names are all that is wanted
    Path("loop.png").symlink_to("loop.png")
    assert "loop.png can't be written: " in run(*command, "-o", "loop.png").err


@pytest.mark.parametrize("command", WRITERS)
def test_a_photo_of_the_library_is_never_written_over(
    run: Run, fake: FakeCatalog, indexed: Path, command: list[str]
) -> None:
    before = {path: path.read_bytes() for path in indexed.parent.iterdir()}
    (indexed.parents[1] / "link.png").symlink_to(indexed)
    (indexed.parents[1] / "album").symlink_to("photos")
    os.link(indexed, indexed.parents[1] / "hard.png")
    for output in (indexed, indexed.with_name("other.png"), "link.png", "hard.png", "album/other.png"):
        refused = run(*command, "-o", str(output))
        assert refused.exit_code == 1
        told = "is there, with the very bytes of an indexed photo" if output == "hard.png" else "is an indexed photo"
        assert refused.err == f"✗ {output} {told}.\n→ Name another file with -o.\n"
    assert {path: path.read_bytes() for path in indexed.parent.iterdir()} == before
    # Its drive may only be away.
    indexed.with_name("other.png").unlink()
    assert "is an indexed photo" in run(*command, "-o", "photos/other.png").err
    assert len(fake.state.sources) == 2


@pytest.mark.usefixtures("indexed")
def test_a_drawing_that_was_indexed_is_a_photo_of_the_library(run: Run) -> None:
    assert run("show", "party.png", "-o", "photos/drawn.jpg").exit_code == 0
    assert run("show", "party.png", "-o", "photos/drawn.jpg").exit_code == 0
    assert run("index", "photos").exit_code == 0
    Path("album").symlink_to("photos")
    assert "is an indexed photo" in run("show", "party.png", "-o", "album/drawn.jpg").err


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("command", WRITERS)
@pytest.mark.parametrize("kind", ["photo", "text", "page", "broken"])
def test_what_somebody_else_made_is_never_written_over(run: Run, photo: Photo, command: list[str], kind: str) -> None:
    path = photo("mine.png", (9, 9, 9))
    other = {"text": b"notes", "page": b"<!doctype html><title>Mine</title>", "broken": b"\x89PNG\r\n\x1a\n\0"}
    path.write_bytes(other.get(kind, path.read_bytes()))
    before = path.read_bytes()
    refused = run(*command, "-o", "mine.png")
    assert refused.exit_code == 1
    assert refused.err == (
        "✗ mine.png is there, and this command did not write it.\n"
        "→ Name another file with -o, or remove mine.png first if nobody needs it.\n"
    )
    assert path.read_bytes() == before


@pytest.mark.usefixtures("indexed")
def test_a_command_writes_over_what_it_wrote_and_no_more(run: Run) -> None:
    for name in ("out.jpg", "out.png"):
        assert run("show", "party.png", "-o", name).exit_code == 0
        assert run("show", "other.png", "-o", name).exit_code == 0
        assert "did not write it" in run("report", "-o", name).err
        with Image.open(name) as picture:
            assert picture.size == (64, 48)
    Path("page.png").touch()
    assert run("report", "-o", "page.png").exit_code == 0
    assert run("report", "-o", "page.png").exit_code == 0
    assert "did not write it" in run("show", "party.png", "-o", "page.png").err
