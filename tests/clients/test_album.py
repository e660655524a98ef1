"""`albumen album`: photos put together at the terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.image_service_pb2 import ImageFilter
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog


@pytest.fixture
def library(fake: FakeCatalog, photo: Callable[..., Path], run: Run) -> FakeCatalog:
    photos = [photo(f"{name}.jpg", (number * 80, 0, 0)) for number, name in enumerate(("one", "two", "three"))]
    assert run("index", "--in-flight", "1", *map(str, photos)).exit_code == 0
    return fake


def files(run: Run, album: str) -> list[str]:
    finished = run("album", "show", album, "--json")
    assert finished.exit_code == 0
    return [json.loads(line)["fileName"] for line in finished.out.splitlines()]


def album_of(fake: FakeCatalog) -> Album:
    (album,) = fake.state.albums.values()
    return album


def test_an_album_is_made_filled_and_shown(run: Run, library: FakeCatalog) -> None:
    made = run("album", "create", "Summer", "two.jpg", "--description", "By the sea")
    assert (made.exit_code, made.out) == (0, "al000000  Summer  (1 photo)\n")
    assert run("album", "add", "summer", "one.jpg", "two.jpg", "--before", "two.jpg").out == (
        "1 photo added to Summer; 1 was there already  (2 photos now)\n"
    )
    assert run("album", "add", "al0000", "three.jpg", "--after", "one.jpg").exit_code == 0
    assert files(run, "Summer") == ["one.jpg", "three.jpg", "two.jpg"]
    assert run("album", "move", "Summer", "one.jpg").out == "1 photo moved in Summer  (3 photos now)\n"
    assert files(run, "Summer") == ["three.jpg", "two.jpg", "one.jpg"]
    shown = run("album", "show", "Summer", "--limit", "2").out
    assert shown.startswith("Summer  (3 photos)\nBy the sea\n")
    assert shown.index("three.jpg") < shown.index("two.jpg")
    assert "one.jpg" not in shown
    assert "and 1 more: --limit" in shown
    assert run("album", "remove", "Summer", "two.jpg", "--dry-run").out.startswith("1 photo would be removed from")
    assert run("album", "remove", "Summer", "two.jpg").out == "1 photo removed from Summer  (2 photos now)\n"
    assert run("album", "rename", "Summer", "Winter").out == "al000000  Winter\n"
    assert [json.loads(line)["displayName"] for line in run("album", "list", "--json").out.splitlines()] == ["Winter"]
    assert library.state.albums


def test_a_smart_album_keeps_its_filter(run: Run, library: FakeCatalog) -> None:
    assert run("album", "create", "Dogs", "--filter", "objects:dog", "--order-by", "capture_time desc").exit_code == 0
    album = album_of(library)
    assert (album.filter, album.order_by) == (ImageFilter(expression="objects:dog"), "capture_time desc")
    assert "objects:dog" in run("album", "list").out
    assert "smart: objects:dog, by capture_time desc" in run("album", "show", "Dogs").out
    refused = run("album", "add", "Dogs", "one.jpg")
    assert (refused.exit_code, "ALBUM_IS_SMART" in refused.err) == (1, True)
    album.filter.CopyFrom(ImageFilter(labels=["cat"], expression="a OR b"))
    assert 'objects:"cat" (a OR b)' in run("album", "list").out
    album.filter.CopyFrom(ImageFilter())
    assert "all photos" in run("album", "list").out


def test_all_that_is_said_of_an_album_can_be_changed(run: Run, library: FakeCatalog) -> None:
    run("album", "create", "Dogs", "--filter", "objects:dog", "--order-by", "capture_time", "--description", "Ours")
    changed = run("album", "change", "dogs", "--filter", "objects:cat", "--order-by", "size_bytes", "--name", "Cats")
    assert (changed.exit_code, changed.out) == (0, "al000000  Cats  (0 photos)\n")
    album = album_of(library)
    assert (album.filter.expression, album.order_by, album.description) == ("objects:cat", "size_bytes", "Ours")
    (two,) = (image.name for image in library.state.images.values() if image.file_name == "two.jpg")
    assert run("album", "change", "Cats", "--cover", "two.jpg", "--description", "").exit_code == 0
    assert (album.cover_image, album.description, album.filter.expression) == (two, "", "objects:cat")
    assert run("album", "change", "Cats", "--cover", "", "--filter", "").exit_code == 0
    assert (album.cover_image, album.HasField("filter"), album.filter.expression) == ("", True, "")
    refused = run("album", "change", "Cats")
    assert (refused.exit_code, "Say --name, --filter" in refused.err) == (2, True)


def test_an_album_is_deleted_by_those_who_agree(run: Run, library: FakeCatalog) -> None:
    run("album", "create", "Summer", "one.jpg")
    asked = run("album", "delete", "Summer")
    assert (asked.exit_code, "--yes" in asked.err) == (1, True)
    assert run("album", "delete", "Summer", "--dry-run").out == "Would delete Summer; its photos stay.\n"
    assert library.state.albums
    assert run("album", "delete", "Summer", "--yes").exit_code == 0
    assert not library.state.albums
    assert run("album", "list").out.startswith("No album yet.")


@pytest.mark.usefixtures("library")
def test_what_fails_for_one_photo_is_told(run: Run) -> None:
    run("album", "create", "Summer", "one.jpg")
    finished = run("album", "move", "Summer", "two.jpg", "one.jpg")
    assert finished.exit_code == 1
    assert finished.out.startswith("1 photo moved in Summer")
    assert "It is not in the album." in finished.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["create", "Dogs", "one.jpg", "--filter", "objects:dog"], 2, "what its filter finds"),
        (["add", "Summer", "one.jpg", "--before", "two.jpg", "--after", "two.jpg"], 2, "--before or --after"),
        (["show", "Winter"], 1, "No album is called 'Winter'"),
        (["show", ""], 2, "No album has an empty name."),
        (["show", "TWICE"], 1, "may mean 2 albums"),
        (["add", "Summer", "four.jpg"], 1, "No image is named"),
    ],
)
def test_what_is_meant_by_nobody_is_said(
    run: Run, library: FakeCatalog, arguments: list[str], code: int, said: str
) -> None:
    for name in ("Summer", "twice", "Twice"):
        run("album", "create", name)
    finished = run("album", *arguments)
    assert finished.exit_code == code
    assert said in finished.err
    assert len(library.state.albums) == 3


@pytest.mark.usefixtures("library")
def test_more_photos_than_one_call_takes_keep_their_order(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.cli.commands.album.filling.MAX_ALBUM_CHANGES", 1)
    run("album", "create", "Summer", "three.jpg")
    assert run("album", "add", "Summer", "one.jpg", "two.jpg", "--after", "three.jpg").exit_code == 0
    assert files(run, "Summer") == ["three.jpg", "one.jpg", "two.jpg"]
    assert run("album", "move", "Summer", "one.jpg", "two.jpg", "--before", "three.jpg").exit_code == 0
    assert files(run, "Summer") == ["one.jpg", "two.jpg", "three.jpg"]
