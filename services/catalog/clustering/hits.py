"""Pairs of a query and a vector that a search has found, and how they are told by query."""

from collections.abc import Callable
from typing import Final

import numpy as np

from services.catalog.clustering.similarity import Indices

# Positions of queries, and slots of vectors.
Hits = tuple[Indices, Indices]
_QUERIES_AT_ONCE: Final = 64


def by_query(queries: int, search: Callable[[slice], Hits]) -> list[Indices]:
    """Return what `search` finds for slices of so many queries: for each on its own the slots, ascending."""
    found: list[Indices] = []
    for start in range(0, queries, _QUERIES_AT_ONCE):
        count = min(_QUERIES_AT_ONCE, queries - start)
        query, slots = search(slice(start, start + count))
        if count == 1:
            found.append(np.sort(slots))
            continue
        order = np.lexsort((slots, query))
        cuts = np.searchsorted(query[order], np.arange(1, count))
        found.extend(np.split(slots[order], cuts))
    return found
