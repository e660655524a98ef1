"""How much one edit may do, and how many are remembered."""

from pathlib import Path

import pytest

from services.catalog.edits.bounds import EditBounds
from services.catalog.library import Library
from services.common.errors import InvalidArgumentError, NotFoundError, Reason
from tests.catalog.clustering.synthetic import analysis, direction


def filled(path: Path, bounds: EditBounds) -> tuple[Library, list[str]]:
    """Return a library of two people of three faces each."""
    library = Library(path, "a", edit_bounds=bounds)
    for number, plane in enumerate((0, 0, 0, 1, 1, 1)):
        library.add_image(analysis(f"photo {number}", direction(0, plane)))
    return library, [person.id for person in library.list_people(limit=9).items]


def test_the_oldest_edits_are_forgotten(path: Path) -> None:
    library, people = filled(path, EditBounds(edits=2))
    made = [library.edits.update(people[0], display_name=name).edit for name in ("Ann", "Bea", "Cy")]
    assert list(library.history.page(limit=9).items) == made[:0:-1]
    assert made[0] is not None
    with pytest.raises(NotFoundError) as caught:
        library.history.get(made[0].id)
    assert caught.value.reason is Reason.EDIT_NOT_FOUND
    library.close()


def test_a_merge_of_too_many_faces_is_refused_and_changes_nothing(path: Path) -> None:
    library, (first, second) = filled(path, EditBounds(merged_faces=2))
    before = library.list_people(limit=9)
    with pytest.raises(InvalidArgumentError) as caught:
        library.edits.merge(first, [second])
    assert (caught.value.reason, caught.value.field) == (Reason.TOO_MANY_FACES, "others")
    assert caught.value.metadata == {"limit": "2", "value": "3"}
    assert library.list_people(limit=9) == before
    library.close()
