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
    assert Path(f"party-{short}-256.jpg").read_bytes() == Path("a.webp").read_bytes() == b"picture"
    assert fake.state.pictured == [
        pictures_pb.GetThumbnailRequest(name=name, max_side=256, format=PICTURE_FORMAT_JPEG),
        pictures_pb.GetThumbnailRequest(
            name=name, max_side=64, format=PICTURE_FORMAT_WEBP, square=True, annotated=True
        ),
    ]


def test_a_download_is_what_was_asked_for(fake: FakeCatalog, run: Run, name: str) -> None:
    short = name.rpartition("/")[2][:10]
    assert run("download", "party.png").out == f"party-{short}.png\n"
    assert run("download", name, "--size", "2048", "-o", "b.webp").exit_code == 0
    assert run("download", name, "--boxes").exit_code == 0
    assert {path.name for path in Path().iterdir()} == {f"party-{short}.png", "b.webp", f"party-{short}-boxes.jpg"}
    assert {path.read_bytes() for path in Path().iterdir()} == {b"picture"}
    form = pictures_pb.PictureForm
    assert fake.state.pictured == [
        pictures_pb.GetImageContentRequest(name=name),
        pictures_pb.GetImageContentRequest(name=name, form=form(max_side=2048, format=PICTURE_FORMAT_WEBP)),
        pictures_pb.GetImageContentRequest(name=name, form=form(format=PICTURE_FORMAT_JPEG, annotated=True)),
    ]


@pytest.mark.usefixtures("name")
def test_no_two_kinds_of_pictures_have_the_same_name(run: Run) -> None:
    wanted = (
        ["show"], ["thumbnail"], ["thumbnail", "--square"], ["thumbnail", "--size", "64"], ["thumbnail", "--boxes"],
        ["download"], ["download", "--size", "2048"], ["download", "--boxes"],
    )  # fmt: skip
    names = {run(*words, "party.png").out.splitlines()[-1] for words in wanted}
    assert len(names) == len(wanted) == len(list(Path().iterdir()))
    assert len({name.split(".")[0].split("-")[:2][1] for name in names}) == 1
    assert all(name.startswith("party-") for name in names)


def test_who_downloads_twice_is_told_what_is_there(fake: FakeCatalog, run: Run, name: str) -> None:
    fake.state.pictures[name] = Path("../photos/party.png").read_bytes()
    (path,) = run("download", "party.png").out.splitlines()
    again = run("download", "party.png")
    assert (again.exit_code, again.err.splitlines()[0]) == (
        1,
        f"✗ {path} is there, with the very bytes of an indexed photo.",
    )


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
