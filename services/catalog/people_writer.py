"""The people of a library: in memory for deciding, in rows for keeping."""

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from types import MappingProxyType
from typing import Final

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.people.change import Regrouping
from services.catalog.people.faces import Faces
from services.catalog.people.gatherer import TakeNumber
from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import NOBODY
from services.catalog.people.statement import Statement
from services.catalog.storage.apart import delete_apart, forget_apart, insert_apart, read_apart
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.faces import pin_faces, read_all_faces, set_people
from services.catalog.storage.id_counter import IdCounter
from services.catalog.storage.people import (
    delete_people,
    grow_person,
    insert_people,
    read_curated,
    recount_people,
)
from services.catalog.storage.snapshots import delete_snapshot, read_snapshot, write_snapshot

# Fewer faces are clustered in less time than a snapshot takes to write.
_WORTH_A_SNAPSHOT: Final = 5_000
_CHANGES_A_SNAPSHOT: Final = 1_000
InsertRows = Callable[[list[int]], None]


class PeopleWriter:
    """Changes who belongs to whom, in memory and in the rows alike; used while the database is exclusive.

    The context managers do their part of a transaction of the caller, whose block does the rest and commits; if the
    block raises, memory is as before.

    Args:
        database: the library's file.
        threads: of one search or one clustering.

    """

    def __init__(self, database: Database, threads: int = 1) -> None:
        self._database = database
        self._threads = threads
        self._grouping: Grouping | None = None
        self._numbers = IdCounter("next_person")
        self._unsaved = 0

    def loaded(self) -> Grouping:
        """Return the people in memory, from the rows if they are not there or can't be trusted."""
        if self._grouping is None or self._grouping.broken:
            self._grouping = None
            with self._database.read() as cursor:
                self._grouping = Grouping(
                    self.parameters(cursor),
                    read_all_faces(cursor),
                    read_curated(cursor),
                    read_apart(cursor),
                    read_snapshot(cursor),
                    threads=self._threads,
                )
        return self._grouping

    def parameters(self, cursor: Cursor) -> ClusteringParameters:
        """Return what the library is clustered by."""
        row = cursor.execute("SELECT eps, min_samples, min_quality FROM library").fetchone()
        return ClusteringParameters(*row) if row else ClusteringParameters()

    def forget(self) -> None:
        """Let the next who needs the people in memory read them from the rows."""
        self._grouping = None

    def take_number(self, cursor: Cursor) -> int:
        """Return the number of a new person, whose row the caller inserts."""
        return self._numbers.take(cursor, 1)[0]

    def end(self, *, committed: bool) -> None:
        """Note how a transaction ended in which numbers may have been taken."""
        self._numbers.end(committed=committed)

    def curate(self, person: int) -> None:
        """Note that a user made a person what they are; their row says so already."""
        if self._grouping is not None:
            self._grouping.curate(person)

    @contextlib.contextmanager
    def inserting(
        self, cursor: Cursor, faces: Faces, scores: Mapping[int, float], now: datetime, insert: InsertRows
    ) -> Iterator[list[int]]:
        """Add the faces of one image; the value is the person of each, 0 for nobody.

        Args:
            cursor: of the transaction.
            faces: the new faces.
            scores: detection score of each.
            now: naive, in UTC.
            insert: inserts the faces' rows, given their people.

        """
        grouping = self.loaded()
        with self._noted(grouping.inserting(faces, self._taking(cursor))) as result:
            people = grouping.people_of(faces.ids.tolist())
            _write(cursor, result, now, without=scores)
            insert(people)
            _count(cursor, result, scores)
            yield people

    @contextlib.contextmanager
    def removing(self, cursor: Cursor, face_ids: Sequence[int], now: datetime) -> Iterator[None]:
        """Remove faces, whose rows are gone already; the snapshot, made of embeddings, goes with them."""
        delete_snapshot(cursor)
        with self._noted(self.loaded().removing(face_ids, self._taking(cursor))) as result:
            _write(cursor, result, now)
            _count(cursor, result)
            yield
        self._unsaved += _CHANGES_A_SNAPSHOT

    @contextlib.contextmanager
    def stating(self, cursor: Cursor, statement: Statement, now: datetime) -> Iterator[Regrouping]:
        """Do what a user says, with its consequences."""
        with self._noted(self.loaded().stating(statement, self._taking(cursor))) as result:
            pin_faces(cursor, list(statement.moves), pinned=statement.pinned)
            delete_apart(cursor, statement.reconciled)
            insert_apart(cursor, statement.apart)
            _write(cursor, result, now)
            _count(cursor, result)
            yield result

    @contextlib.contextmanager
    def settling(self, cursor: Cursor, groups: Sequence[int], now: datetime) -> Iterator[Regrouping]:
        """Think again about some of the groups."""
        with self._noted(self.loaded().settling(groups, self._taking(cursor))) as result:
            _write(cursor, result, now)
            _count(cursor, result)
            yield result

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

    def _taking(self, cursor: Cursor) -> TakeNumber:
        return lambda: self.take_number(cursor)

    @contextlib.contextmanager
    def _noted(self, change: AbstractContextManager[Regrouping]) -> Iterator[Regrouping]:
        with change as result:
            yield result
        self._unsaved += 1


def _write(cursor: Cursor, result: Regrouping, now: datetime, without: Collection[int] = ()) -> None:
    """Bring the rows of people, and those of faces that are there already, to `result`; `without` are not there."""
    moved = [(face, person) for face, _, person in _changes(result) if face not in without]
    insert_people(cursor, result.created, now)
    set_people(cursor, [face for face, _ in moved], [person for _, person in moved])
    delete_people(cursor, result.gone)
    forget_apart(cursor, result.gone)


def _count(cursor: Cursor, result: Regrouping, scores: Mapping[int, float] = MappingProxyType({})) -> None:
    """Count the faces of the people who changed, anew unless all they did is gain faces of a new image (`scores`)."""
    gained: dict[int, list[tuple[float, int]]] = {}
    others = set(result.created)
    for face, before, person in _changes(result):
        if face in scores:
            gained.setdefault(person, []).append((scores[face], face))
        else:
            others |= {before, person}
    grown = gained.keys() - others - {NOBODY}
    recount_people(cursor, sorted(set(result.changed) - grown))
    for person in sorted(grown):
        grow_person(cursor, person, gained[person])


def _changes(result: Regrouping) -> list[tuple[int, int, int]]:
    return list(zip(result.faces.tolist(), result.before.tolist(), result.people.tolist(), strict=True))
