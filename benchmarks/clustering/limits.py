"""Measures what one core of the machine can do at most, with the libraries at hand."""

import time
from collections.abc import Callable

import numpy as np

from services.catalog.clustering.tile_product import TileProduct


def int8_operations() -> float:
    """Return multiplications and additions of int8 a second, in a product that fits the cache."""
    generator = np.random.default_rng(0)
    product = TileProduct(generator.integers(-127, 128, (1024, 512), np.int8))
    reach = product.reaching(slice(0, 512), 0)
    return 2 * 512**3 / _best(lambda: reach(slice(512, 1024)), 60)


def read_bytes() -> float:
    """Return bytes a second that one thread reads from main memory."""
    block = np.ones(1 << 25, np.int64)
    return block.nbytes / _best(block.max, 8)


def _best(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)
