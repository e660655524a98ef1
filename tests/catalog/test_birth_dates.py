"""Nobody is on photos from before they were born, unless a user says so."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.catalog.edits.target import ToAutomatic, ToPerson
from services.catalog.library import Library
from services.catalog.vocabulary import Exif
from services.common.errors import AlbumenError, FailedPreconditionError, Reason
from tests.catalog.clustering.synthetic import Embeddings, analysis, face, sha256
from tests.catalog.people.likenesses import Likenesses

BORN = date(2010, 6, 15)


@pytest.fixture
def likenesses() -> Likenesses:
    return Likenesses()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path / "a.duckdb", "a", trash=timedelta(days=30))
    yield library
    library.close()


def add(library: Library, name: str, embedding: Embeddings, taken: datetime | None, quality: float = 1) -> str | None:
    """Add a photo of one face; return whose it is."""
    seen = replace(analysis(name), faces=(replace(face(embedding), quality=quality),), embedding_space="space")
    return library.add_image(replace(seen, exif=Exif(capture_time=taken))).image.faces[0].person_id


def on(year: int, month: int = 7, day: int = 1, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC).replace(tzinfo=None)


def of(library: Library, *names: str) -> list[str | None]:
    images = [library.find_image(sha256(name)) for name in names]
    return [image.faces[0].person_id for image in images if image is not None]


def face_id(library: Library, name: str) -> int:
    image = library.find_image(sha256(name))
    assert image is not None
    return image.faces[0].id


def child(library: Library, likenesses: Likenesses, years: tuple[int, ...] = (2011, 2012, 2013)) -> str:
    """Add photos of somebody, and say when they were born."""
    for year in years:
        add(library, f"child {year}", likenesses.of(0), on(year))
    (person,) = {*of(library, *(f"child {year}" for year in years))}
    assert person is not None
    library.edits.update(person, birth_date=BORN)
    return person


@pytest.mark.parametrize("quality", [1, 0.2])
def test_clustering_gives_nobody_a_face_of_a_photo_from_before(
    library: Library, likenesses: Likenesses, quality: float
) -> None:
    person = child(library, likenesses)
    assert add(library, "mother", likenesses.of(0), on(1990), quality) is None
    assert add(library, "today", likenesses.of(0), on(2024), quality) == person
    assert add(library, "any time", likenesses.of(0), None, quality) == person


def test_the_day_of_birth_is_no_day_before(library: Library, likenesses: Likenesses) -> None:
    person = child(library, likenesses)
    assert add(library, "eve", likenesses.of(0), on(2010, 6, 14, 23)) is None
    assert add(library, "birth", likenesses.of(0), on(2010, 6, 15, 0)) == person


def test_those_whom_a_birth_date_keeps_out_are_a_person_of_their_own(library: Library, likenesses: Likenesses) -> None:
    person = child(library, likenesses)
    add(library, "mother 1", likenesses.of(0), on(1990))
    add(library, "mother 2", likenesses.of(0), on(1991))
    mother, again = of(library, "mother 1", "mother 2")
    assert mother == again
    assert mother not in {None, person}


def test_a_birth_date_lets_go_of_what_is_too_early_and_its_undo_takes_it_back(
    library: Library, likenesses: Likenesses
) -> None:
    for year in (1990, 1991, 2011, 2012):
        add(library, str(year), likenesses.of(0), on(year))
    add(library, "any time", likenesses.of(0), None)
    everybody = ("1990", "1991", "2011", "2012", "any time")
    before = of(library, *everybody)
    (person,) = {*before}
    assert person is not None
    edit = library.edits.update(person, birth_date=BORN).edit
    assert edit is not None
    assert edit.face_count == 2
    early, *others = of(library, "1990", "2011", "2012", "any time")
    assert others == [person] * 3
    assert early not in {None, person}, "the two are to be somebody else"
    library.undo.undo(edit.id)
    assert of(library, *everybody) == before
    assert library.get_person(person).birth_date is None


def test_without_the_birth_date_they_join_again(library: Library, likenesses: Likenesses) -> None:
    person = child(library, likenesses)
    for number in range(20):
        add(library, f"early {number}", likenesses.of(0), on(1990), quality=1 if number else 0.2)
    assert person not in of(library, *(f"early {number}" for number in range(20)))
    library.edits.update(person, birth_date=None)
    assert {*of(library, *(f"early {number}" for number in range(20)))} == {person}


def test_what_a_user_gave_the_person_stays(library: Library, likenesses: Likenesses) -> None:
    person = child(library, likenesses)
    add(library, "wrong clock", likenesses.of(0), on(1970))
    library.edits.reassign([face_id(library, "wrong clock")], ToPerson(person))
    library.edits.update(person, birth_date=date(2010, 7, 1))
    assert of(library, "wrong clock") == [person]
    library.edits.reassign([face_id(library, "wrong clock")], ToAutomatic())
    assert of(library, "wrong clock") == [None]


def test_the_last_face_is_not_handed_back_to_nobody(library: Library, likenesses: Likenesses) -> None:
    person = child(library, likenesses, (2011, 2012))
    add(library, "wrong clock", likenesses.of(0), on(1970))
    library.edits.reassign([face_id(library, "wrong clock")], ToPerson(person))
    for year in (2011, 2012):
        library.delete_image(sha256(f"child {year}"))
    library.edits.reassign([face_id(library, "wrong clock")], ToAutomatic())
    assert of(library, "wrong clock") == [person]


def test_a_photo_that_comes_back_from_the_trash_is_too_early_by_now(library: Library, likenesses: Likenesses) -> None:
    for year in (1990, 2011, 2012):
        add(library, str(year), likenesses.of(0), on(year))
    (person,) = {*of(library, "1990", "2011", "2012")}
    assert person is not None
    library.edits.update(person, display_name="Ann")
    library.delete_image(sha256("1990"))
    library.edits.update(person, birth_date=BORN)
    library.trash.undelete(sha256("1990"))
    assert of(library, "1990") == [None]


def test_an_older_edit_that_is_undone_puts_nobody_where_they_are_too_early(
    library: Library, likenesses: Likenesses
) -> None:
    for year in (1990, 2011, 2012):
        add(library, str(year), likenesses.of(0), on(year))
    (person,) = {*of(library, "1990", "2011", "2012")}
    assert person is not None
    add(library, "friend", likenesses.of(1), None)
    taken = library.edits.split(person, [face_id(library, "1990")], display_name="Bob").edit
    assert taken is not None
    library.edits.update(person, birth_date=BORN)
    library.undo.undo(taken.id)
    assert of(library, "1990") == [None]


def test_an_older_edit_of_a_face_that_was_let_go_is_undone_after_the_birth_date(
    library: Library, likenesses: Likenesses
) -> None:
    for year in (1990, 2011, 2012):
        add(library, str(year), likenesses.of(0), on(year))
    (person,) = {*of(library, "1990", "2011", "2012")}
    assert person is not None
    library.edits.reassign([face_id(library, "1990")], ToPerson(person))
    older = library.edits.reassign([face_id(library, "1990")], ToAutomatic()).edit
    newer = library.edits.update(person, birth_date=BORN).edit
    assert older is not None
    assert newer is not None
    with pytest.raises(FailedPreconditionError) as caught:
        library.undo.undo(older.id)
    assert (caught.value.reason, caught.value.resource) == (Reason.EDIT_SUPERSEDED, f"libraries/a/edits/{newer.id}")
    library.undo.undo(newer.id)
    library.undo.undo(older.id)
    assert of(library, "1990") == [person]


def test_a_cluster_with_one_wrong_clock_joins_without_it(library: Library, likenesses: Likenesses) -> None:
    person = child(library, likenesses)
    shot = likenesses.of(0, 0.9)
    assert add(library, "burst", shot, on(2014)) == person
    assert add(library, "wrong clock", shot, on(1970)) is None
    assert add(library, "right clock", shot, on(2014)) == person
    assert of(library, "wrong clock") == [None]


def test_a_full_run_changes_nothing(library: Library, likenesses: Likenesses) -> None:
    child(library, likenesses)
    for number, year in enumerate((1990, 1991, 2012, 2013)):
        add(library, f"more {number}", likenesses.of(0), on(year))
    before = library.list_faces(limit=99).items
    with contextlib.closing(library.reclustering.begin()) as run:
        while run.advance() is not None:
            pass
    assert library.list_faces(limit=99).items == before


def test_who_takes_others_in_inherits_their_birth_date(library: Library, likenesses: Likenesses) -> None:
    person = child(library, likenesses)
    for number in range(2):
        add(library, f"other {number}", likenesses.of(1), on(1990 if number else 2015))
    (other,) = {*of(library, "other 0", "other 1")}
    assert other is not None
    edit = library.edits.merge(other, [person]).edit
    assert edit is not None
    assert library.get_person(other).birth_date == BORN
    assert of(library, "other 0", "other 1", "child 2011") == [other, None, other]
    library.undo.undo(edit.id)
    assert of(library, "other 0", "other 1", "child 2011") == [other, other, person]
    assert [library.get_person(one).birth_date for one in (other, person)] == [None, BORN]


@pytest.mark.parametrize(
    ("birth_date", "reason"),
    [(date(2014, 1, 1), Reason.BIRTH_DATE_TAKES_ALL), (date(9999, 1, 1), Reason.DATE_INVALID)],
)
def test_a_birth_date_that_can_not_be(
    library: Library, likenesses: Likenesses, birth_date: date, reason: Reason
) -> None:
    person = child(library, likenesses)
    before = library.list_people(limit=9)
    with pytest.raises(AlbumenError) as caught:
        library.edits.update(person, birth_date=birth_date)
    assert caught.value.reason is reason
    assert library.list_people(limit=9) == before


def test_a_birth_date_is_forgotten_with_the_last_face(library: Library, likenesses: Likenesses) -> None:
    child(library, likenesses)
    for year in (2011, 2012, 2013):
        library.delete_image(sha256(f"child {year}"))
    library.trash.purge_all()
    told = [change for edit in library.history.page(limit=9).items for change in edit.people]
    assert told
    assert {said.birth_date for change in told for said in (change.before, change.after)} == {None}


def test_it_is_kept_over_a_restart(library: Library, likenesses: Likenesses, tmp_path: Path) -> None:
    person = child(library, likenesses)
    library.close()
    again = Library(tmp_path / "a.duckdb", "a")
    assert again.get_person(person).birth_date == BORN
    assert add(again, "mother", likenesses.of(0), on(1990)) is None
    again.close()
