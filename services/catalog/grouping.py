"""The clusters and the membership of a library in memory, kept equal to its rows."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import structlog

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.membership import NOBODY, Membership
from services.catalog.people import Reassigner, Reassignment, Standing

_Keys = npt.NDArray[np.int64]
_Embeddings = npt.NDArray[np.float32]
Standings = Callable[[Iterable[int]], Mapping[int, Standing]]
_log = structlog.get_logger()


class Grouping:
    """Follows the faces of one library; used by its one writer.

    Args:
        parameters: of DBSCAN.
        ids: all faces that are clear enough, int64 [n].
        embeddings: theirs, unit float32 [n, 512].
        people: number of the person of each, int32 [n], 0 for nobody.

    """

    def __init__(
        self, parameters: ClusteringParameters, ids: _Keys, embeddings: _Embeddings, people: npt.NDArray[np.int32]
    ) -> None:
        self._clusters = IncrementalDbscan(parameters.eps, parameters.min_samples)
        self._clusters.load(ids, embeddings)
        self._membership = Membership()
        self._membership.put(ids, people)
        self.min_quality = parameters.min_quality
        self.broken = False

    def people_of(self, face_ids: Sequence[int]) -> list[int]:
        """Return the person of each face, 0 for nobody."""
        return [int(person) for person in self._membership.of(np.array(face_ids, np.int64))]

    @contextlib.contextmanager
    def inserting(
        self, keys: _Keys, embeddings: _Embeddings, standings: Standings, next_number: int
    ) -> Iterator[Reassignment]:
        """Add faces for as long as the block succeeds: it writes the rows and commits; if it fails, all is undone."""
        with self._undone_by(lambda: self._clusters.remove(keys)):
            changes = self._clusters.insert(keys, embeddings)
            result = Reassigner(self._clusters, self._membership, standings, next_number).apply(changes)
            yield result
        self._membership = result.membership

    @contextlib.contextmanager
    def removing(
        self, face_ids: Sequence[int], embeddings: _Embeddings, standings: Standings, next_number: int
    ) -> Iterator[Reassignment]:
        """Remove faces, whose `embeddings` are known, for as long as the block succeeds."""
        keys = np.array(face_ids, np.int64)
        with self._undone_by(lambda: self._clusters.insert(keys, embeddings)):
            changes = self._clusters.remove(keys)
            left = self._membership.copy()
            left.put(keys, NOBODY)
            result = Reassigner(self._clusters, left, standings, next_number).apply(changes)
            yield result
        self._membership = result.membership

    @contextlib.contextmanager
    def repairing(self, standings: Standings, next_number: int) -> Iterator[Reassignment]:
        """Find what the rows should say but do not; the block writes it."""
        result = Reassigner(self._clusters, self._membership, standings, next_number).repair(*self._clusters.clusters())
        yield result
        self._membership = result.membership

    @contextlib.contextmanager
    def _undone_by(self, undo: Callable[[], object]) -> Iterator[None]:
        try:
            yield
        except BaseException:
            try:
                undo()
            except Exception:  # noqa: BLE001
                # The state can no longer be trusted; its owner loads it again from the rows.
                self.broken = True
                _log.exception("clusters_discarded")
            raise
