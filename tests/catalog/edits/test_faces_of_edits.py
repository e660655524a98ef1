"""Edits are found by the faces that they are about, when photos take the place of others."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from services.catalog import replacement
from services.catalog.edits.payload import EditPayload
from services.catalog.edits.succession import succeed_faces
from services.catalog.edits.target import Target, ToAutomatic, ToNewPerson, ToNobody, ToPerson
from services.catalog.library import Library
from services.catalog.storage.database import Cursor
from services.catalog.storage.face_owners import read_owners
from services.catalog.storage.transaction import Transaction
from services.common.errors import AlbumenError
from tests.catalog.changing import person_of
from tests.catalog.clustering.synthetic import analysis, direction

PEOPLE = 6


class Photo(NamedTuple):
    """A photo of somebody, at a place of its own, and how often its file was edited."""

    who: int
    number: int
    edited: int = 0

    def add_to(self, library: Library) -> str:
        embedding = direction(0.01 * self.number + 0.001 * self.edited, self.who)
        name = f"{self.who}/{self.number}/{self.edited}"
        library.add_image(analysis(name, embedding, source=f"file:///{self.who}/{self.number}.jpg"))
        return name


def named_people(library: Library) -> list[str]:
    """Index two photos of each person and name them; return their ids."""
    people = []
    for who in range(PEOPLE):
        names = [Photo(who, number).add_to(library) for number in range(2)]
        person = person_of(library, names[0])
        assert person is not None
        library.edits.update(person, display_name=f"Person {who}")
        people.append(person)
    return people


@pytest.fixture
def looked_into(monkeypatch: pytest.MonkeyPatch) -> list[EditPayload]:
    """All payloads of edits that are read from now on."""
    payloads: list[EditPayload] = []
    read = EditPayload.from_bytes

    def note(data: bytes) -> EditPayload:
        payloads.append(read(data))
        return payloads[-1]

    monkeypatch.setattr(EditPayload, "from_bytes", note)
    return payloads


def test_an_edited_photo_looks_into_no_edit_of_others(library: Library, looked_into: list[EditPayload]) -> None:
    ann, *_ = named_people(library)
    looked_into.clear()
    Photo(0, 0, edited=1).add_to(library)
    assert [payload.people for payload in looked_into] == [{ann}]


def test_edits_of_old_are_looked_into_once(path: Path, library: Library, looked_into: list[EditPayload]) -> None:
    people = named_people(library)
    faces = [face.id for face in library.list_faces(limit=9).items if face.person_id == people[0]]
    edit = library.edits.reassign(faces[:1], ToNewPerson("Twin")).edit
    assert edit is not None
    library.close()
    with duckdb.connect(path) as connection:
        connection.execute("DELETE FROM edit_face")
        connection.execute("DELETE FROM edit_person WHERE edit_id = 1")
        connection.execute("UPDATE edit SET faces_known = false")
    again = Library(path, "a")
    looked_into.clear()
    Photo(1, 0, edited=1).add_to(again)
    assert len(looked_into) == PEOPLE + 1
    looked_into.clear()
    after = Photo(0, 0, edited=1).add_to(again)
    # That of which nobody knows whom it is about, and the one that moved the face.
    assert len(looked_into) == 2
    again.undo.undo(edit.id)
    assert person_of(again, after) == people[0]
    again.close()


def payloads(cursor: Cursor) -> dict[int, EditPayload]:
    rows = cursor.execute("SELECT id, payload FROM edit WHERE NOT undone").fetchall()
    return {edit_id: EditPayload.from_bytes(payload) for edit_id, payload in rows}


@pytest.mark.parametrize("seed", range(3))
def test_edits_are_rewritten_as_if_all_were_looked_into(
    library: Library, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rewritten = 0

    def compared(transaction: Transaction, successors: Mapping[int, int]) -> None:
        nonlocal rewritten
        cursor = transaction.cursor
        owners = {face: owner.person_id for face, owner in read_owners(cursor, successors.keys()).items()}
        before = payloads(cursor)
        expected = {edit_id: edit.with_successors(successors, owners) for edit_id, edit in before.items()}
        succeed_faces(transaction, successors)
        assert payloads(cursor) == expected
        rows = cursor.execute("SELECT edit_id, face_id FROM edit_face JOIN edit ON id = edit_id WHERE NOT undone")
        pairs = [(edit_id, face) for edit_id, edit in expected.items() for face in edit.remembered_faces]
        assert sorted(rows.fetchall()) == sorted(pairs)
        rewritten += expected != before

    monkeypatch.setattr(replacement, "succeed_faces", compared)
    named_people(library)
    rng = random.Random(seed)  # noqa: S311
    photos = [Photo(who, number) for who in range(PEOPLE) for number in range(2)]
    for _ in range(60):
        people = [person.id for person in library.list_people(limit=99).items]
        faces = [face.id for face in library.list_faces(limit=99).items]
        one, other = rng.choices(people, k=2)
        targets: list[Target] = [ToPerson(one), ToNewPerson(""), ToNobody(), ToAutomatic()]
        try:
            match rng.randrange(6):
                case 0 if len(people) > 3:
                    library.edits.merge(one, [other])
                case 1:
                    library.edits.reassign(rng.sample(faces, 2), rng.choice(targets))
                case 2:
                    edits = [edit.id for edit in library.history.page(limit=99).items if not edit.undone]
                    library.undo.undo(rng.choice(edits[:3]))
                case _:
                    at = rng.randrange(len(photos))
                    photos[at] = photos[at]._replace(edited=photos[at].edited + 1)
                    photos[at].add_to(library)
        except AlbumenError:
            continue
    assert rewritten > 5, rewritten
