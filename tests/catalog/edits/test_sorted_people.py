"""People whose faces a user sorted are curated, also those who lose some."""

import pytest

from services.catalog.edits.target import Target, ToAutomatic, ToNewPerson, ToNobody, ToPerson
from services.catalog.library import Library
from tests.catalog.changing import person_of
from tests.catalog.clustering.synthetic import analysis, direction, sha256


def index(library: Library, name: str, angle: float, plane: int = 0) -> int:
    """Index a photo of one face, and return the face."""
    library.add_image(analysis(name, direction(angle, plane)))
    image = library.find_image(sha256(name))
    assert image is not None
    return image.faces[0].id


def fill(library: Library) -> tuple[str, int]:
    """Index two people whom photos between them would make one; return the smaller one, and a face of hers."""
    (face, *_) = [index(library, f"ann {number}", 0.01 * number) for number in range(3)]
    for number in range(4):
        index(library, f"twin {number}", 1.25 + 0.01 * number)
    ann, twin = person_of(library, "ann 1"), person_of(library, "twin 0")
    assert ann is not None
    assert ann != twin
    return ann, face


def come_between(library: Library) -> None:
    for number in range(5):
        index(library, f"between {number}", 0.62 + 0.01 * number)


def everybody(library: Library) -> set[str]:
    return {person.id for person in library.list_people(limit=100).items}


def test_photos_make_one_of_people_of_whom_nothing_was_said(library: Library) -> None:
    ann, _ = fill(library)
    come_between(library)
    assert ann not in everybody(library)


@pytest.mark.parametrize("to", ["nobody", "new person", "person"])
def test_who_loses_a_face_by_a_users_word_stays(library: Library, to: str) -> None:
    ann, face = fill(library)
    for number in range(2):
        index(library, f"bob {number}", 0.01 * number, 5)
    bob = person_of(library, "bob 0")
    assert bob is not None
    targets: dict[str, Target] = {"nobody": ToNobody(), "new person": ToNewPerson(""), "person": ToPerson(bob)}
    etag = library.get_person(ann).etag
    library.edits.reassign([face], targets[to])
    assert library.get_person(ann).etag != etag
    come_between(library)
    # The other, of whom nothing was said, may join Ann.
    assert {person_of(library, f"ann {number}") for number in (1, 2)} == {ann}


def test_who_is_left_with_one_face_keeps_it(library: Library) -> None:
    (face, *_) = [index(library, f"ann {number}", 0.01 * number) for number in range(2)]
    ann = person_of(library, "ann 1")
    edit = library.edits.reassign([face], ToNobody()).edit
    assert edit is not None
    assert person_of(library, "ann 1") == ann
    library.undo.undo(edit.id)
    assert {person_of(library, f"ann {number}") for number in range(2)} == {ann}


def test_clustering_may_end_whose_faces_it_was_handed_back(library: Library) -> None:
    ann, face = fill(library)
    library.edits.reassign([face], ToAutomatic())
    come_between(library)
    assert ann not in everybody(library)
