"""The face that stands for a person: the one that a user chose, while it is the person's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.catalog.edits.target import ToNobody
from services.catalog.library import Library
from services.common.errors import AlbumenError, Reason
from tests.catalog.changing import PLACE, person_of
from tests.catalog.clustering.synthetic import analysis, direction, face, sha256


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library with three photos of somebody, the first the best, and two of somebody else."""
    library = Library(tmp_path / "a.duckdb", "a", trash=timedelta(days=30))
    for number in range(3):
        library.add_image(analysis(f"ann {number}", direction(0.01 * number), score=0.9 - 0.125 * number))
    for number in range(2):
        library.add_image(analysis(f"bob {number}", direction(0.01 * number, 1), score=0.5))
    yield library
    library.close()


def face_of(library: Library, name: str) -> int:
    image = library.find_image(sha256(name))
    assert image is not None
    return image.faces[0].id


def ann_of(library: Library) -> str:
    person = person_of(library, "ann 0")
    assert person is not None
    return person


def cover(library: Library, person: str) -> tuple[int, bool]:
    """Return the face that stands for a person, and whether it is the chosen one."""
    found = library.get_person(person)
    return found.cover_face_id, found.cover_face_id == found.chosen_cover_id


def test_a_chosen_face_stands_for_the_person(library: Library, tmp_path: Path) -> None:
    ann, best, chosen = ann_of(library), face_of(library, "ann 0"), face_of(library, "ann 2")
    assert cover(library, ann) == (best, False)
    edit = library.edits.update(ann, cover_face_id=chosen).edit
    assert edit is not None
    assert cover(library, ann) == (chosen, True)
    library.add_image(analysis("better", direction(0.03), score=1.0))
    library.close()
    again = Library(tmp_path / "a.duckdb", "a")
    assert cover(again, ann) == (chosen, True)
    again.undo.undo(edit.id)
    assert cover(again, ann) == (face_of(again, "better"), False)
    again.edits.update(ann, cover_face_id=chosen)
    again.edits.update(ann, cover_face_id=0)
    assert cover(again, ann) == (face_of(again, "better"), False)
    again.close()


def test_the_best_one_stands_in_while_the_chosen_one_is_in_the_trash(library: Library) -> None:
    ann, best, chosen = ann_of(library), face_of(library, "ann 0"), face_of(library, "ann 2")
    library.edits.update(ann, cover_face_id=chosen)
    library.delete_image(sha256("ann 2"))
    assert cover(library, ann) == (best, False)
    library.trash.undelete(sha256("ann 2"))
    assert cover(library, ann) == (chosen, True)


def test_the_best_one_stands_in_while_the_chosen_one_is_somebody_elses(library: Library) -> None:
    ann, best, chosen = ann_of(library), face_of(library, "ann 0"), face_of(library, "ann 2")
    library.edits.update(ann, cover_face_id=chosen)
    edit = library.edits.reassign([chosen], ToNobody()).edit
    assert edit is not None
    assert cover(library, ann) == (best, False)
    library.undo.undo(edit.id)
    assert cover(library, ann) == (chosen, True)


def test_who_takes_others_in_inherits_the_face_that_was_chosen_for_them(library: Library) -> None:
    ann, bob, chosen = ann_of(library), person_of(library, "bob 0"), face_of(library, "ann 2")
    assert bob is not None
    library.edits.update(ann, cover_face_id=chosen, favorite=True)
    edit = library.edits.merge(bob, [ann]).edit
    assert edit is not None
    assert (cover(library, bob), library.get_person(bob).favorite) == ((chosen, True), True)
    library.undo.undo(edit.id)
    assert (cover(library, ann), cover(library, bob)) == ((chosen, True), (face_of(library, "bob 0"), False))
    assert [library.get_person(person).favorite for person in (ann, bob)] == [True, False]


def test_the_face_of_an_edited_file_stays_the_chosen_one(library: Library) -> None:
    library.add_image(analysis("before", direction(0.02), source=PLACE, score=0.25))
    ann = ann_of(library)
    edit = library.edits.update(ann, cover_face_id=face_of(library, "before")).edit
    assert edit is not None
    library.add_image(replace(analysis("after", source=PLACE), faces=(face(direction(0.025), 0.25),),
                              embedding_space="space"))  # fmt: skip
    assert library.find_image(sha256("before")) is None
    assert cover(library, ann) == (face_of(library, "after"), True)
    library.undo.undo(edit.id)
    assert cover(library, ann) == (face_of(library, "ann 0"), False)


def test_a_face_of_somebody_else_stands_for_nobody(library: Library) -> None:
    ann, before = ann_of(library), library.list_people(limit=9)
    for chosen, reason in ((face_of(library, "bob 0"), Reason.COVER_NOT_OF_PERSON), (999, Reason.FACE_NOT_FOUND)):
        with pytest.raises(AlbumenError) as caught:
            library.edits.update(ann, cover_face_id=chosen)
        assert caught.value.reason is reason
    assert library.list_people(limit=9) == before


def test_the_face_that_was_there_first_is_chosen_though_it_is_the_best_already(library: Library) -> None:
    ann, best = ann_of(library), face_of(library, "ann 0")
    assert library.edits.update(ann, cover_face_id=best).edit is not None
    library.add_image(analysis("better", direction(0.03), score=1.0))
    assert cover(library, ann) == (best, True)
