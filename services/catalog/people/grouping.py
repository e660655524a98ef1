"""The clusters and the people of a library in memory, kept equal to its rows."""

import contextlib
import itertools
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.kept_vectors import KeptVectors
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.clustering.similarity import Vectors, cosine_distance
from services.catalog.clustering.snapshot import Snapshot, positions
from services.catalog.clustering.vector_store import Lost, none_elsewhere
from services.catalog.people.change import Change, Regrouping, Transaction
from services.catalog.people.correcting import carry_out, early_faces, free_owners
from services.catalog.people.correction import Correction
from services.catalog.people.counts import PersonCounts, count_faces
from services.catalog.people.evidence import Evidence
from services.catalog.people.face_vectors import BlurredFaces, FaceBounds, FaceVectors, NearFaces, split
from services.catalog.people.faces import Faces
from services.catalog.people.gatherer import Gatherer, TakeNumber
from services.catalog.people.group import Group, face_group, person_group
from services.catalog.people.guard import Guard
from services.catalog.people.hubness import hubness
from services.catalog.people.loading import load_clusters
from services.catalog.people.outlook import Around, Outlook
from services.catalog.people.person_index import PersonIndex
from services.catalog.people.roster import NOBODY, Keys, Mask, Numbers, Roster
from services.catalog.people.said import Said
from services.catalog.people.suggestions import Suggestion, Suggestions
from services.catalog.people.sums import PersonSums


