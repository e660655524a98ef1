"""A compaction changes no row of a library and nobody in its memory, whatever is done between its steps."""

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.events import Resource
from services.catalog.library import Library
from services.catalog.storage import fresh_copy
from services.catalog.vocabulary import Preview
from tests.catalog.clustering.synthetic import analysis, direction

# What is done before each step: with which photo or person, by number.
_ACTIONS = st.tuples(
    st.sampled_from(["add", "add", "delete", "forget", "move", "name", "merge", "undo", "recluster", "nothing"]),
    st.integers(0, 7),
)
# What a compaction itself notes.
_BUT = {
    "library": "EXCLUDE (erase_time)",
    # The name of an image that is deleted is left out, on purpose.
    "event": f"REPLACE (CASE WHEN resource = {Resource.IMAGE.value} THEN '' ELSE name END AS name)",
}


@given(before=st.lists(_ACTIONS, max_size=6), between=st.lists(_ACTIONS, min_size=6, max_size=18))
@settings(max_examples=3, deadline=None)
def test_a_compaction_changes_nothing(before: list[tuple[str, int]], between: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        # As if the library were thousands of times as large.
        patch.setitem(fresh_copy.ROWS_AT_ONCE, "face", 3)
        patch.setitem(fresh_copy.ROWS_AT_ONCE, "preview", 2)
        path = Path(folder) / "a.duckdb"
        library = Library(path, "a")
        with contextlib.closing(library):
            for number in range(8):
                _act(library, "add", number)
            for action, number in before:
                _act(library, action, number)
            _compact(library, path, between)
            people = library.list_people(limit=99).items
        again = Library(path, "a")
        with contextlib.closing(again):
            again.memory.load_people()
            assert again.list_people(limit=99).items == people


def _compact(library: Library, path: Path, actions: list[tuple[str, int]]) -> None:
    rest = iter(actions)
    file = path.stat().st_ino
    # The first step does that too.
    library.forget_names()
    run = library.compaction.begin()
    progress = run.advance()
    while progress is not None:
        _act(library, *next(rest, ("nothing", 0)))
        rows = _rows(library)
        progress = run.advance()
        assert _rows(library) == rows
    run.close()
    assert path.stat().st_ino != file


def _rows(library: Library) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables, in any order."""
    with library._database.read() as cursor:
        tables = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'library'").fetchall()
        return {
            table: sorted(cursor.execute(f"SELECT * {_BUT.get(table, '')} FROM {table}").fetchall(), key=repr)  # noqa: S608
            for (table,) in tables
        }


def _act(library: Library, action: str, number: int) -> None:
    """Do something, if there is anything to do it with."""
    people = [person.id for person in library.list_people(limit=99).items]
    images = [image.sha256 for image in library.list_images(limit=99).items]
    if action in ("add", "move"):
        _add(library, len(images) + 10 * number, number, move=action == "move")
    elif action == "delete" and images:
        library.delete_image(images[number % len(images)])
    elif action == "forget":
        library.forget_sources([f"file:///{number}.jpg", f"file:///{number + 10}.jpg"])
    elif action == "recluster":
        run = library.reclustering.begin()
        run.advance()
        run.close()
    elif people:
        _correct(library, action, people, number)


def _add(library: Library, name: int, number: int, *, move: bool) -> None:
    """Add a photo of one or two people, or put one in the place of another."""
    faces = [direction(0.01 * name, plane) for plane in {number % 3, name % 4}]
    place = f"file:///{number if move else name}.jpg"
    photo = analysis(f"{name} {move}", *faces, labels=("cat", f"label {number}"), source=place)
    library.add_image(replace(photo, preview=Preview(3, 2, bytes([name % 256])) if number % 3 else None))


def _correct(library: Library, action: str, people: list[str], number: int) -> None:
    if action == "name":
        library.edits.update(people[number % len(people)], display_name=f"Somebody {number}")
    elif action == "merge" and len(people) > 1:
        library.edits.merge(people[0], [people[1 + number % (len(people) - 1)]])
    elif action == "undo":
        for edit in library.history.page(limit=1).items:
            if not edit.undone:
                library.undo.undo(edit.id)
