"""`albumen mark`, `albumen delete` and `albumen trash`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]


@pytest.fixture
def folder(run: Run, photo: Photo, fake: FakeCatalog) -> Path:
    """Three photos, of a catalog that has a trash."""
    fake.state.keeps_trash = True
    for number in range(3):
        photo(f"photos/{number}.png", (number, 0, 0))
    folder = photo("photos/0.png", (0, 0, 0)).parent
    assert run("index", str(folder)).exit_code == 0
    return folder


def test_a_deleted_photo_is_in_the_trash_and_comes_back(run: Run, folder: Path) -> None:
    deleted = run("delete", "1.png", str(folder / "2.png"))
    assert deleted.exit_code == 0
    assert deleted.out.splitlines()[:2] == ["Deleted 2 photos.", "They are in the trash until 2026-03-31."]
    assert "albumen trash restore" in deleted.out
    assert "1.png" not in run("images").out
    listed = run("trash", "list")
    assert "1.png" in listed.out
    assert "2026-03-31" in listed.out
    names = [json.loads(line)["fileName"] for line in run("trash", "list", "--json").out.splitlines()]
    # In the order in which they were indexed, several at a time.
    assert sorted(names) == ["1.png", "2.png"]
    assert run("trash", "restore", "1.png").out == "Restored 1 photo.\n"
    assert run("trash", "restore", "--all").out == "Restored 1 photo.\n"
    assert run("trash", "list").out == "The trash is empty.\n"
    assert "2.png" in run("images").out


def test_a_name_means_the_photo_that_the_command_is_about(run: Run, photo: Photo, folder: Path) -> None:
    namesake = photo("others/1.png", (9, 9, 9))
    assert run("index", str(namesake.parent)).exit_code == 0
    assert run("delete", str(folder / "1.png")).exit_code == 0
    # One is in the trash, the other is not.
    assert run("trash", "restore", "1.png").out == "Restored 1 photo.\n"
    assert run("delete", str(folder / "1.png")).exit_code == 0
    assert run("delete", "1.png").exit_code == 0
    refused = run("trash", "restore", "1.png")
    assert "may mean 2 images" in refused.err


def test_a_photo_that_is_named_twice_is_marked_once(run: Run, folder: Path) -> None:
    marked = run("mark", "1.png", str(folder / "1.png"), "--tag", "beach")
    assert (marked.exit_code, len(marked.out.splitlines())) == (0, 1)


def test_where_no_trash_is_kept_nothing_is_said_of_one(run: Run, fake: FakeCatalog, folder: Path) -> None:
    fake.state.keeps_trash = False
    assert run("delete", str(folder / "1.png")).out == "Deleted 1 photo.\n"
    assert len(fake.state.images) == 2


def test_what_is_forgotten_goes_to_the_trash(run: Run, folder: Path) -> None:
    (folder / "1.png").unlink()
    forgotten = run("forget", "--yes", str(folder)).out.splitlines()
    assert forgotten[1:3] == [
        "Forgot 1 place; 1 photo deleted, with the faces in it.",
        "It is in the trash until 2026-03-31.",
    ]


def test_the_trash_is_emptied_on_purpose_only(run: Run, fake: FakeCatalog, folder: Path) -> None:
    assert run("trash", "empty").out == "The trash is empty.\n"
    run("delete", *(str(path) for path in folder.iterdir()))
    assert run("trash", "empty", "--dry-run").out == "Would erase 3 photos.\n"
    asked = run("trash", "empty")
    assert asked.exit_code == 1
    assert "3 photos would be erased, and nobody is here to agree." in asked.err
    assert run("trash", "empty", "-y", "0.png").out.splitlines()[0] == "Erased 1 photo."
    assert len(fake.state.images) == 2
    assert run("trash", "empty", "-y").out.splitlines()[0] == "Erased 2 photos."
    assert fake.state.images == {}


@pytest.mark.parametrize("arguments", [[], ["--all", "0.png"]])
def test_who_restores_says_what(run: Run, arguments: list[str]) -> None:
    assert run("trash", "restore", *arguments).exit_code == 2


def test_photos_are_marked(run: Run, fake: FakeCatalog, folder: Path) -> None:
    marked = run("mark", "1.png", "--favorite", "--rating", "4", "--description", "At the sea", "--tag", "Beach")
    assert marked.exit_code == 0
    assert marked.out.split("  ")[1:] == ["1.png", "\u2665", "\u2605\u2605\u2605\u2605", "Beach", "At the sea\n"]
    again = run("mark", str(folder / "1.png"), "--no-favorite", "--tag", "sun", "--untag", "BEACH", "--rating", "0")
    assert again.out.split("  ")[1:] == ["1.png", "sun", "At the sea\n"]
    (image,) = [image for image in fake.state.images.values() if image.description]
    assert (image.favorite, image.rating, list(image.tags)) == (False, 0, ["sun"])


def test_who_marks_says_something(run: Run) -> None:
    nothing = run("mark", "1.png")
    assert nothing.exit_code == 2
    assert "Nothing is said of them." in nothing.err
