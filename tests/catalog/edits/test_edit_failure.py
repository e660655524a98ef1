"""An edit that can't be stored has not happened, in the rows and in memory."""

from collections.abc import Callable

import pytest

from services.catalog.filters import FaceFilter
from services.catalog.library import Library
from services.catalog.storage.transaction import Transaction
from tests.catalog.clustering.synthetic import analysis, direction

State = tuple[object, ...]
Edit = Callable[[], object]


class DiskFullError(Exception):
    """What the commit fails with."""


@pytest.fixture
def people(library: Library) -> list[str]:
    for number, plane in enumerate((0, 0, 0, 1, 1, 1)):
        library.add_image(analysis(f"photo {number}", direction(0, plane)))
    return [person.id for person in library.list_people(limit=10).items]


def state(library: Library) -> State:
    faces = library.list_faces(limit=100).items
    grouping = library._people.ensure_loaded()
    ids = [face.id for face in faces]
    return faces, library.list_people(limit=100).items, grouping.people_of(ids), grouping.pinned(ids)


def fail(_transaction: Transaction) -> None:
    raise DiskFullError


@pytest.mark.parametrize("kind", ["merge", "split", "separate", "undo"])
def test_a_failed_commit_leaves_everything_as_it_was(
    library: Library, people: list[str], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = people
    done = library.edits.merge(first, [second]).edit if kind == "undo" else None
    faces = [face.id for face in library.list_faces(FaceFilter(person_id=first), limit=10).items]
    edits: dict[str, Edit] = {
        "merge": lambda: library.edits.merge(first, [second]),
        "split": lambda: library.edits.split(first, faces[:1]),
        "separate": lambda: library.edits.separate(people),
        "undo": lambda: library.undo.undo(done.id if done else 0),
    }
    before = state(library)
    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "commit", fail)
        with pytest.raises(DiskFullError):
            edits[kind]()
    assert state(library) == before
    edits[kind]()
    assert state(library) != before
    newest = library.history.page(limit=1).items[0]
    assert newest.undone == (kind == "undo")
