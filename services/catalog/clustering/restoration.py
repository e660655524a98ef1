"""Turns the state of an incremental DBSCAN into a snapshot, and a snapshot into rows of a table."""

from typing import Final

import numpy as np

from services.catalog.clustering.cluster_table import NO_CLUSTER, NO_SLOT, ClusterTable
from services.catalog.clustering.digests import face_digests
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.similarity import Indices, Vectors
from services.catalog.clustering.snapshot import Snapshot, SnapshotMismatchError

# With more faces new since the snapshot than both of these (a share of the snapshot, and a number), a full load is
# quicker than restoring and inserting.
_MAX_NEW_SHARE: Final = 0.1
_MAX_NEW: Final = 256


def capture(
    table: ClusterTable, index: NeighborIndex, eps: float, min_samples: int, hubness: Vectors | None = None
) -> Snapshot:
    """Return the state as a snapshot; `hubness`, float32 [n], is of the faces in the order of their keys."""
    slots = table.slots_by_key()
    # Slots become positions in the order of keys; the extra last entry maps NO_SLOT, -1, to itself.
    position = np.full(index.capacity + 1, NO_SLOT)
    position[slots] = np.arange(len(slots))
    clustered = table.cluster[slots] != NO_CLUSTER
    clusters = np.full(len(slots), NO_CLUSTER)
    clusters[clustered] = np.unique(table.cluster[slots][clustered], return_inverse=True)[1]
    short, whole, projection = index.short, index.whole(), index.projection
    return Snapshot(
        eps=np.array(eps),
        min_samples=np.array(min_samples),
        keys=table.key[slots],
        digests=index.held.digests[slots],
        counts=table.count[slots],
        cores=table.core[slots],
        clusters=clusters,
        nearby=position[table.nearby[slots]],
        basis=projection.basis if projection else np.empty((index.dimensions, 0), np.float32),
        scale=np.array(projection.scale if projection else 0.0),
        error=np.array(short.error if short else 0.0),
        slots=slots,
        end=np.array(index.end),
        checksums=np.array(index.held.checksums(), np.uint32),
        scales=whole.scales if whole else np.empty(0, np.float32),
        errors=whole.errors if whole else np.empty(0, np.float32),
        hubness=np.zeros(len(slots), np.float32) if hubness is None else hubness,
    )


def locate(snapshot: Snapshot, keys: Indices, vectors: Vectors) -> Indices:
    """Return, for each face of the snapshot, its position among `keys`, whose embeddings are `vectors`.

    Raises:
        SnapshotMismatchError: a face of the snapshot is gone or has another embedding, or too many are new.

    """
    common, here, _ = np.intersect1d(keys, snapshot.keys, return_indices=True)
    # The faces that counted it as a neighbour cannot be told from the snapshot.
    if len(common) < len(snapshot.keys):
        raise SnapshotMismatchError("a face is gone since the snapshot")
    # Rows mostly come in the order of the snapshot, and then need no copy.
    known = vectors[: len(here)] if np.array_equal(here, np.arange(len(here))) else vectors[here]
    if not np.array_equal(face_digests(known), snapshot.digests):
        raise SnapshotMismatchError("the snapshot is of other embeddings")
    check_few(snapshot, len(keys) - len(common))
    return here


def check_few(snapshot: Snapshot, new: int) -> None:
    """Check that so few faces are new since the snapshot that it spares work.

    Raises:
        SnapshotMismatchError: too many are.

    """
    if new > max(_MAX_NEW, int(len(snapshot.keys) * _MAX_NEW_SHARE)):
        raise SnapshotMismatchError(f"{new} faces came since the snapshot")


def write(snapshot: Snapshot, table: ClusterTable, slots: Indices) -> None:
    """Write the state of all faces of the snapshot into the rows `slots` of an empty table."""
    table.count[slots] = snapshot.counts
    table.core[slots] = snapshot.cores
    table.cluster[slots] = snapshot.clusters
    table.nearby[slots] = np.append(slots, NO_SLOT)[snapshot.nearby]
    table.adopt_clusters(slots)
