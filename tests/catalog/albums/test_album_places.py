"""What becomes of places in albums when files change, and when a process is killed."""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from services.catalog.album_record import AlbumRecord
from services.catalog.albums.writer import AlbumChange
from services.catalog.expressions.order import BY_NAME, ImageOrder, OrderField
from services.catalog.filters import ImageFilter
from services.catalog.library import Library
from services.catalog.vocabulary import Exif, ImageAnalysis
from tests.catalog.changing import PLACE
from tests.catalog.clustering.synthetic import analysis, direction, sha256

MORNING = datetime(2024, 5, 1, 9)  # noqa: DTZ001 - of a camera's clock
EVENING = datetime(2024, 5, 1, 19)  # noqa: DTZ001


def photo(name: str, time: datetime | None = None, source: str = PLACE, *, face: float | None = None) -> ImageAnalysis:
    faces = [] if face is None else [direction(face)]
    return replace(analysis(name, *faces, source=source), exif=Exif(capture_time=time))


def album_with(library: Library, *names: str, cover: str) -> AlbumRecord:
    album = library.albums.write.create(AlbumChange(display_name="Summer"))
    library.albums.images.add(album.id, [sha256(name) for name in names])
    return library.albums.write.update(album.id, AlbumChange(cover=sha256(cover)))


def listed(library: Library, album: AlbumRecord) -> list[str]:
    order = ImageOrder(OrderField.ALBUM)
    return [image.sha256 for image in library.list_images(ImageFilter(album_id=album.id), order, limit=99).items]


@pytest.mark.parametrize("face", [None, 0.02])
@pytest.mark.parametrize("time", [None, MORNING])
def test_a_file_that_is_edited_in_place_keeps_its_places(
    library: Library, face: float | None, time: datetime | None
) -> None:
    library.add_image(photo("before", time, face=face))
    library.add_image(photo("other", source="file:///other.jpg"))
    album = album_with(library, "other", "before", cover="before")
    edited = library.add_image(photo("after", time, face=face))
    assert edited.replaced == sha256("before")
    assert listed(library, album) == [sha256("other"), sha256("after")]
    now = library.albums.read.get(album.id)
    assert (now.cover_sha256, now.cover_chosen, now.etag) == (sha256("after"), True, album.etag)


@pytest.mark.parametrize("face", [None, 0.02])
def test_another_photo_in_its_place_takes_nothing_and_leaves_it_where_it_is(
    library: Library, face: float | None
) -> None:
    library.add_image(photo("before", MORNING, face=face))
    album = album_with(library, "before", cover="before")
    assert library.add_image(photo("another", EVENING, face=face)).replaced is None
    assert listed(library, album) == [sha256("before")]
    # Nobody has said anything of that one.
    assert library.add_image(photo("third", MORNING, face=face)).replaced == sha256("another")


def test_bytes_that_are_in_the_album_already_stay_where_they_are(library: Library) -> None:
    for name, source in (("before", PLACE), ("after", "file:///copy.jpg"), ("other", "file:///other.jpg")):
        library.add_image(photo(name, source=source))
    album = album_with(library, "before", "other", "after", cover="before")
    assert library.add_image(photo("after")).replaced == sha256("before")
    assert listed(library, album) == [sha256("other"), sha256("after")]
    assert library.albums.read.get(album.id).cover_sha256 == sha256("after")


def test_an_image_in_the_trash_keeps_its_place(library: Library) -> None:
    names = [sha256(name) for name in ("a", "b")]
    for name in ("a", "b"):
        library.add_image(photo(name, source=f"file:///{name}.jpg"))
    album = album_with(library, "a", "b", cover="a")
    with library._database.write() as transaction:
        transaction.cursor.execute("UPDATE image SET delete_time = now() WHERE sha256 = ?", [names[0]])
        transaction.note_images([1])
        transaction.commit()
    now = library.albums.read.get(album.id)
    assert (now.image_count, now.cover_sha256, now.cover_chosen) == (1, names[1], False)


def test_killed_writers_lose_no_album(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    said: list[str] = []
    for _ in range(2):
        command = [sys.executable, "-m", "tests.catalog.albums.album_process", str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as writer:
            assert writer.stdout is not None
            said += [writer.stdout.readline().strip() for _ in range(6)]
            writer.kill()
            said += [line.strip() for line in writer.stdout if line.endswith("\n")]
        library = Library(path, "a")
        albums = library.albums.read.page(BY_NAME, limit=99).items
        held = [name for album in albums for name in listed(library, album)]
        # What was under way may be there as well, and then it is there whole.
        assert set(said) <= set(held)
        assert len(held) == sum(album.image_count for album in albums)
        assert len(held) % 2 == 0
        library.close()
