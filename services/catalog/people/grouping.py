"""The clusters and the people of a library in memory, kept equal to its rows."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import structlog

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.clustering.similarity import Vectors
from services.catalog.clustering.snapshot import Snapshot, SnapshotMismatchError
from services.catalog.people.change import Change, Regrouping
from services.catalog.people.evidence import Evidence
from services.catalog.people.face_vectors import BlurredFaces, FaceVectors, NearFaces
from services.catalog.people.faces import Faces
from services.catalog.people.gatherer import Gatherer, TakeNumber
from services.catalog.people.hubness import hubness
from services.catalog.people.roster import NOBODY, Keys, Mask, Roster
from services.catalog.people.statement import Statement
from services.catalog.people.suggestions import Suggestion, suggest

_log = structlog.get_logger()


class Grouping:
    """Follows the faces of one library; used by its one writer.

    Every change is a context manager: on entry the change and its consequences are there in memory, the block writes
    the rows and commits; if it raises, memory is as it was.

    Args:
        parameters: of clustering.
        faces: all of them.
        curated: people that users made what they are.
        apart: pairs of people who are not the same, the lower number first.
        snapshot: of the clusters at some earlier time, which makes this quick; None if there is none.
        threads: that search at once.

    """

    def __init__(
        self,
        parameters: ClusteringParameters,
        faces: Faces,
        curated: Iterable[int] = (),
        apart: Iterable[tuple[int, int]] = (),
        snapshot: bytes | None = None,
        *,
        threads: int = 1,
    ) -> None:
        self._parameters = parameters
        self._evidence = Evidence()
        dimensions = faces.embeddings.shape[1]
        self._clusters = IncrementalDbscan(parameters.eps, parameters.min_samples, dimensions, threads=threads)
        self._blurred = BlurredFaces(dimensions, parameters.eps)
        self._vectors = FaceVectors(self._clusters, self._blurred)
        self._roster = Roster()
        self._roster.restate(frozenset(curated), frozenset(apart))
        self.broken = False
        clear = self._clear(faces)
        self._roster.add(faces.ids, faces.images, clear, hubness(faces.embeddings))
        self._roster.load(faces.ids, faces.people, faces.pinned)
        self._load(faces.ids[clear], faces.embeddings[clear], snapshot)
        self._blurred.add(faces.ids[~clear], faces.embeddings[~clear])

    def people_of(self, face_ids: Sequence[int]) -> list[int]:
        """Return the person of each face, 0 for nobody."""
        return [int(person) for person in self._roster.of(np.array(face_ids, np.int64))]

    def faces_of(self, person: int) -> Keys:
        """Return the faces of a person, ascending."""
        return self._roster.faces(person)

    def pinned(self, face_ids: Sequence[int]) -> list[bool]:
        """Return whether a user put each face where it is."""
        return [bool(pinned) for pinned in self._roster.pinned(np.array(face_ids, np.int64))]

    def groups(self) -> list[int]:
        """Return all people, and ~id of each face that has none, the oldest first: the work of a whole regrouping."""
        keys, _ = self._clusters.clusters()
        alone = keys[self._roster.of(keys) == NOBODY]
        first = [(int(self._roster.faces(person)[0]), person) for person in self._roster.people()]
        return [group for _, group in sorted(first + [(face, ~face) for face in alone.tolist()])]

    def nearest(self, queries: Vectors, k: int, distance: float) -> list[NearFaces]:
        """Return, for each of `queries`, unit float32 [m, d], the `k` faces nearest to it of those that near."""
        return self._vectors.nearest(queries, k, distance)

    def embeddings(self, face_ids: Sequence[int]) -> Vectors:
        """Return the embeddings of faces, float32 [k, d]."""
        return self._vectors.of(np.array(face_ids, np.int64), self._roster.clear(np.array(face_ids, np.int64)))

    def suggestions(self, limit: int) -> list[Suggestion]:
        """Return pairs of people that may be the same, the likeliest first; none that a user told apart."""
        return suggest(self._vectors, self._roster, self._evidence, limit)

    def curate(self, person: int) -> None:
        """Note that a user made a person what they are."""
        self._roster.restate(self._roster.curated | {person}, self._roster.apart)

    def snapshot(self) -> bytes:
        """Return the state of the clusters."""
        return self._clusters.snapshot().to_bytes()

    def __len__(self) -> int:
        """Return the number of clustered faces."""
        return len(self._clusters)

    @contextlib.contextmanager
    def inserting(self, faces: Faces, take_number: TakeNumber) -> Iterator[Regrouping]:
        """Add faces."""
        clear = self._clear(faces)
        keys, dim = faces.ids[clear], faces.ids[~clear]
        with self._change(take_number) as change:
            self._roster.add(faces.ids, faces.images, clear, hubness(faces.embeddings))
            self._clusters.insert(keys, faces.embeddings[clear])
            change.undone_by(lambda: self._clusters.remove(keys))
            self._blurred.add(dim, faces.embeddings[~clear])
            change.undone_by(lambda: self._blurred.remove(dim))
            change.gatherer.settle((~keys).tolist())
            change.gatherer.settle_blurred(dim)
            yield change.regrouping()

    @contextlib.contextmanager
    def removing(self, face_ids: Sequence[int], take_number: TakeNumber) -> Iterator[Regrouping]:
        """Remove faces."""
        faces = np.array(face_ids, np.int64)
        clear = self._roster.clear(faces)
        keys, dim = faces[clear], faces[~clear]
        with self._change(take_number) as change:
            vectors, dim_vectors = self._vectors.clear(keys), self._vectors.blurred(dim)
            bereft = self._owners(faces)
            self._roster.move(faces, NOBODY)
            self._clusters.remove(keys)
            change.undone_by(lambda: self._clusters.insert(keys, vectors))
            self._blurred.remove(dim)
            change.undone_by(lambda: self._blurred.add(dim, dim_vectors))
            change.gatherer.settle(bereft)
            yield change.regrouping(without=faces)

    @contextlib.contextmanager
    def stating(self, statement: Statement, take_number: TakeNumber) -> Iterator[Regrouping]:
        """Do what a user says."""
        roster = self._roster
        faces = np.array(sorted(statement.moves), np.int64)
        people = np.array([statement.moves[face] for face in faces.tolist()], np.int32)
        with self._change(take_number) as change:
            curated, apart = roster.curated, roster.apart
            change.undone_by(lambda: roster.restate(curated, apart))
            roster.restate(curated | statement.curated, (apart - statement.reconciled) | statement.apart)
            bereft = self._owners(faces)
            for person in np.unique(people).tolist():
                roster.move(faces[people == person], person)
            roster.pin(faces, statement.pinned)
            change.gatherer.settle(bereft)
            if not statement.pinned:
                free = faces[people == NOBODY]
                clear = roster.clear(free)
                change.gatherer.settle((~free[clear]).tolist())
                change.gatherer.settle_blurred(free[~clear])
            yield change.regrouping()

    @contextlib.contextmanager
    def settling(self, groups: Sequence[int], take_number: TakeNumber) -> Iterator[Regrouping]:
        """Think again about some of `groups`."""
        with self._change(take_number) as change:
            change.gatherer.settle(groups)
            yield change.regrouping()

    @contextlib.contextmanager
    def _change(self, take_number: TakeNumber) -> Iterator[Change]:
        change = Change(self._roster, take_number, self._gatherer)
        try:
            yield change
        except BaseException:
            try:
                change.undo()
            except Exception:  # noqa: BLE001
                # The state can no longer be trusted; its owner loads it again from the rows.
                self.broken = True
                _log.exception("people_discarded")
            raise

    def _gatherer(self, take_number: TakeNumber) -> Gatherer:
        return Gatherer(self._clusters, self._vectors, self._roster, self._evidence, take_number)

    def _load(self, keys: Keys, embeddings: Vectors, snapshot: bytes | None) -> None:
        if snapshot is not None:
            try:
                self._clusters.restore(Snapshot.from_bytes(snapshot), keys, embeddings)
            except SnapshotMismatchError as error:
                _log.info("snapshot_refused", cause=str(error))
            else:
                return
        self._clusters.load(keys, embeddings)

    def _clear(self, faces: Faces) -> Mask:
        return np.asarray(faces.quality >= self._parameters.min_quality)

    def _owners(self, faces: Keys) -> list[int]:
        """Return the people of `faces` whom no user made what they are."""
        people = {int(person) for person in np.unique(self._roster.of(faces))}
        return sorted(people - self._roster.curated - {NOBODY})
