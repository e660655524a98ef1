"""People, counts and the end of a library."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from services.catalog.filters import ALL_PEOPLE
from services.catalog.library import Library
from services.catalog.storage.schema import known_migrations, migrate
from services.common.errors import (
    AbortedError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
    UnavailableError,
)
from tests.catalog.clustering.synthetic import THUMBNAIL, analysis, direction, face, sha256


def test_a_person_is_changed_by_who_knows_it(library: Library) -> None:
    library.add_image(analysis("a", direction(0)))
    library.add_image(analysis("b", direction(0.1)))
    (person,) = library.list_people(limit=5).items
    assert len(person.id) == 12
    named = library.edits.update(person.id, display_name="  Ann ", etag=person.etag).person
    assert named is not None
    assert named.display_name == "Ann"
    assert named.etag != person.etag
    assert named.update_time > person.update_time
    again = library.edits.update(person.id, display_name="Ann")
    assert (again.edit, again.person) == (None, named)
    with pytest.raises(AbortedError) as caught:
        library.edits.update(person.id, hidden=True, etag=person.etag)
    assert caught.value.reason is Reason.ETAG_MISMATCH
    library.edits.update(person.id, hidden=True)
    assert library.list_people(limit=5).items == ()
    assert library.list_people(ALL_PEOPLE, limit=5).items == (library.get_person(person.id),)
    with pytest.raises(InvalidArgumentError, match="201"):
        library.edits.update(person.id, display_name="x" * 201)
    with pytest.raises(NotFoundError):
        library.edits.update("nobody", display_name="x")


def test_the_cover_is_the_best_face(library: Library) -> None:
    library.add_image(analysis("a", direction(0), direction(1), score=0.5))
    better = library.add_image(analysis("b", direction(0.02), score=0.8)).image
    library.add_image(analysis("c", direction(0.03), score=0.7))
    (person,) = library.list_people(limit=5).items
    assert person.cover_face_id == better.faces[0].id
    assert (person.face_count, person.image_count) == (3, 3)
    library.delete_image(better.sha256)
    assert library.get_person(person.id).cover_face_id != better.faces[0].id


def test_the_etag_of_a_library_changes_with_its_counts(library: Library) -> None:
    before = library.record()
    assert library.record() == before
    library.add_image(analysis("a"))
    assert library.record().etag != before.etag


def test_a_closed_library_says_so(path: Path) -> None:
    library = Library(path, "a")
    library.close()
    library.close()
    with pytest.raises(UnavailableError) as caught:
        library.record()
    assert caught.value.reason is Reason.SHUTTING_DOWN
    with pytest.raises(UnavailableError):
        library.add_image(analysis("a"))
    assert not path.with_name("a.duckdb.wal").exists()


def test_unclear_faces_found_no_person_now_or_after_reopening(path: Path) -> None:
    library = Library(path, "a")
    blurred = replace(face(direction(0), 0.9), quality=0.2)
    for name in ("a", "b", "c"):
        library.add_image(replace(analysis(name), faces=(blurred, face(direction(1), 0.9))))
    before = library.list_faces(limit=9).items
    assert [found.person_id is None for found in before] == [True, False] * 3
    library.delete_image(sha256("c"))
    library.close()
    again = Library(path, "a")
    assert again.list_faces(limit=9).items == before[:4]
    assert again.record().person_count == 1
    again.close()


def test_a_library_of_the_first_schema_keeps_its_faces_and_people(path: Path) -> None:
    with duckdb.connect(path) as connection:
        migrate(connection, path, known_migrations()[:1])
        connection.execute("INSERT INTO library VALUES ('', now()::TIMESTAMP, 0.35, 2, 'space', 3, 3, 1)")
        for number in (1, 2):
            connection.execute(
                "INSERT INTO image VALUES (?, ?, '', '', 1, 9, 9, NULL, NULL, NULL, NULL, NULL, NULL, "
                "now()::TIMESTAMP, '', '')",
                [number, sha256(str(number))],
            )
            connection.execute(
                "INSERT INTO face VALUES (?, ?, 0, 0.5, 1, 1, 1, 1, ?, ?, ?)",
                [number, number, bytes(40), direction(0).tobytes(), THUMBNAIL],
            )
    library = Library(path, "a")
    library.add_image(analysis("new", direction(0)))
    assert {(found.quality, found.person_id is None) for found in library.list_faces(limit=9).items} == {(1, False)}
    library.close()
