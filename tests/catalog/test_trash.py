"""The trash of a library, whoever erases what is in it, and what a copy of its file holds."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.catalog import trash
from services.catalog.catalog import Catalog
from services.catalog.compactor import Compactor
from services.catalog.filters import ImageFilter
from services.catalog.library import Library
from services.catalog.storage import transaction
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.erased import compact
from tests.catalog.leasing import open_ones

KEPT = timedelta(days=30)


@pytest.fixture
def keeping(path: Path) -> Iterator[Library]:
    """A library that keeps what is deleted, with six photos of somebody."""
    library = Library(path, "a", trash=KEPT)
    for number in range(6):
        library.add_image(analysis(str(number), direction(0.01 * number), labels=("cat",)))
    yield library
    library.close()


def in_trash(library: Library) -> int:
    return library.record().trashed_count


def test_faces_come_back_from_the_trash_with_all_that_was_known_of_them(keeping: Library) -> None:
    (person,) = keeping.list_people(limit=2).items
    keeping.edits.update(person.id, display_name="Ann")
    before = keeping.list_faces(limit=10).items
    for number in (1, 3, 5):
        keeping.delete_image(sha256(str(number)))
    assert len(keeping.list_faces(limit=10).items) == 3
    for number in (5, 1, 3):
        keeping.trash.undelete(sha256(str(number)))
    assert keeping.list_faces(limit=10).items == before


def test_the_columns_of_both_tables_of_faces_are_the_same(keeping: Library) -> None:
    with keeping._database.read() as cursor:
        tables = [cursor.execute(f"DESCRIBE {table}").fetchall() for table in ("face", "trashed_face")]
    kept, trashed = [[(row[0], row[1]) for row in table] for table in tables]
    assert sorted([*kept, ("rejected", "BOOLEAN")]) == sorted(trashed)


def test_a_compaction_copies_the_trash_while_photos_go_there_and_come_back(keeping: Library, path: Path) -> None:
    faces = keeping.list_faces(limit=10).items
    for number in (0, 1):
        keeping.delete_image(sha256(str(number)))
    run = keeping.compaction.begin()
    assert run.advance() is not None
    keeping.delete_image(sha256("2"))
    keeping.trash.undelete(sha256("0"))
    while run.advance() is not None:
        pass
    run.close()
    keeping.close()
    library = Library(path, "a", trash=KEPT)
    assert (library.record().image_count, in_trash(library)) == (4, 2)
    for number in (1, 2):
        library.trash.undelete(sha256(str(number)))
    assert [face.id for face in library.list_faces(limit=10).items] == [face.id for face in faces]
    compact(library)
    library.close()


def test_a_large_trash_is_erased_in_parts(keeping: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "_AT_ONCE", 2)
    for number in range(5):
        keeping.delete_image(sha256(str(number)))
    assert keeping.trash.purge_due() == 0
    assert keeping.trash.purge_all(validate_only=True) == 5
    assert keeping.trash.purge_all() == 5
    assert (in_trash(keeping), len(keeping.list_images(ImageFilter(show_trashed=True), limit=9).items)) == (0, 1)


def test_what_is_due_is_erased_in_closed_libraries_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = Catalog(tmp_path, trash=KEPT)
    for library_id in ("a", "b"):
        catalog.create(library_id)
        with catalog.lease(library_id) as library:
            library.add_image(analysis("photo", direction(0)))
    now = transaction.utc_now
    with catalog.lease("a") as library:
        monkeypatch.setattr(transaction, "utc_now", lambda: now() - KEPT)
        library.delete_image(sha256("photo"))
        monkeypatch.setattr(transaction, "utc_now", now)
    with catalog.lease("b") as library:
        library.delete_image(sha256("photo"))
    catalog.close()
    catalog = Catalog(tmp_path, trash=KEPT)
    assert open_ones(catalog) == []
    Compactor(catalog, after=3600).work()
    assert [catalog.record(library_id).trashed_count for library_id in ("a", "b")] == [0, 1]
    assert catalog.record("a").erase_time is not None
    catalog.close()


def test_what_is_in_the_trash_keeps_its_time_whatever_is_set_later(keeping: Library, path: Path) -> None:
    keeping.delete_image(sha256("0"))
    keeping.close()
    library = Library(path, "a")
    assert library.trash.purge_due() == 0
    assert in_trash(library) == 1
    library.delete_image(sha256("0"))
    assert in_trash(library) == 0
    library.close()
