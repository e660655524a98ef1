"""Changes who belongs to whom, in memory, where it is decided, and in the rows, where it is kept."""

import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

import numpy as np
import structlog

from services.catalog.clustering.vector_store import DamagedVectorsError
from services.catalog.events import Change, Resource
from services.catalog.kept_people import KeptPeople
from services.catalog.people.change import Regrouping
from services.catalog.people.correction import Correction
from services.catalog.people.days import day_number
from services.catalog.people.faces import Faces
from services.catalog.people.gatherer import TakeNumber
from services.catalog.people.group import Group
from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import NOBODY
from services.catalog.storage.apart import delete_apart, forget_apart, insert_apart
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.face_owners import FaceOwner, pin_faces, set_people
from services.catalog.storage.faces import NewFace, face_row
from services.catalog.storage.id_counter import IdCounter
from services.catalog.storage.known import Known
from services.catalog.storage.library_row import Counter, read_counts
from services.catalog.storage.new_rows import NewPerson, NewRows
from services.catalog.storage.people import delete_people, insert_people, new_person_id, read_names, write_counts
from services.catalog.storage.snapshots import delete_snapshot, read_token
from services.catalog.storage.transaction import Transaction
from services.catalog.storage.unavailable import blamed

# Fewer faces are clustered in less time than a snapshot takes to write.
_WORTH_A_SNAPSHOT: Final = 5_000
_CHANGES_A_SNAPSHOT: Final = 1_000
# In memory: codes, the state of the clusters, and what follows from whom the face belongs to; the embedding too where
# it is in no file. `python -m benchmarks.catalog` measures both.
_FACE_BYTES: Final = 1_500
_EMBEDDING_BYTES: Final = 2_100
# More than can be founded by the faces of images whose rows are pending.
_MOST_FOUNDED: Final = 20_000
_log = structlog.get_logger()


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
        self._kept = KeptPeople(database, threads)
        self._grouping: Grouping | None = None
        self._numbers = IdCounter(Counter.PEOPLE)
        # Ids by number, of those founded last: they may have no rows yet.
        self._founded: dict[int, str] = {}
        self._unsaved = 0

    @property
    def loaded(self) -> bool:
        """Whether the people are in memory."""
        grouping = self._grouping
        return grouping is not None and not grouping.broken

    def ensure_loaded(self) -> Grouping:
        """Return the people in memory, read from the rows if they are not there or can't be trusted."""
        if self._grouping is None or self._grouping.broken:
            if self._grouping is not None:
                self.unload()
                self._kept.discard()
            with blamed(self._database.path):
                with self._database.read() as cursor:
                    self._known.learn_people(cursor)
                self._grouping = self._kept.load()
            if not self._kept.complete:
                # The next opening is to be spared the work that this one was.
                self._unsaved += _CHANGES_A_SNAPSHOT
        return self._grouping

    def memory(self) -> int:
        """Return about how many bytes the people take in memory, or would."""
        grouping = self._grouping
        with self._database.read() as cursor:
            faces = read_counts(cursor).faces
            in_files = grouping.in_files if grouping is not None else faces if read_token(cursor) else 0
        return _FACE_BYTES * faces + _EMBEDDING_BYTES * max(0, faces - in_files)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Grouping]:
        """Give the people in memory to a reader, who need not wait for what is being written to become durable."""
        while True:
            grouping = self._grouping
            if grouping is None or grouping.broken:
                with self._database.exclusive():
                    grouping = self.ensure_loaded()
            with grouping.lock:
                # Whoever waited for the lock may come too late.
                if grouping is self._grouping:
                    with self._kept.blamed():
                        yield grouping
                    return

    def tidy(self) -> None:
        """Remove what a process that died has left beside the file."""
        self._kept.tidy()

    def unload(self) -> None:
        """Let the next who needs the people read them from the rows."""
        grouping = self._grouping
        if grouping is not None:
            # Nobody may look into files that somebody else goes on with.
            with grouping.lock:
                self._grouping = None
                grouping.close()

    def give_back_ids(self, transaction: Transaction) -> None:
        """Leave no gap in the numbers; meant for closing."""
        self._numbers.give_back(transaction)

    def take_number(self, transaction: Transaction) -> int:
        """Return the number of a new person, whose row the caller inserts."""
        return self._numbers.take(transaction, 1)[0]

    def insert(self, transaction: Transaction, faces: Sequence[NewFace], rows: NewRows) -> dict[int, FaceOwner]:
        """Let the faces of new images join or found people; return whose each one is, if it is anybody's.

        Args:
            transaction: that the images are inserted in.
            faces: with ascending ids, one image after the other; its faces come together, images in turn.
            rows: gains the faces, and what changes of people.

        """
        if not faces:
            return {}
        grouping = self.ensure_loaded()
        changed: set[int] = set()
        with self._kept.blamed():
            around = grouping.look_around(_arrays(faces))
            for _, of_image in itertools.groupby(faces, lambda face: face.image_id):
                result = grouping.insert(_arrays([*of_image]), transaction, self._taking(transaction), around)
                changed.update(result.changed)
                self._note(rows, result, transaction)
        # Later images may have moved the faces of earlier ones, and ended their people.
        people = grouping.people_of([face.id for face in faces])
        for face, person in zip(faces, people, strict=True):
            rows.faces[face.id], rows.owners[face.id] = face_row(face), person
        left = [person for person in sorted(changed) if grouping.faces_of(person).size]
        rows.counts.update((one.person, one) for one in grouping.counts(left))
        rows.ids.update(self._ids(transaction, (rows.counts.keys() | rows.gone | set(people)) - {NOBODY}))
        # Whom a user named is curated; few are.
        names = read_names(transaction.cursor, grouping.curated & set(people))
        return {
            face.id: FaceOwner(rows.ids[person], pinned=False, display_name=names.get(person, ""))
            for face, person in zip(faces, people, strict=True)
            if person != NOBODY
        }

    def remove(self, transaction: Transaction, face_ids: Sequence[int]) -> list[str]:
        """Let go of faces, whose rows the caller deleted; return the ids of the people who are gone with them."""
        grouping = self.ensure_loaded()
        with self._kept.blamed():
            result = grouping.remove(face_ids, transaction, self._taking(transaction))
        ids = self._known.people(transaction.cursor, result.gone)
        gone = _write_people(transaction, result)
        _count_faces(transaction.cursor, grouping, result)
        # It is made of embeddings, so it goes with the faces.
        delete_snapshot(transaction.cursor)
        self._unsaved += _CHANGES_A_SNAPSHOT
        return sorted(ids[person] for person in gone)

    def restore(self, transaction: Transaction, faces: Faces) -> None:
        """Take faces of one image in again, whose rows are there and nobody's: whose users said they are, they become.

        The others join or found people as those of a new image do.
        """
        grouping = self.ensure_loaded()
        with self._kept.blamed():
            result = grouping.insert(faces, transaction, self._taking(transaction))
        _write_people(transaction, result)
        _count_faces(transaction.cursor, grouping, result)
        self._unsaved += 1

    def take_in(self, transaction: Transaction, face: NewFace) -> None:
        """Take in one face, whose row is there: it stays nobody's until a correction says whose it is."""
        faces = _arrays([face])
        self.restore(transaction, replace(faces, people=np.full(1, NOBODY, np.int32), pinned=np.ones(1, np.bool_)))

    def correct(self, transaction: Transaction, correction: Correction) -> list[int]:
        """Do what a user says, with its consequences; return the faces whose person changed."""
        grouping = self.ensure_loaded()
        with self._kept.blamed():
            result = grouping.correct(correction, transaction, self._taking(transaction))
        pin_faces(transaction.cursor, list(correction.moves), pinned=correction.pinned)
        delete_apart(transaction.cursor, correction.reconciled)
        insert_apart(transaction.cursor, correction.apart)
        _write_people(transaction, result)
        # Another face may stand for those who keep all of theirs.
        shown = {person for person in correction.covers if grouping.faces_of(person).size}
        write_counts(transaction.cursor, grouping.counts(sorted(shown.union(result.changed))))
        self._unsaved += 1
        return [int(face) for face in result.faces]

    def regroup(self, transaction: Transaction, groups: Sequence[Group]) -> int:
        """Gather the faces of some of the groups anew; return how many faces changed person."""
        grouping = self.ensure_loaded()
        with self._kept.blamed():
            result = grouping.regroup(groups, transaction, self._taking(transaction))
        _write_people(transaction, result)
        _count_faces(transaction.cursor, grouping, result)
        self._unsaved += 1
        return len(result.faces)

    def save_snapshot(self, *, closing: bool = False) -> None:
        """Keep the state of the clusters, if that spares the next start much work."""
        grouping = self._grouping
        if grouping is None or grouping.broken or len(grouping) < _WORTH_A_SNAPSHOT:
            return
        if self._unsaved < (1 if closing else _CHANGES_A_SNAPSHOT) and not grouping.mended:
            return
        try:
            self._kept.save(grouping)
        except (OSError, DamagedVectorsError) as error:
            # A full disk, perhaps; it only spares the next opening work, and is tried again.
            _log.warning("snapshot_not_kept", cause=str(error))
        else:
            self._unsaved = 0

    def _note(self, rows: NewRows, result: Regrouping, transaction: Transaction) -> None:
        """Add to `rows` what a change did to people."""
        for person in result.created:
            rows.people[person] = NewPerson(new_person_id(), transaction.now)
            self._founded[person] = rows.people[person].id
            if len(self._founded) > _MOST_FOUNDED:
                del self._founded[next(iter(self._founded))]
        rows.owners.update(zip(result.faces.tolist(), result.people.tolist(), strict=True))
        rows.remove_people(result.gone)
        self._unsaved += 1

    def _ids(self, transaction: Transaction, numbers: AbstractSet[int]) -> Mapping[int, str]:
        """Return the ids of people, of whom some may have no rows yet."""
        founded = {number: self._founded[number] for number in numbers if number in self._founded}
        others = numbers - founded.keys()
        known = self._known.people(transaction.cursor, others)
        return founded | {number: known[number] for number in others}

    def _taking(self, transaction: Transaction) -> TakeNumber:
        return lambda: self.take_number(transaction)


