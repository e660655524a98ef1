"""Changes who belongs to whom, in memory, where it is decided, and in the rows, where it is kept."""

import contextlib
import itertools
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import numpy as np

from services.catalog.people.change import Regrouping
from services.catalog.people.correction import Correction
from services.catalog.people.faces import Faces
from services.catalog.people.gatherer import TakeNumber
from services.catalog.people.group import Group
from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import NOBODY
from services.catalog.storage.apart import delete_apart, forget_apart, insert_apart, read_apart
from services.catalog.storage.database import Cursor, Database, Transaction
from services.catalog.storage.face_owners import pin_faces, set_people
from services.catalog.storage.faces import NewFace, insert_faces, read_all_faces
from services.catalog.storage.id_counter import IdCounter
from services.catalog.storage.known import Known
from services.catalog.storage.library_row import Counter, read_counts, read_parameters
from services.catalog.storage.people import (
    delete_people,
    insert_people,
    read_curated,
    write_counts,
)
from services.catalog.storage.snapshots import delete_snapshot, read_snapshot, write_snapshot
from services.catalog.storage.unavailable import blamed

# Fewer faces are clustered in less time than a snapshot takes to write.
_WORTH_A_SNAPSHOT: Final = 5_000
_CHANGES_A_SNAPSHOT: Final = 1_000
# In memory: the embedding, its code, and what follows from whom the face belongs to.
_FACE_BYTES: Final = 4_800


class PeopleWriter:
    """Keeps the people of one library in memory equal to its rows.

    Used while the database is exclusive, except for `reading`.

    Every change is part of a transaction: it changes memory and rows, and both are as before if the transaction is not
    committed.

    Args:
        database: the library's file.
        known: what never changes of it.
        threads: of one search or one clustering.

    """

    def __init__(self, database: Database, known: Known, threads: int = 1) -> None:
        self._database = database
        self._known = known
        self._threads = threads
        self._grouping: Grouping | None = None
        self._numbers = IdCounter(Counter.PEOPLE)
        self._unsaved = 0

    @property
    def loaded(self) -> bool:
        """Whether the people are in memory."""
        grouping = self._grouping
        return grouping is not None and not grouping.broken

    def ensure_loaded(self) -> Grouping:
        """Return the people in memory, read from the rows if they are not there or can't be trusted."""
        if self._grouping is None or self._grouping.broken:
            self._grouping = None
            with blamed(self._database.path), self._database.read() as cursor:
                snapshot = read_snapshot(cursor)
                self._grouping = Grouping(
                    read_parameters(cursor),
                    read_all_faces(cursor),
                    read_curated(cursor),
                    read_apart(cursor),
                    snapshot,
                    threads=self._threads,
                )
            if snapshot is None:
                # Clustering all of them was work that the next opening is to be spared.
                self._unsaved += _CHANGES_A_SNAPSHOT
        return self._grouping

    def memory(self) -> int:
        """Return about how many bytes the people take in memory, or would."""
        with self._database.read() as cursor:
            return _FACE_BYTES * read_counts(cursor).faces

    @contextlib.contextmanager
    def reading(self) -> Iterator[Grouping]:
        """Give the people in memory to a reader, who need not wait for what is being written to become durable."""
        grouping = self._grouping
        if grouping is None or grouping.broken:
            with self._database.exclusive():
                grouping = self.ensure_loaded()
        with grouping.lock:
            yield grouping

    def unload(self) -> None:
        """Let the next who needs the people read them from the rows."""
        self._grouping = None

    def give_back_ids(self, transaction: Transaction) -> None:
        """Leave no gap in the numbers; meant for closing."""
        self._numbers.give_back(transaction)

    def take_number(self, transaction: Transaction) -> int:
        """Return the number of a new person, whose row the caller inserts."""
        return self._numbers.take(transaction, 1)[0]

    def insert(self, transaction: Transaction, faces: Sequence[NewFace]) -> dict[int, str]:
        """Store the faces of new images, and let them join or found people; return the id of each one's person, if any.

        Args:
            transaction: that the images are inserted in.
            faces: with ascending ids, one image after the other; its faces come together, images in turn.

        """
        if not faces:
            return {}
        grouping = self.ensure_loaded()
        results = [
            grouping.insert(_arrays([*of_image]), transaction, self._taking(transaction))
            for _, of_image in itertools.groupby(faces, lambda face: face.image_id)
        ]
        new = {face.id for face in faces}
        for result in results:
            _write_people(transaction, result, new_faces=new)
        # Later images may have moved the faces of earlier ones.
        people = grouping.people_of([face.id for face in faces])
        insert_faces(transaction.cursor, faces, people)
        _count_faces(transaction.cursor, grouping, results)
        self._unsaved += len(results)
        ids = self._known.people(transaction.cursor, set(people) - {NOBODY})
        return {face.id: ids[person] for face, person in zip(faces, people, strict=True) if person != NOBODY}

    def remove(self, transaction: Transaction, face_ids: Sequence[int]) -> list[str]:
        """Let go of faces, whose rows the caller deletes; return the ids of the people who are gone with them."""
        grouping = self.ensure_loaded()
        result = grouping.remove(face_ids, transaction, self._taking(transaction))
        ids = self._known.people(transaction.cursor, result.gone)
        _write_people(transaction, result)
        _count_faces(transaction.cursor, grouping, [result])
        # It is made of embeddings, so it goes with the faces.
        delete_snapshot(transaction.cursor)
        self._unsaved += _CHANGES_A_SNAPSHOT
        return sorted(ids[person] for person in result.gone)

    def correct(self, transaction: Transaction, correction: Correction) -> list[int]:
        """Do what a user says, with its consequences; return the faces whose person changed."""
        grouping = self.ensure_loaded()
        result = grouping.correct(correction, transaction, self._taking(transaction))
        pin_faces(transaction.cursor, list(correction.moves), pinned=correction.pinned)
        delete_apart(transaction.cursor, correction.reconciled)
        insert_apart(transaction.cursor, correction.apart)
        _write_people(transaction, result)
        _count_faces(transaction.cursor, grouping, [result])
        self._unsaved += 1
        return [int(face) for face in result.faces]

    def regroup(self, transaction: Transaction, groups: Sequence[Group]) -> int:
        """Gather the faces of some of the groups anew; return how many faces changed person."""
        grouping = self.ensure_loaded()
        result = grouping.regroup(groups, transaction, self._taking(transaction))
        _write_people(transaction, result)
        _count_faces(transaction.cursor, grouping, [result])
        self._unsaved += 1
        return len(result.faces)

    def save_snapshot(self, *, closing: bool = False) -> None:
        """Keep the state of the clusters, if that spares the next start much work."""
        grouping = self._grouping
        due = self._unsaved >= (1 if closing else _CHANGES_A_SNAPSHOT)
        if grouping is None or grouping.broken or not due or len(grouping) < _WORTH_A_SNAPSHOT:
            return
        with self._database.write() as transaction:
            write_snapshot(transaction.cursor, grouping.snapshot())
            transaction.commit()
        self._unsaved = 0

    def _taking(self, transaction: Transaction) -> TakeNumber:
        return lambda: self.take_number(transaction)


