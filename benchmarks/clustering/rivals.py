"""The exact nearest of a face, found by others too, on the same vectors and in turns."""

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.clustering.embeddings import DIMENSIONS
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.parameters import DEFAULT_EPS
from services.catalog.clustering.similarity import Indices, Vectors

NEAREST: Final = 50
_QUERIES: Final = 100
Search = Callable[[Vectors], Indices]


def rivals(faces: Vectors, _: Indices, threads: int) -> dict[str, float]:
    """Median CPU seconds of one search by Albumen, by FAISS's flat index and by usearch's exact search.

    All get one thread: what a search takes from a machine that others use is the question.

    Raises:
        ImportError: the extra `rivals` is not installed.

    """
    del threads
    kept, queries = faces[:-_QUERIES], faces[-_QUERIES:]
    searches = {"own": _own(kept), "faiss": _faiss(kept), "usearch": _usearch(kept)}
    taken: dict[str, list[float]] = {name: [] for name in searches}
    equal = True
    for at in range(_QUERIES):
        found = {}
        for name, search in searches.items():
            start = time.process_time()
            found[name] = search(queries[at : at + 1])
            taken[name].append(time.process_time() - start)
        equal &= all(np.array_equal(np.sort(other), np.sort(found["own"])) for other in found.values())
    medians = {name: float(np.median(seconds)) for name, seconds in taken.items()}
    return medians | {"equal": float(equal)}


def _own(faces: Vectors) -> Search:
    index = NeighborIndex(DIMENSIONS, DEFAULT_EPS)
    index.add(faces)
    return lambda query: index.nearest(query, NEAREST)[0].slots


def _faiss(faces: Vectors) -> Search:
    import faiss  # noqa: PLC0415 - its memory is not to be counted in other tasks

    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(DIMENSIONS)
    index.add(faces)
    return lambda query: np.asarray(index.search(query, NEAREST)[1][0])


def _usearch(faces: Vectors) -> Search:
    from usearch.index import MetricKind, search  # noqa: PLC0415 - as above

    def find(query: Vectors) -> Indices:
        found = search(faces, query, NEAREST, MetricKind.IP, exact=True, threads=1)
        return np.asarray(found.keys).ravel().astype(np.int64)

    return find
