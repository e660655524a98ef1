"""Names of people whose photos are all deleted are nowhere in the library any more."""

from pathlib import Path

import pytest

from services.catalog.edits.target import ToNewPerson
from services.catalog.library import Library
from tests.catalog.clustering.synthetic import analysis, direction, sha256


def shown_names(library: Library) -> set[str]:
    """Return every name that the edits answer with."""
    edits = library.history.page(limit=99).items
    changes = [change for edit in edits for change in edit.people]
    said = [said for change in changes for said in (change.before, change.after)]
    return {one.display_name for one in said if one.display_name}


def photos(library: Library, who: str, plane: int) -> str:
    """Add two photos of somebody who gets the name `who`; return the person's id."""
    before = {person.id for person in library.list_people(limit=99).items}
    for number in range(2):
        library.add_image(analysis(f"{who} {number}", direction(0.01 * number, plane)))
    (person,) = [person.id for person in library.list_people(limit=99).items if person.id not in before]
    library.edits.update(person, display_name=who)
    return person


def delete(library: Library, who: str) -> None:
    for number in range(2):
        library.delete_image(sha256(f"{who} {number}"))


def test_the_name_of_a_person_without_photos_is_in_no_edit(library: Library) -> None:
    photos(library, "Ann", 0)
    photos(library, "Bob", 1)
    delete(library, "Ann")
    assert shown_names(library) == {"Bob"}


def test_the_name_stays_while_one_photo_is_left(library: Library) -> None:
    photos(library, "Ann", 0)
    library.delete_image(sha256("Ann 0"))
    assert shown_names(library) == {"Ann"}


def test_names_of_people_merged_into_the_deleted_one_are_forgotten_too(library: Library) -> None:
    ann, ida, eve = (photos(library, name, plane) for plane, name in enumerate(("Ann", "Ida", "Eve")))
    photos(library, "Bob", 3)
    library.edits.merge(ida, [eve])
    library.edits.merge(ann, [ida])
    for name in ("Ann", "Ida", "Eve"):
        assert name in shown_names(library)
        delete(library, name)
    assert shown_names(library) == {"Bob"}


def test_a_name_that_undoing_can_bring_back_stays(library: Library) -> None:
    ann, ida = photos(library, "Ann", 0), photos(library, "Ida", 1)
    bob = photos(library, "Bob", 2)
    library.edits.separate([ida, bob])
    merge = library.edits.merge(ann, [ida]).edit
    assert merge is not None
    delete(library, "Bob")
    assert shown_names(library) == {"Ann", "Ida"}
    library.undo.undo(merge.id)
    assert {person.display_name for person in library.list_people(limit=9).items} == {"Ann", "Ida"}


@pytest.mark.parametrize("undone", [False, True])
def test_names_are_gone_from_the_rows_as_well(library: Library, undone: bool) -> None:
    ann = photos(library, "Annabella", 0)
    edit = library.edits.update(ann, hidden=True).edit
    assert edit is not None
    if undone:
        library.undo.undo(edit.id)
    delete(library, "Annabella")
    assert shown_names(library) == set()


def test_a_person_who_went_by_an_undo_is_forgotten_with_the_last_face(path: Path) -> None:
    library = Library(path, "a")
    for number in range(2):
        library.add_image(analysis(f"{number}", direction(number)))
    faces = [face.id for face in library.list_faces(limit=9).items]
    edit = library.edits.reassign(faces, ToNewPerson("Ann")).edit
    assert edit is not None
    library.undo.undo(edit.id)
    library.delete_image(sha256("0"))
    library.forget_names()
    assert shown_names(library) == {"Ann"}
    library.delete_image(sha256("1"))
    library.close()
    # By whoever opens the library next, if the process ends before.
    again = Library(path, "a")
    again.forget_names()
    assert shown_names(again) == set()
    again.close()


def test_the_name_of_a_merged_person_is_forgotten_with_the_faces_that_came_along(library: Library) -> None:
    ann, ida = photos(library, "Ann", 0), photos(library, "Ida", 1)
    library.edits.merge(ann, [ida])
    delete(library, "Ida")
    library.forget_names()
    assert shown_names(library) == {"Ann"}
