"""`albumen thumbnail` and `albumen download`: which picture is asked for, and where it is written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from albumen.catalog.v1 import picture_service_pb2 as pictures_pb
from albumen.catalog.v1.picture_pb2 import PICTURE_FORMAT_JPEG, PICTURE_FORMAT_WEBP
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog


@pytest.fixture
def name(fake: FakeCatalog, photo: Callable[..., Path], run: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    """An indexed photo; commands run in a folder of their own."""
    path = photo("photos/party.png")
    assert run("index", str(path)).exit_code == 0
    (name,) = fake.state.images
    fake.state.pictures[name] = b"picture"
    (path.parents[1] / "here").mkdir()
    monkeypatch.chdir(path.parents[1] / "here")
    return name


def test_a_thumbnail_is_asked_for_as_it_was_said(fake: FakeCatalog, run: Run, name: str) -> None:
    assert run("thumbnail", "party.png").exit_code == 0
    finished = run("thumbnail", "party.png", "-o", "a.webp", "--size", "64", "--square", "--boxes")
    assert (finished.exit_code, finished.out) == (0, "a.webp\n")
    short = name.rpartition("/")[2][:10]
    assert Path(f"{short}.jpg").read_bytes() == Path("a.webp").read_bytes() == b"picture"
    assert fake.state.pictured == [
        pictures_pb.GetThumbnailRequest(name=name, max_side=256, format=PICTURE_FORMAT_JPEG),
        pictures_pb.GetThumbnailRequest(
            name=name, max_side=64, format=PICTURE_FORMAT_WEBP, square=True, annotated=True
        ),
    ]


def test_an_original_is_named_as_its_file_and_a_picture_by_its_id(fake: FakeCatalog, run: Run, name: str) -> None:
    assert run("download", "party.png").out == "party.png\n"
    assert run("download", name, "--size", "2048", "-o", "b.webp").exit_code == 0
    assert run("download", name, "--boxes").exit_code == 0
    assert {path.name for path in Path().iterdir()} == {"party.png", "b.webp", f"{name.rpartition('/')[2][:10]}.jpg"}
    assert {path.read_bytes() for path in Path().iterdir()} == {b"picture"}
    form = pictures_pb.PictureForm
    assert fake.state.pictured == [
        pictures_pb.GetImageContentRequest(name=name),
        pictures_pb.GetImageContentRequest(name=name, form=form(max_side=2048, format=PICTURE_FORMAT_WEBP)),
        pictures_pb.GetImageContentRequest(name=name, form=form(format=PICTURE_FORMAT_JPEG, annotated=True)),
    ]


@pytest.mark.parametrize("command", ["thumbnail", "download"])
@pytest.mark.usefixtures("name")
def test_nothing_is_written_over_but_the_same_bytes(run: Run, command: str) -> None:
    Path("mine.jpg").write_text("mine")
    refused = run(command, "party.png", "-o", "mine.jpg")
    assert refused.exit_code == 1
    assert "mine.jpg is there, and this command did not write it" in refused.err
    assert Path("mine.jpg").read_text() == "mine"
    for _ in range(2):
        assert run(command, "party.png", "-o", "same.jpg").exit_code == 0
    if command == "download":
        assert "is an indexed photo" in run(command, "party.png", "-o", "../photos/party.png").err
    assert not list(Path().glob(".albumen-*"))


def test_what_is_no_picture_leaves_no_file(fake: FakeCatalog, run: Run, name: str) -> None:
    assert run("thumbnail", "party.png", "-o", "a.gif").exit_code == 2
    assert run("download", "party.png", "-o", "a.gif", "--size", "64").exit_code == 2
    assert run("thumbnail", "party.png", "--size", "63").exit_code == 2
    assert run("download", "party.png", "--size", "4097").exit_code == 2
    fake.state.is_whole = False
    broken = run("download", "party.png")
    assert (broken.exit_code, broken.err.splitlines()[0]) == (1, "✗ What came is not what the catalog said.")
    del fake.state.pictures[name]
    for command in ("thumbnail", "download"):
        failed = run(command, "party.png")
        assert failed.exit_code == 1
        assert "No file is there." in failed.err
        assert "PICTURE_UNAVAILABLE" in failed.err
    assert list(Path().iterdir()) == []
