"""The measurements, each in a process of its own: `python -m benchmarks.clustering.tasks NAME FACES SEED THREADS`."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.clustering.all_pairs import labels_of_pairs
from benchmarks.clustering.embeddings import DIMENSIONS, make_faces, measure_distances
from benchmarks.clustering.library import library
from benchmarks.clustering.limits import int8_operations, read_bytes
from benchmarks.clustering.rivals import rivals
from benchmarks.usage import usage_of
from services.catalog.clustering.dbscan import dbscan
from services.catalog.clustering.density import GraphBuilder, tile_row
from services.catalog.clustering.digests import face_digests
from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.parameters import DEFAULT_EPS, DEFAULT_MIN_SAMPLES
from services.catalog.clustering.similarity import Indices, Vectors
from services.catalog.clustering.snapshot import Snapshot
from services.catalog.clustering.tiles import TILE, TileRow

Figures = dict[str, float]
_CHANGES: Final = 300
_QUERIES: Final = 200
_SAMPLED_ROWS: Final = 24
_INSIDE: Final = 100


def full_run(faces: Vectors, _: Indices, threads: int) -> Figures:
    """DBSCAN in one go."""
    figures = _spent(lambda: dbscan(faces, DEFAULT_EPS, DEFAULT_MIN_SAMPLES, threads=threads))
    return figures | _width(tile_row(faces, DEFAULT_EPS))


def scikit_learn(faces: Vectors, _: Indices, threads: int) -> Figures:
    """The same with scikit-learn, and whether the labels are equal."""
    from sklearn.cluster import DBSCAN  # noqa: PLC0415 - its memory is not to be counted in other tasks

    reference = DBSCAN(eps=DEFAULT_EPS, min_samples=DEFAULT_MIN_SAMPLES, metric="cosine")
    figures = _spent(lambda: reference.fit(faces))
    return figures | _compared(reference.labels_, faces, threads)


def all_pairs(faces: Vectors, _: Indices, threads: int) -> Figures:
    """Every distance in float64, how near to eps one comes, and whether the labels are equal."""
    labels, margin = labels_of_pairs(faces, DEFAULT_EPS)
    return {"margin": margin} | _compared(labels, faces, threads)


def sampled_run(faces: Vectors, _: Indices, threads: int) -> Figures:
    """Some rows of tiles of a full run, extrapolated by pairs, and everything that is done once."""
    del threads
    start = time.process_time()
    tiles = tile_row(faces, DEFAULT_EPS)
    gathering = GraphBuilder(len(faces), DEFAULT_MIN_SAMPLES)
    once = time.process_time() - start
    tops = np.linspace(0, len(faces) // TILE - 1, _SAMPLED_ROWS).astype(int) * TILE
    start = time.process_time()
    pairs = sum(tiles.find(top, gathering.merge, threading.Event()) for top in tops.tolist())
    sampled = time.process_time() - start
    gathering.graph()
    return {"cpu": once + sampled * len(faces) * (len(faces) - 1) / 2 / pairs} | _width(tiles)


def changes(faces: Vectors, _: Indices, threads: int) -> Figures:
    """Insertions, removals, a snapshot and its restoration, after a real load."""
    kept = len(faces) - _CHANGES
    clusters = IncrementalDbscan(DEFAULT_EPS, DEFAULT_MIN_SAMPLES, threads=threads)
    clusters.load(np.arange(kept), faces[:kept])
    figures = _insertions(clusters, faces, kept)
    handles = clusters.clusters()[1]
    largest = clusters.members(int(np.bincount(handles[handles >= 0]).argmax()))
    generator = np.random.default_rng(1)
    inside = generator.choice(largest, min(_INSIDE, len(largest)), replace=False)
    anywhere = generator.choice(np.setdiff1d(np.arange(kept), inside), _CHANGES, replace=False)
    for name, keys in (("delete", anywhere), ("delete inside", inside)):
        taken = _each(lambda key: clusters.remove(np.array([key])), keys.tolist())
        figures |= {f"{name} p50": float(np.median(taken)), f"{name} worst": max(taken)}
    data = clusters.snapshot().to_bytes()
    keys = clusters.clusters()[0]
    left, labels = faces[keys], clusters.labels()
    again = IncrementalDbscan(DEFAULT_EPS, DEFAULT_MIN_SAMPLES, threads=threads)
    restoring = _spent(lambda: again.restore(Snapshot.from_bytes(data), keys, left))
    return figures | {
        "largest": float(len(largest)), "restore": restoring["wall"], "snapshot bytes": float(len(data)),
        "equal": float(again.labels() == labels),
    }  # fmt: skip


def prebuilt_changes(faces: Vectors, who: Indices, threads: int) -> Figures:
    """Insertions into a state that is made up: everybody is a core, and the clusters are the people."""
    kept = len(faces) - _CHANGES
    clusters = IncrementalDbscan(DEFAULT_EPS, DEFAULT_MIN_SAMPLES, threads=threads)
    index = NeighborIndex(DIMENSIONS, DEFAULT_EPS)
    index.add(faces[:4096])
    projection = index.projection
    if projection is None:
        raise ValueError("too few faces")
    state = replace(
        clusters.snapshot(), keys=np.arange(kept), digests=face_digests(faces[:kept]),
        counts=np.bincount(who[:kept])[who[:kept]] + 1, cores=np.ones(kept, np.bool_),
        clusters=np.unique(who[:kept], return_inverse=True)[1], nearby=np.empty((kept, 0), np.int64),
        basis=projection.basis, scale=np.array(projection.scale),
    )  # fmt: skip
    clusters.restore(state, np.arange(kept), faces[:kept])
    return _insertions(clusters, faces, kept)


def search(faces: Vectors, _: Indices, threads: int) -> Figures:
    """The neighbours and the 50 nearest of faces that are not among the others."""
    kept = len(faces) - _QUERIES
    index = NeighborIndex(DIMENSIONS, DEFAULT_EPS, threads=threads)
    index.add(faces[:kept])
    figures: Figures = {"width": float(index.projection.width if index.projection else 4 * DIMENSIONS)}
    for name, find in (("range", index.neighbors), ("top", lambda query: index.nearest(query, 50))):
        start = time.process_time()
        taken = _each(lambda at, find=find: find(faces[at : at + 1]), range(kept, len(faces)))  # type: ignore[misc]
        cpu = (time.process_time() - start) / _QUERIES
        figures |= {
            f"{name} p50": float(np.median(taken)), f"{name} p90": float(np.quantile(taken, 0.9)), f"{name} cpu": cpu,
        }  # fmt: skip
    return figures | {"range candidates": index.candidates / index.compared}


def limits(faces: Vectors, who: Indices, threads: int) -> Figures:
    """What the machine can do, and how the faces lie."""
    del threads
    found = measure_distances(faces, who)
    return {
        "int8": int8_operations(), "read": read_bytes(), "same mean": found.same_mean, "same most": found.same_most,
        "other mean": found.other_mean, "other least": found.other_least,
    }  # fmt: skip


TASKS: Final = {
    task.__name__: task
    for task in (
        full_run, scikit_learn, all_pairs, sampled_run, changes, prebuilt_changes, search, rivals, library, limits,
    )
}  # fmt: skip


def _compared(expected: Indices, faces: Vectors, threads: int) -> Figures:
    labels = dbscan(faces, DEFAULT_EPS, DEFAULT_MIN_SAMPLES, threads=threads)
    differing = np.count_nonzero(labels != expected)
    return {"equal": float(differing == 0), "differing": float(differing)}


def _width(tiles: TileRow) -> Figures:
    return {"width": float(tiles.product.width if tiles.product else 4 * DIMENSIONS)}


def _insertions(clusters: IncrementalDbscan, faces: Vectors, first: int) -> Figures:
    before = usage_of(os.getpid()).resident_bytes
    taken = _each(lambda key: clusters.insert(np.array([key]), faces[key : key + 1]), range(first, len(faces)))
    grown = usage_of(os.getpid()).resident_bytes - before
    return {"insert p50": float(np.median(taken)), "insert worst": max(taken), "insert grown": float(grown)}


def _spent(work: Callable[[], object]) -> Figures:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def _each(work: Callable[[int], object], items: Iterable[int]) -> list[float]:
    return [_spent(lambda item=item: work(item))["wall"] for item in items]  # type: ignore[misc]


def main() -> None:
    """Run one task and print its figures."""
    name, faces, seed, threads = sys.argv[1], *map(int, sys.argv[2:])
    with threadpool_limits(1, "blas"):
        made, who = make_faces(faces, seed)
        figures = TASKS[name](made, who, threads)
    print(json.dumps(figures | {"peak": float(usage_of(os.getpid()).peak_bytes)}))


if __name__ == "__main__":
    main()