def _write_people(transaction: Transaction, result: Regrouping) -> list[int]:
    """Bring the rows of people, and those of faces, to `result`; return who is gone, and not only in the trash."""
    insert_people(transaction.cursor, [(number, new_person_id(), transaction.now, None) for number in result.created])
    set_people(transaction.cursor, result.faces.tolist(), result.people.tolist())
    removed = delete_people(transaction.cursor, result.gone)
    forget_apart(transaction.cursor, removed.erased)
    transaction.note(Resource.PERSON, result.created, Change.CREATED)
    transaction.note(Resource.PERSON, result.changed)
    transaction.note_gone(Resource.PERSON, removed.names)
    return list(removed.erased)


def _count_faces(cursor: Cursor, grouping: Grouping, result: Regrouping) -> None:
    write_counts(cursor, grouping.counts(result.changed))


def _arrays(faces: Sequence[NewFace]) -> Faces:
    return Faces(
        ids=np.array([face.id for face in faces]),
        images=np.array([face.image_id for face in faces]),
        embeddings=np.stack([face.seen.embedding for face in faces]),
        quality=np.array([face.seen.quality for face in faces]),
        scores=np.array([face.seen.score for face in faces], np.float32),
        days=np.array([day_number(face.taken) for face in faces], np.int32),
    )
