"""Neighbours among all pairs of a set of vectors, found in square tiles of the upper triangle."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.clustering.progress import Progress
from services.catalog.clustering.similarity import Indices, NeighborRule, Vectors
from services.catalog.clustering.tile_product import Reach, TileProduct
from services.catalog.clustering.whole_codes import WholeCodes, judge

# A tile fits the second-level cache, and a dense one does not yield too many pairs at once.
TILE: Final = 512
_EDGES_AT_ONCE: Final = 1 << 16
# Large enough that multiplying tiles and judging pairs seldom evict each other from the cache.
_JUDGED_AT_ONCE: Final = 1 << 16
# Rows of tiles per thread that are queued, so that no thread waits for the merge.
_AHEAD: Final = 2

Edges = tuple[Indices, Indices]
Merge = Callable[[Indices, Indices], None]


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """Another thread has asked this one to stop."""


@dataclass(frozen=True, slots=True)
class TileRow:
    """Finds the neighbours in one row of tiles at a time.

    Attributes:
        vectors: unit float32 [n, d].
        rule: what a neighbour is.
        whole: codes of the whole vectors; None to compare all pairs in full.
        product: of their short codes; None to compare all pairs in full.
        least: lower bound on the dot product of the short codes of two neighbours.

    """

    vectors: Vectors
    rule: NeighborRule
    whole: WholeCodes | None = None
    product: TileProduct | None = None
    least: int = 0

    def find(self, top: int, merge: Merge, stop: threading.Event) -> int:
        """Merge all neighbours i < j with i in the row of tiles from `top` on; return the number of pairs visited.

        Raises:
            Stopped: `stop` was set.

        """
        possible: list[Indices] = []
        found: list[Edges] = []
        unjudged = edges = 0
        height = min(TILE, len(self.vectors) - top)
        reach = self._reaching(slice(top, top + height))
        for start in range(top, len(self.vectors), TILE):
            if stop.is_set():
                raise Stopped
            near = reach(slice(start, start + TILE))
            # On the diagonal, only the pairs on one side of it.
            pairs = np.flatnonzero(near if start > top else np.tril(near, -1))
            possible.append(pairs + start * height)
            unjudged += len(pairs)
            if unjudged > _JUDGED_AT_ONCE:
                found.append(self._judge(top, height, possible))
                possible, unjudged = [], 0
                edges += len(found[-1][0])
            if edges > _EDGES_AT_ONCE:
                merge(*_join(found))
                found, edges = [], 0
        merge(*_join([*found, self._judge(top, height, possible)]))
        return height * (len(self.vectors) - top) - height * (height + 1) // 2

    def _reaching(self, columns: slice) -> Reach:
        """Return a function that maps a slice of m rows to bool [m, columns]: whether they may be neighbours."""
        if self.product is None:
            right = self.vectors[columns].T
            return lambda rows: self.vectors[rows] @ right >= self.rule.possible
        return self.product.reaching(columns, self.least)

    def _judge(self, top: int, height: int, possible: list[Indices]) -> Edges:
        """Return the neighbours i < j among pairs (i, j), each given as i - top + j * height."""
        right, left = np.divmod(np.concatenate([np.empty(0, np.int64), *possible]), height)
        left += top
        if self.whole is None:
            accepted = self.rule.decide(self.vectors, left, self.vectors, right)
        else:
            accepted = judge(self.rule, self.whole, left, self.whole, right)
        return left[accepted], right[accepted]


def visit(tiles: TileRow, merge: Merge, threads: int, progress: Progress) -> None:
    """Merge all neighbours i < j; with several `threads`, `merge` is called by each of them.

    An exception raised by `progress` or in a thread ends the visit; it is raised here once all threads have stopped.
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


def _join(edges: list[Edges]) -> Edges:
    none = np.empty(0, np.int64)
    return np.concatenate([none, *(left for left, _ in edges)]), np.concatenate([none, *(right for _, right in edges)])
