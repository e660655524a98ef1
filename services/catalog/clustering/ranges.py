"""Work on ranges of rows, by several threads at once where each has enough of it."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Result = TypeVar("_Result")


class Ranges:
    """Threads that share the rows of one search.

    Args:
        threads: how many; with one, whoever calls does all.

    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, "scan") if threads > 1 else None

    def map(self, work: Callable[[slice], _Result], rows: int, minimum: int) -> Iterator[_Result]:
        """Return what `work` makes of ranges of rows, in order, in threads if each gets about `minimum` of them."""
        parts = min(self._threads, 1 + rows // minimum)
        if parts == 1:
            return iter((work(slice(0, rows)),))
        cuts = [rows * part // parts for part in range(parts + 1)]
        ranges = [slice(start, stop) for start, stop in itertools.pairwise(cuts)]
        return self._pool.map(work, ranges) if self._pool else map(work, ranges)
