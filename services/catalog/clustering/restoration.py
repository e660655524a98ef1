"""From the state of an incremental DBSCAN to a snapshot, and back to the state of what is left of its faces."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.clustering.cluster_table import NO_CLUSTER, NO_SLOT, ClusterTable
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.projection import Encoded
from services.catalog.clustering.similarity import Indices, Vectors
from services.catalog.clustering.snapshot import Snapshot, SnapshotMismatchError, face_digests

# Faces that came or went since a snapshot, and faces whose neighbours have to be counted anew, as a part of all:
# more make a restoration slower than a full load.
_MOST_CHANGED: Final = 0.1
_FEW_CHANGED: Final = 256


@dataclass(frozen=True, slots=True)
class Common:
    """Faces that are in a snapshot and there now.

    Attributes:
        here: int64 [k], their positions now.
        there: int64 [k], their positions in the snapshot.

    """

    here: Indices
    there: Indices

    def of(self, vectors: Vectors) -> Vectors:
        """Return those of `vectors`, which are there now, that are in the snapshot too."""
        first = len(self.here)
        return vectors[:first] if np.array_equal(self.here, np.arange(first)) else vectors[self.here]


def capture(table: ClusterTable, index: NeighborIndex, eps: float, min_samples: int) -> Snapshot:
    """Return the state as a snapshot."""
    slots = table.ordered()
    position = np.full(index.capacity + 1, NO_SLOT)
    position[slots] = np.arange(len(slots))
    clustered = table.cluster[slots] != NO_CLUSTER
    clusters = np.full(len(slots), NO_CLUSTER)
    clusters[clustered] = np.unique(table.cluster[slots][clustered], return_inverse=True)[1]
    vectors = index.vectors(slots)
    projection, encoded = index.encoded(slots) or (None, Encoded(np.empty((len(slots), 0), np.int8), 0.0))
    return Snapshot(
        eps=np.array(eps),
        min_samples=np.array(min_samples),
        keys=table.key[slots],
        digests=face_digests(vectors, np.arange(len(vectors))),
        counts=table.count[slots],
        cores=table.core[slots],
        clusters=clusters,
        nearby=position[table.nearby[slots]],
        basis=projection.basis if projection else np.empty((vectors.shape[1], 0), np.float32),
        scale=np.array(projection.scale if projection else 0.0),
        codes=encoded.codes,
        error=np.array(encoded.error),
    )


def match(snapshot: Snapshot, keys: Indices, vectors: Vectors) -> Common:
    """Return which of the faces `keys`, with their `vectors`, are in the snapshot.

    Raises:
        SnapshotMismatchError: they have other embeddings there, or too many came or went.

    """
    common, here, there = np.intersect1d(keys, snapshot.keys, return_indices=True)
    if not np.array_equal(face_digests(vectors, here), snapshot.digests[there]):
        raise SnapshotMismatchError("the snapshot is of other embeddings")
    changed = len(keys) + len(snapshot.keys) - 2 * len(common)
    if changed > _most_changed(snapshot):
        raise SnapshotMismatchError(f"{changed} faces came or went since the snapshot")
    return Common(here, there)


def put(snapshot: Snapshot, table: ClusterTable, slots: Indices) -> None:
    """Put the state of all faces of the snapshot into the rows `slots` of an empty table."""
    table.count[slots] = snapshot.counts
    table.core[slots] = snapshot.cores
    table.cluster[slots] = snapshot.clusters
    table.nearby[slots] = np.append(slots, NO_SLOT)[snapshot.nearby]
    table.number(slots)


def recount(snapshot: Snapshot, table: ClusterTable, index: NeighborIndex, gone: Indices) -> dict[int, Indices]:
    """Set the counts of all faces right after `gone`, the vectors of which nobody knows any more, left the index.

    The neighbours of a core are in no list; its short code tells which faces may be among them. Returns for each of
    `gone` those that may be near it.

    Raises:
        SnapshotMismatchError: there are no codes, or very many faces may be near.

    """
    cores = gone[table.core[gone]]
    if cores.size and not snapshot.basis.size:
        raise SnapshotMismatchError("a face that had many neighbours is gone")
    hoods = {slot: table.near(slot) for slot in gone[~table.core[gone]].tolist()}
    for near in hoods.values():
        table.count[near] -= 1
    if cores.size:
        codes = snapshot.codes[np.searchsorted(snapshot.keys, table.key[cores])]
        hoods.update(zip(cores.tolist(), index.possible(Encoded(codes, float(snapshot.error))), strict=True))
    near = np.unique(np.concatenate([np.empty(0, np.int64), *(hoods[slot] for slot in cores.tolist())]))
    if len(near) > _most_changed(snapshot):
        raise SnapshotMismatchError(f"{len(near)} faces may have lost neighbours since the snapshot")
    table.count[near] = [len(found) for found in index.neighbors(index.vectors(near))]
    return hoods


def _most_changed(snapshot: Snapshot) -> int:
    return max(_FEW_CHANGED, int(len(snapshot.keys) * _MOST_CHANGED))
