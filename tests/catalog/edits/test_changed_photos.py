"""Corrections of photos whose files change, or take each other's place, and taking them back."""

import pytest

from services.catalog.edits.target import ToNobody, ToPerson
from services.catalog.library import Library
from services.catalog.vocabulary import Source
from tests.catalog.changing import PLACE, add, person_of
from tests.catalog.clustering.synthetic import analysis, direction, sha256


def test_a_correction_can_be_taken_back_after_the_file_was_edited(library: Library) -> None:
    library.add_image(analysis("friend", direction(0), source="file:///friend.jpg"))
    library.add_image(analysis("other", direction(0.01), source="file:///other.jpg"))
    add(library, "before", direction(0.02), source=PLACE)
    person = person_of(library, "before")
    image = library.find_image(sha256("before"))
    assert person is not None
    assert image is not None
    edit = library.edits.split(person, [image.faces[0].id], display_name="Twin").edit
    assert edit is not None
    add(library, "after", direction(0.03), source=PLACE)
    assert person_of(library, "after") != person
    library.undo.undo(edit.id)
    assert person_of(library, "after") == person
    (everybody,) = library.list_people(limit=9).items
    assert (everybody.id, everybody.face_count) == (person, 3)


@pytest.mark.parametrize("target", ["person", "nobody"])
def test_the_answer_says_that_a_face_took_over_what_a_user_said(library: Library, target: str) -> None:
    library.add_image(analysis("friend", direction(0), source="file:///friend.jpg"))
    add(library, "before", direction(0.02), source=PLACE)
    ann, image = person_of(library, "before"), library.find_image(sha256("before"))
    assert ann is not None
    assert image is not None
    library.edits.reassign([image.faces[0].id], ToPerson(ann) if target == "person" else ToNobody())
    answer = library.add_image(analysis("after", direction(0.03), source=PLACE)).image
    assert [face.pinned for face in answer.faces] == [True]
    assert answer == library.find_image(sha256("after"))


def test_a_merge_can_be_taken_back_after_a_file_was_edited(library: Library) -> None:
    for number in range(2):
        library.add_image(analysis(f"ann {number}", direction(0.01 * number), source=f"file:///ann-{number}.jpg"))
        library.add_image(analysis(f"bob {number}", direction(1.5 + 0.01 * number), source=f"file:///bob-{number}.jpg"))
    ann, bob = person_of(library, "ann 0"), person_of(library, "bob 0")
    assert ann is not None
    assert bob is not None
    edit = library.edits.merge(ann, [bob]).edit
    assert edit is not None
    add(library, "after", direction(1.52), source="file:///bob-1.jpg")
    assert person_of(library, "after") == ann
    library.undo.undo(edit.id)
    assert {name: person_of(library, name) for name in ("ann 0", "ann 1", "bob 0", "after")} == {
        "ann 0": ann,
        "ann 1": ann,
        "bob 0": bob,
        "after": bob,
    }


def test_an_undone_merge_leaves_a_face_of_an_edited_file_where_it_was(library: Library) -> None:
    for number in range(3):
        library.add_image(analysis(f"ann {number}", direction(0.01 * number), source=f"file:///ann-{number}.jpg"))
        library.add_image(analysis(f"bob {number}", direction(0.01 * number, 5), source=f"file:///bob-{number}.jpg"))
    ann, bob = person_of(library, "ann 0"), person_of(library, "bob 0")
    assert ann is not None
    assert bob is not None
    library.edits.update(ann, display_name="Ann")
    for number in range(3):
        library.add_image(analysis(f"cy {number}", direction(1.3 + 0.01 * number), source=f"file:///cy-{number}.jpg"))
    cy = person_of(library, "cy 0")
    assert cy is not None
    library.edits.update(cy, display_name="Cy")
    edit = library.edits.merge(ann, [bob]).edit
    assert edit is not None
    # Its face lies nearer to Cy's by now, but is where Ann's was on her photo; and once more.
    add(library, "between", direction(0.9), source="file:///ann-2.jpg")
    add(library, "after", direction(0.91), source="file:///ann-2.jpg")
    assert person_of(library, "after") == ann
    library.undo.undo(edit.id)
    assert person_of(library, "after") == ann
    assert person_of(library, "bob 2") == bob


@pytest.mark.parametrize("pinned", [False, True])
def test_bytes_that_take_another_place_keep_what_was_said_of_them(library: Library, pinned: bool) -> None:
    library.add_image(analysis("friend", direction(0), source="file:///friend.jpg"))
    add(library, "before", direction(0.02), source=PLACE)
    add(library, "after", direction(0.03), source="file:///photos/copy.jpg")
    ann = person_of(library, "before")
    assert ann is not None
    old, new = (library.find_image(sha256(name)) for name in ("before", "after"))
    assert old is not None
    assert new is not None
    if pinned:
        library.edits.reassign([old.faces[0].id], ToPerson(ann))
    twin = library.edits.split(ann, [new.faces[0].id], display_name="Twin").person
    assert twin is not None
    _, replaced = library.add_source(new.sha256, Source(PLACE, "ann.jpg"))
    assert replaced == old.sha256
    assert person_of(library, "after") == twin.id
    assert [face.pinned for face in library.list_faces(limit=9).items if face.person_id == twin.id] == [True]


def test_a_correction_goes_on_in_bytes_that_only_clustering_had_placed(library: Library) -> None:
    for number in range(2):
        library.add_image(analysis(f"ann {number}", direction(0.01 * number), source=f"file:///ann-{number}.jpg"))
    add(library, "before", direction(0.02), source=PLACE)
    add(library, "after", direction(0.021), source="file:///photos/copy.jpg")
    ann = person_of(library, "after")
    old = library.find_image(sha256("before"))
    assert ann is not None
    assert old is not None
    library.edits.update(ann, display_name="Ann")
    outcome = library.edits.split(ann, [old.faces[0].id], display_name="Twin")
    assert outcome.edit is not None
    assert outcome.person is not None
    library.add_source(sha256("after"), Source(PLACE, "ann.jpg"))
    assert person_of(library, "after") == outcome.person.id
    library.undo.undo(outcome.edit.id)
    assert person_of(library, "after") == ann


@pytest.mark.parametrize("first", ["before", "after"])
def test_an_undo_gives_back_each_of_two_faces_of_which_one_took_the_place_of_the_other(
    library: Library, first: str
) -> None:
    for number in range(2):
        library.add_image(analysis(f"ann {number}", direction(0.01 * number), source=f"file:///ann-{number}.jpg"))
        library.add_image(analysis(f"bob {number}", direction(0.01 * number, 5), source=f"file:///bob-{number}.jpg"))
    names = ["before", "after"] if first == "before" else ["after", "before"]
    for name in names:
        add(library, name, direction(0.03), source=PLACE if name == "before" else "file:///photos/copy.jpg")
    bob = person_of(library, "bob 0")
    old, new = (library.find_image(sha256(name)) for name in ("before", "after"))
    assert bob is not None
    assert old is not None
    assert new is not None
    library.edits.reassign([new.faces[0].id], ToNobody())
    edit = library.edits.reassign([old.faces[0].id, new.faces[0].id], ToPerson(bob)).edit
    assert edit is not None
    library.add_source(new.sha256, Source(PLACE, "ann.jpg"))
    library.undo.undo(edit.id)
    (face,) = [face for face in library.list_faces(limit=9).items if face.id == new.faces[0].id]
    assert (face.person_id, face.pinned) == (None, True)
