"""Neighbours among all pairs of a set of vectors, found in square tiles of the upper triangle."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.clustering.progress import Progress
from services.catalog.clustering.projection import Encoded, Projection
from services.catalog.clustering.similarity import Indices, NeighborRule, Vectors
from services.catalog.clustering.tile_product import reaching
from services.catalog.clustering.whole_codes import WholeCodes, judge

# Fits the second-level cache, and keeps what a dense tile yields small.
TILE: Final = 512
_EDGES_AT_ONCE: Final = 1 << 16
# So many that what a look at any number of pairs costs is little for each.
_JUDGED_AT_ONCE: Final = 1 << 13
_AHEAD: Final = 2

Edges = tuple[Indices, Indices]
Merge = Callable[[Indices, Indices], None]


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """Another thread has asked to stop."""


@dataclass(frozen=True, slots=True)
class TileRow:
    """The vectors, and how their pairs are judged.

    Attributes:
        vectors: unit float32 [n, d].
        rule: what a neighbour is.
        encoded: the vectors' short codes and what made them; None to compare all pairs in full.
        whole: their whole codes.

    """

    vectors: Vectors
    rule: NeighborRule
    encoded: tuple[Projection, Encoded] | None
    whole: WholeCodes | None

    def find(self, top: int, merge: Merge, stop: threading.Event) -> int:
        """Merge all neighbours i < j with i in the rows from `top` on; return the number of pairs looked at.

        Raises:
            Stopped: `stop` was set.

        """
        possible: list[Edges] = []
        found: list[Edges] = []
        unjudged = edges = 0
        rows = self.vectors[top : top + TILE]
        candidates = self._candidates(top, len(rows))
        for start in range(top, len(self.vectors), TILE):
            if stop.is_set():
                raise Stopped
            left, right = candidates(start, self.vectors[start : start + TILE])
            if start == top:
                upper = left < right
                left, right = left[upper], right[upper]
            possible.append((left + top, right + start))
            unjudged += len(left)
            if unjudged > _JUDGED_AT_ONCE:
                found.append(self._judge(possible))
                possible, unjudged = [], 0
                edges += len(found[-1][0])
            if edges > _EDGES_AT_ONCE:
                merge(*_join(found))
                found, edges = [], 0
        merge(*_join([*found, self._judge(possible)]))
        return len(rows) * (len(self.vectors) - top) - len(rows) * (len(rows) + 1) // 2

    def _candidates(self, top: int, height: int) -> Callable[[int, Vectors], Edges]:
        """Return what finds the pairs of the rows from `top` on and some columns that may be neighbours."""
        if self.encoded is None:
            rows = self.vectors[top : top + height]
            return lambda _, columns: _pairs(columns @ rows.T >= self.rule.possible)
        projection, encoded = self.encoded
        least = projection.least_dot(float(self.rule.possible), encoded.error, encoded.error)
        reach = reaching(encoded.codes[top : top + height], least)
        return lambda start, columns: _pairs(reach(encoded.codes[start : start + len(columns)]))

    def _judge(self, possible: list[Edges]) -> Edges:
        left, right = _join(possible)
        if self.whole is None:
            accepted = self.rule.decide(self.vectors, left, self.vectors, right)
        else:
            accepted = judge(self.rule, self.whole, left, self.whole, right)
        return left[accepted], right[accepted]


def visit(tiles: TileRow, merge: Merge, threads: int, progress: Progress) -> None:
    """Merge all neighbours i < j; `merge` is called by several threads if there are several `threads`.

    What `progress` raises, or a thread, ends the visit and is raised here when all threads have stopped.
    """
    n = len(tiles.vectors)
    tops = iter(range(0, n, TILE))
    done, total = 0, n * (n - 1) // 2
    stop = threading.Event()
    if threads == 1 or n <= TILE:
        for top in tops:
            done += tiles.find(top, merge, stop)
            progress(done, total)
        return
    with ThreadPoolExecutor(threads, "tiles") as pool:
        running: set[Future[int]] = set()
        try:
            while True:
                for top in itertools.islice(tops, _AHEAD * threads - len(running)):
                    running.add(pool.submit(tiles.find, top, merge, stop))
                if not running:
                    return
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                done += sum(future.result() for future in finished)
                progress(done, total)
        finally:
            stop.set()


def _pairs(possible: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Edges:
    """Return row and column of each hit in `possible`, bool [columns, rows]."""
    right, left = np.divmod(np.flatnonzero(possible), possible.shape[1])
    return left, right


def _join(edges: list[Edges]) -> Edges:
    none = np.empty(0, np.int64)
    return np.concatenate([none, *(left for left, _ in edges)]), np.concatenate([none, *(right for _, right in edges)])
