"""Images in and out of a library, from any thread."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from services.catalog.clustering.dbscan import dbscan
from services.catalog.filters import ANY_IMAGE, FaceFilter, ImageFilter
from services.catalog.image_finder import ImageKey
from services.catalog.library import Library
from services.catalog.parts import WHOLE_FACE
from services.catalog.records import FaceRecord, ImageRecord, Page
from services.catalog.storage import image_records
from services.catalog.vocabulary import Source
from services.common.errors import (
    FailedPreconditionError,
    NotFoundError,
    Reason,
    UnavailableError,
)
from services.common.limits import MAX_SOURCES_PER_IMAGE
from tests.catalog.clustering.synthetic import THUMBNAIL, analysis, direction, face, galleries, sha256

if TYPE_CHECKING:
    from services.catalog.image_finder import ImageKey


def test_what_is_stored_is_what_is_read(library: Library) -> None:
    both = (direction(0), direction(0.1))
    given = replace(analysis("cat", labels=("dog", "cat", "cat")), faces=(face(both[0], 0.7), face(both[1], 1 / 3)))
    added = library.add_image(given)
    stored = added.image
    assert not added.already_indexed
    assert library.find_image(given.sha256) == stored
    assert [found.label for found in stored.objects] == ["cat", "cat", "dog"]
    assert [found.score for found in stored.faces] == pytest.approx([0.7, 1 / 3])
    assert stored.exif == given.exif
    assert stored.source_uris == ("file:///cat.jpg",)
    (first, second) = library.list_faces(limit=9, parts=WHOLE_FACE).items
    assert np.frombuffer(first.embedding or b"", "<f4").tolist() == both[0].tolist()
    assert second.thumbnail == THUMBNAIL
    assert (first.person_id, second.person_id) == (None, None)
    assert library.list_faces(limit=9).items[0].embedding is None
    record = library.record()
    assert (record.image_count, record.face_count, record.person_count) == (1, 2, 0)
    assert record.embedding_space == "space"


def test_indexing_twice_is_indexing_once(library: Library) -> None:
    first = library.add_image(analysis("cat", direction(0))).image
    added = library.add_image(analysis("cat", direction(0), source="file:///copy.jpg"))
    again = added.image
    assert added.already_indexed
    assert again.faces == first.faces
    assert again.source_uris == ("file:///cat.jpg", "file:///copy.jpg")
    assert library.add_source(first.sha256, Source("file:///cat.jpg", "cat.jpg"))[0].source_uris == again.source_uris
    assert library.record().face_count == 1


def test_a_changed_file_moves_its_source(library: Library) -> None:
    old = library.add_image(analysis("old", source="file:///x.jpg")).image
    library.add_source(old.sha256, Source("file:///copy.jpg"))
    added = library.add_image(analysis("new", source="file:///x.jpg"))
    assert added.image.source_uris == ("file:///x.jpg",)
    assert added.replaced is None
    assert (found := library.find_image(old.sha256)) is not None
    assert found.source_uris == ("file:///copy.jpg",)


def test_every_place_of_many_copies_is_listed_and_can_be_forgotten(library: Library) -> None:
    image = library.add_image(analysis("cat", source="000")).image
    places = [f"{number:03}" for number in range(MAX_SOURCES_PER_IMAGE + 3)]
    for place in places[1:]:
        image, replaced = library.add_source(image.sha256, Source(place))
        assert replaced is None
    assert image.source_uris == tuple(places[3:])
    assert [source.uri for source in library.list_sources(uri_prefix="", limit=1000).items] == places
    # The first places count as much as the last: the image stays as long as one of them is there, and no longer.
    assert library.forget_sources(places[1:]).deleted == ()
    assert library.forget_sources(places[:1]).deleted == (image.sha256,)


def test_a_page_lists_the_newest_places_of_each_image_however_many_there_are(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_records, "_MANY", 4)
    images = [library.add_image(analysis(name, source=f"{name}/000")).image for name in ("cat", "dog")]
    for number in range(1, MAX_SOURCES_PER_IMAGE + 3):
        for name, image in zip(("cat", "dog"), images, strict=True):
            library.add_source(image.sha256, Source(f"{name}/{number:03}"))
    page = library.list_images(limit=50).items
    newest = range(3, MAX_SOURCES_PER_IMAGE + 3)
    assert [image.source_uris for image in page] == [
        tuple(f"{name}/{number:03}" for number in newest) for name in ("cat", "dog")
    ]


def test_threads_that_race_store_an_image_once(library: Library) -> None:
    barrier = threading.Barrier(4)

    def add(thread: int) -> list[bool]:
        barrier.wait()
        return [
            library.add_image(analysis(f"{number}", direction(0, number), source=f"{thread}/{number}")).already_indexed
            for number in range(10)
        ]

    with ThreadPoolExecutor(4) as pool:
        known = list(pool.map(add, range(4)))
    assert [row.count(False) for row in zip(*known, strict=True)] == [1] * 10
    assert library.record().face_count == 10
    assert all(len(image.source_uris) == 4 for image in library.list_images(limit=50).items)


def test_readers_see_whole_images_while_others_write(library: Library) -> None:
    rows = galleries(60, 8)
    done = threading.Event()

    def read() -> int:
        seen = 0
        while not done.is_set():
            images = library.list_images(limit=100).items
            assert all(len(image.faces) == 2 and len(image.objects) == 1 for image in images)
            assert images == tuple(sorted(images, key=lambda image: image.faces[0].id))
            seen = max(seen, len(images))
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for number in range(30):
            library.add_image(analysis(str(number), rows[2 * number], rows[2 * number + 1], labels=("cat",)))
        for number in range(0, 30, 3):
            library.delete_image(sha256(str(number)))
        done.set()
        assert max(reader.result() for reader in readers) > 0
    assert len(library.list_images(limit=100).items) == 20


def walk(library: Library, limit: int, image_filter: ImageFilter = ANY_IMAGE) -> list[str]:
    names: list[str] = []
    after: ImageKey | None = None
    while True:
        page: Page[ImageRecord, ImageKey] = library.list_images(image_filter, limit=limit, after=after)
        assert len(page.items) <= limit
        names += [image.file_name.removesuffix(".jpg") for image in page.items]
        if page.next_key is None:
            return names
        assert len(page.items) == limit
        after = page.next_key


@pytest.mark.parametrize("limit", [1, 3, 8, 50])
def test_pages_are_complete(library: Library, limit: int) -> None:
    for number in range(24):
        labels = tuple(label for label, every in (("two", 2), ("three", 3)) if number % every == 0)
        library.add_image(analysis(str(number), direction(0.01 * number, number % 4), labels=labels))
    library.delete_image(sha256("6"))
    everything = [str(number) for number in range(24) if number != 6]
    assert walk(library, limit) == everything
    assert walk(library, limit, ImageFilter(("two", "three"))) == ["0", "12", "18"]
    assert walk(library, limit, ImageFilter(("two", "unheard"))) == []
    people = library.list_people(limit=50).items
    assert [found.face_count for found in people] == [6, 6, 6, 5]
    with_first = walk(library, limit, ImageFilter(person_id=people[0].id))
    assert len(with_first) == 6
    assert walk(library, limit, ImageFilter(("three",), people[0].id)) == [
        name for name in with_first if int(name) % 3 == 0
    ]
    seen: list[str] = []
    after: tuple[int | str, str] | None = None
    while True:
        page = library.list_people(after=after, limit=limit)
        seen += [found.id for found in page.items]
        if page.next_key is None:
            break
        after = page.next_key
    assert seen == [found.id for found in people]
    faces = walk_faces(library, limit, FaceFilter(person_id=people[0].id))
    assert [found.image_sha256 for found in faces] == [sha256(name) for name in with_first]
    assert walk_faces(library, limit, FaceFilter(image_sha256=sha256("7")))[0].person_id is not None
    assert walk_faces(library, limit, FaceFilter(ungrouped=True)) == []


def walk_faces(library: Library, limit: int, face_filter: FaceFilter) -> list[FaceRecord]:
    faces: list[FaceRecord] = []
    after: int | None = None
    while True:
        page: Page[FaceRecord, int] = library.list_faces(face_filter, limit=limit, after=after)
        faces += page.items
        if page.next_key is None:
            return faces
        after = page.next_key


def test_a_deleted_image_leaves_no_row(library: Library, path: Path) -> None:
    library.add_image(analysis("other", direction(0, 9)))
    kept = rows_of(library)
    library.add_image(analysis("cat", direction(0), direction(0.1), labels=("cat",), source="file:///secret"))
    library.delete_image(sha256("cat"))
    left = rows_of(library)
    # A word that was seen once stays a word; nothing tells where.
    for table in kept.keys() - {"label", "library", "event"}:
        assert left[table] == kept[table], table
    assert library.find_image(sha256("cat")) is None
    with pytest.raises(NotFoundError) as caught:
        library.delete_image(sha256("cat"))
    assert caught.value.reason is Reason.IMAGE_NOT_FOUND
    assert path.exists()


def rows_of(library: Library) -> dict[str, list[tuple[object, ...]]]:
    with library._database.read() as cursor:
        tables = [row[0] for row in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {table: cursor.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in tables}


def test_ids_are_never_used_again(path: Path) -> None:
    seen: set[int] = set()
    for _ in range(3):
        library = Library(path, "a")
        added = library.add_image(analysis("cat", direction(0)))
        image = added.image
        assert not added.already_indexed
        assert image.faces[0].id not in seen
        seen.add(image.faces[0].id)
        library.delete_image(image.sha256)
        library.close()


def test_another_space_is_refused(library: Library) -> None:
    library.add_image(analysis("a", direction(0)))
    with pytest.raises(FailedPreconditionError, match="new library") as caught:
        library.add_image(analysis("b", direction(0), space="other"))
    assert caught.value.reason is Reason.EMBEDDING_SPACE_MISMATCH
    library.add_image(analysis("c", space="other"))
    assert library.find_image(sha256("b")) is None


def test_a_failed_insertion_leaves_rows_and_clusters_as_they_were(library: Library) -> None:
    rows = galleries(40, 6, seed=2)
    for number, row in enumerate(rows[:30]):
        library.add_image(analysis(str(number), row))
    before = rows_of(library)
    ghost = direction(0, 200)
    # The table refuses the score after the clusters have taken the faces in.
    with pytest.raises(UnavailableError):
        library.add_image(analysis("bad", rows[0], rows[1], ghost, score=2.0))
    assert rows_of(library) == before
    alone = library.add_image(analysis("alone", ghost)).image
    assert alone.faces[0].person_id is None
    library.delete_image(alone.sha256)
    for number, row in enumerate(rows[30:], start=30):
        library.add_image(analysis(str(number), row))
    expected = dbscan(rows, 0.35, 2)
    found = [library.find_image(sha256(str(number))) for number in range(40)]
    people = [image.faces[0].person_id if image else "lost" for image in found]
    for first in range(40):
        for second in range(first):
            together = expected[first] == expected[second] >= 0
            assert (people[first] is not None and people[first] == people[second]) == together


def test_a_failed_deletion_leaves_rows_and_clusters_as_they_were(library: Library) -> None:
    library.add_image(analysis("a", direction(0)))
    library.add_image(analysis("b", direction(0.01)))
    before = rows_of(library)
    with library._database.write() as transaction:
        transaction.cursor.execute("ALTER TABLE person RENAME TO hidden_person")
        transaction.commit()
    with pytest.raises(UnavailableError):
        library.delete_image(sha256("a"))
    with library._database.write() as transaction:
        transaction.cursor.execute("ALTER TABLE hidden_person RENAME TO person")
        transaction.commit()
    assert rows_of(library) == before
    library.delete_image(sha256("a"))
    assert library.record().person_count == 0


def test_clusters_that_cannot_be_trusted_are_loaded_again(library: Library) -> None:
    (first,) = library.add_image(analysis("a", direction(0))).image.faces
    people = library._people.ensure_loaded()
    # As if undoing had failed with the face gone from the clusters.
    people._clusters.remove(np.array([first.id]))
    people.broken = True
    (second,) = library.add_image(analysis("b", direction(0.01))).image.faces
    assert library.get_person(second.person_id or "").face_count == 2


def test_ids_are_dense_however_often_one_asks_in_vain(library: Library) -> None:
    for number in range(5):
        with pytest.raises(NotFoundError):
            library.add_source(sha256(str(number)), Source("file:///x.jpg"))
        image = library.add_image(analysis(str(number), direction(0, number))).image
        assert image.faces[0].id == number + 1