class Grouping:
    """Follows the faces of one library, for one writer and many readers.

    Readers hold `lock` while they use it, the writer only while it changes something: not until the change is durable.
    So readers may see what is not there in the end, and let the rows have the last word.

    Every change is a plain call: when it returns, the change and its consequences are there in memory, and the
    transaction knows how to roll them back. A change that raises half-way is rolled back in the same way.

    Args:
        parameters: of clustering.
        faces: all of them; their embeddings are taken over, and are not the caller's any more.
        said: what users said of people.
        snapshot: of the clusters at some earlier time, which makes this quick, or None.
        kept: files of the embeddings of the snapshot's faces, which are then left out of `faces.embeddings`: these have
            a row for each face only that the snapshot doesn't know. None if there are none.
        threads: that search at once.
        lost: is asked for the embeddings of faces, by id, that a file has lost.

    Attributes:
        lock: held while anything here is read by others than the writer, or changed.

    Raises:
        SnapshotMismatchError: the snapshot or the files can't be used; only with `kept`.

    """

    def __init__(
        self,
        parameters: ClusteringParameters,
        faces: Faces,
        said: Said = Said(),  # noqa: B008 - frozen
        snapshot: Snapshot | None = None,
        kept: KeptVectors | None = None,
        *,
        threads: int = 1,
        lost: Lost = none_elsewhere,
    ) -> None:
        self._parameters = parameters
        self._evidence = Evidence()
        eps, dimensions = parameters.eps, faces.embeddings.shape[1]
        self._clusters = IncrementalDbscan(eps, parameters.min_samples, dimensions, threads=threads, lost=lost)
        self._blurred = BlurredFaces(dimensions, eps)
        self._vectors = FaceVectors(self._clusters, self._blurred)
        self._roster = Roster()
        self._sums = PersonSums(self._roster, self._vectors)
        self._roster.said = said
        self.lock = threading.RLock()
        self._broken = False
        is_clear = self._is_clear(faces)
        crowds = np.empty(len(faces.ids), np.float32)
        new = np.ones(len(faces.ids), np.bool_)
        if snapshot is not None and kept is not None:
            places = positions(snapshot.keys, faces.ids[is_clear])
            known = np.flatnonzero(is_clear)[places]
            new[known], crowds[known] = False, snapshot.hubness
        crowds[new] = hubness(faces.embeddings)
        self._roster.add(faces.ids, faces.images, faces.scores, is_clear, crowds, faces.days)
        self._roster.load(faces.ids, faces.people, faces.pinned)
        self._directions = PersonIndex(self._roster, self._sums, self._clusters, threads=threads)
        self._suggestions = Suggestions(self._roster, self._sums, self._directions, self._evidence)
        self._outlook = Outlook(self._clusters, self._roster, self._sums, self._directions, eps)
        clear, blurred = split(faces.embeddings, is_clear[new])
        if snapshot is not None and kept is not None:
            self._clusters.resume(snapshot, kept, faces.ids[is_clear & new], clear)
        else:
            load_clusters(self._clusters, faces.ids[is_clear], clear, snapshot)
        self._blurred.add(faces.ids[~is_clear], blurred)

    @property
    def broken(self) -> bool:
        """Whether rolling back failed, or a file is damaged, so that memory must be read from the rows again."""
        return self._broken or self._clusters.index.held.damaged

    @broken.setter
    def broken(self, broken: bool) -> None:
        self._broken = broken

    @property
    def curated(self) -> frozenset[int]:
        """Numbers of the people whom users corrected."""
        return self._roster.curated

    def owners_of(self, faces: Keys) -> Numbers:
        """Return the person of each face, int32 [k], 0 for nobody."""
        return self._roster.owners_of(faces)

    def people_of(self, face_ids: Sequence[int]) -> list[int]:
        """Return the person of each face, 0 for nobody."""
        return [int(person) for person in self._roster.owners_of(np.array(face_ids, np.int64))]

    def faces_of(self, person: int) -> Keys:
        """Return the faces of a person, ascending."""
        return self._roster.faces(person)

    def early_faces(self, person: int, birth: int) -> Keys:
        """Return the faces, ascending, that a person would lose who was born on the day `birth`, see `days`."""
        return early_faces(self._roster, person, birth)

    def too_early(self, face_ids: Sequence[int]) -> list[bool]:
        """Return which of the faces are of photos from before their person was born, whoever put them there."""
        faces = np.array(face_ids, np.int64)
        return [bool(early) for early in self._roster.too_early(faces, self._roster.owners_of(faces))]

    def counts(self, people: Iterable[int]) -> list[PersonCounts]:
        """Return what the faces of people who have some add up to."""
        return [count_faces(self._roster, person) for person in people]

    def pinned(self, face_ids: Sequence[int]) -> list[bool]:
        """Return whether a user put each face where it is."""
        return [bool(pinned) for pinned in self._roster.pinned(np.array(face_ids, np.int64))]

    def groups(self) -> list[Group]:
        """Return all people, and each face that has none, the oldest first: the work of a whole regrouping."""
        keys, _ = self._clusters.clusters()
        alone = keys[self._roster.owners_of(keys) == NOBODY]
        oldest_first = [(int(self._roster.faces(person)[0]), person_group(person)) for person in self._roster.people()]
        oldest_first += [(face, face_group(face)) for face in alone.tolist()]
        return [group for _, group in sorted(oldest_first)]

    def nearest(self, queries: Vectors, k: int, distance: float) -> list[NearFaces]:
        """Return, for each of `queries`, unit float32 [m, d], its `k` nearest faces no farther than `distance`."""
        return self._vectors.nearest(queries, k, distance)

    def bounded(self, queries: Vectors, k: int) -> list[FaceBounds]:
        """Return, for each of `queries`, unit float32 [m, d], faces among which are its `k` nearest, and bounds."""
        return self._vectors.bounded(queries, k)

    def bounds_of(self, faces: Keys, query: Vectors) -> FaceBounds:
        """Return bounds on the distances of faces to `query`, unit float32 [d]."""
        return self._vectors.bounds_of(faces, self._roster.is_clear(faces), query)

    def around(self, queries: Vectors, distance: float) -> Keys:
        """Return all faces at most `distance` away from any of `queries`, unit float32 [m, d], ascending."""
        return self._vectors.around(queries, distance)

    def distances(self, faces: Keys, queries: Vectors) -> npt.NDArray[np.float64]:
        """Return float64 [k], the cosine distance of each of `faces` to the nearest of `queries`, float32 [m, d]."""
        vectors = self._vectors.vectors_of(faces, self._roster.is_clear(faces))
        return np.asarray(np.min([cosine_distance(query[np.newaxis], vectors) for query in queries], axis=0))

    def suggestions(self, limit: int) -> list[Suggestion]:
        """Return pairs of people that may be the same, the likeliest first; none that a user told apart."""
        return self._suggestions.likeliest(limit)

    def snapshot(self) -> Snapshot:
        """Return the state of the clusters."""
        keys, _ = self._clusters.clusters()
        return self._clusters.snapshot(self._roster.hubness(keys))

    def keep(self, library: Path) -> KeptVectors:
        """Have the embeddings of clustered faces in files beside `library`, and return these; for the writer.

        Files that have lost anything are left for new ones.

        Raises:
            OSError: they can't be written.
            DamagedVectorsError: an embedding is lost for good.

        """
        held, kept = self._clusters.index.held, self._clusters.index.held.kept
        if kept is None or not held.is_kept_whole():
            kept = held.write(library)
            with self.lock:
                held.move(kept)
        return kept

    @property
    def mended(self) -> bool:
        """Whether the files had lost an embedding, so that it is time for new ones."""
        return self._clusters.index.held.mended

    @property
    def in_files(self) -> int:
        """How many faces have their embedding in a file, and not in memory."""
        return len(self) if self._clusters.index.held.kept is not None else 0

    def close(self) -> None:
        """Let go of the faces and their files, while nobody uses them any more."""
        self._clusters.close()

    def __len__(self) -> int:
        """Return the number of clustered faces."""
        return len(self._clusters)

    def look_around(self, faces: Faces) -> Around:
        """Return what lies around new faces, for `insert` in the same write: one search for all of them."""
        with self.lock:
            is_clear = self._is_clear(faces)
            vectors = faces.embeddings[is_clear]
            return self._outlook.around(faces.ids[is_clear], vectors, hubness(vectors))

    def insert(
        self, faces: Faces, transaction: Transaction, take_number: TakeNumber, around: Around | None = None
    ) -> Regrouping:
        """Add faces, and let those that nobody placed join or found people; `around`: as `look_around` found it."""
        with self.lock:
            around = around or self.look_around(faces)
            # Noted before the change begins, so that faces go last, when they belong to nobody any more.
            taken_in = contextlib.ExitStack()
            Guard(self, transaction).on_rollback(taken_in.close)
            change = self._begin(transaction, take_number)
            is_clear = self._is_clear(faces)
            clear, blurred = faces.ids[is_clear], faces.ids[~is_clear]
            crowds = hubness(faces.embeddings)
            self._roster.add(faces.ids, faces.images, faces.scores, is_clear, crowds, faces.days)
            found = [around[face] for face in clear.tolist()]
            newest = int(faces.ids.max(initial=0))
            self._clusters.insert(clear, faces.embeddings[is_clear], [own.until(newest) for own, *_ in found])
            change.gatherer.know(itertools.chain(*found), newest)
            taken_in.callback(self._clusters.remove, clear)
            self._blurred.add(blurred, faces.embeddings[~is_clear])
            taken_in.callback(self._blurred.remove, blurred)
            free = ~self._roster.put(faces.ids, faces.people, faces.pinned)
            change.gatherer.regroup(face_group(face) for face in faces.ids[is_clear & free].tolist())
            change.gatherer.place_blurred(faces.ids[~is_clear & free])
            return change.regrouping()

    def remove(self, face_ids: Sequence[int], transaction: Transaction, take_number: TakeNumber) -> Regrouping:
        """Remove faces, and regroup the people who lose them."""
        with self.lock:
            change = self._begin(transaction, take_number)
            faces = np.array(face_ids, np.int64)
            is_clear = self._roster.is_clear(faces)
            clear, blurred = faces[is_clear], faces[~is_clear]
            clear_vectors = self._vectors.clear_vectors(clear)
            blurred_vectors = self._vectors.blurred_vectors(blurred)
            losing_faces = free_owners(self._roster, faces)
            self._roster.move(faces, NOBODY)
            self._clusters.remove(clear)
            change.on_rollback(lambda: self._clusters.insert(clear, clear_vectors))
            self._blurred.remove(blurred)
            change.on_rollback(lambda: self._blurred.add(blurred, blurred_vectors))
            change.gatherer.regroup(losing_faces)
            return change.regrouping(without=faces)

    def correct(self, correction: Correction, transaction: Transaction, take_number: TakeNumber) -> Regrouping:
        """Do what a user says, and regroup the people who lose faces by it."""
        with self.lock:
            change, said = self._begin(transaction, take_number), self._roster.said
            change.on_rollback(lambda: self._roster.say(said))
            carry_out(correction, self._roster, change.gatherer)
            return change.regrouping()

    def regroup(self, groups: Sequence[Group], transaction: Transaction, take_number: TakeNumber) -> Regrouping:
        """Gather the faces of some of `groups` anew."""
        with self.lock:
            change = self._begin(transaction, take_number)
            change.gatherer.look_around(groups)
            change.gatherer.regroup(groups)
            return change.regrouping()

    def _begin(self, transaction: Transaction, take_number: TakeNumber) -> Change:
        return Change(self._roster, Guard(self, transaction), take_number, self._gatherer)

    def _gatherer(self, take_number: TakeNumber) -> Gatherer:
        return Gatherer(
            self._clusters, self._vectors, self._roster, self._sums, self._directions, self._evidence, take_number
        )

    def _is_clear(self, faces: Faces) -> Mask:
        return np.asarray(faces.quality >= self._parameters.min_quality)
