"""Clusters of all faces, by the help of what was kept of them."""

import structlog

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.similarity import Vectors
from services.catalog.clustering.snapshot import Snapshot, SnapshotMismatchError
from services.catalog.people.roster import Keys

_log = structlog.get_logger()


def load_clusters(clusters: IncrementalDbscan, keys: Keys, embeddings: Vectors, snapshot: Snapshot | None) -> None:
    """Cluster faces, int64 [n] with unit float32 [n, d], which are taken over; go on from a snapshot if it fits."""
    if snapshot is not None:
        try:
            clusters.restore(snapshot, keys, embeddings)
        except SnapshotMismatchError as error:
            _log.info("snapshot_refused", cause=str(error))
        else:
            return
    clusters.load(keys, embeddings)