def _write_people(transaction: Transaction, result: Regrouping, new_faces: Collection[int] = ()) -> None:
    """Bring the rows of people, and those of faces, to `result`; `new_faces` have no rows yet."""
    moved = [(face, person) for face, _, person in _changes(result) if face not in new_faces]
    insert_people(transaction.cursor, result.created, transaction.now)
    set_people(transaction.cursor, [face for face, _ in moved], [person for _, person in moved])
    delete_people(transaction.cursor, result.gone)
    forget_apart(transaction.cursor, result.gone)


def _count_faces(cursor: Cursor, grouping: Grouping, results: Sequence[Regrouping]) -> None:
    changed = {person for result in results for person in result.changed}
    # Later changes may have ended people of earlier ones.
    left = [person for person in sorted(changed) if grouping.faces_of(person).size]
    write_counts(cursor, grouping.counts(left))


def _changes(result: Regrouping) -> list[tuple[int, int, int]]:
    """Return (face, person before, person now) of every face that changed person."""
    return list(zip(result.faces.tolist(), result.before.tolist(), result.people.tolist(), strict=True))


def _arrays(faces: Sequence[NewFace]) -> Faces:
    return Faces(
        ids=np.array([face.id for face in faces]),
        images=np.array([face.image_id for face in faces]),
        embeddings=np.stack([face.seen.embedding for face in faces]),
        quality=np.array([face.seen.quality for face in faces]),
        scores=np.array([face.seen.score for face in faces], np.float32),
    )
