"""The grid cells that YOLOX and YuNet predict on: one grid per stride, from fine to coarse, row by row."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

STRIDES: Final = (8, 16, 32)


def cell_count(width: int, height: int, strides: Sequence[int] = STRIDES) -> int:
    """Return the number of cells on an input of `width` x `height` pixels."""
    return sum((width // stride) * (height // stride) for stride in strides)


@lru_cache(maxsize=64)
def cells(width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return column and row, float32 [n, 2], and stride in pixels, float32 [n, 1], of every cell; read-only."""
    corners, sizes = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        corners.append(np.stack([columns, rows], 2).reshape(-1, 2))
        sizes.append(np.full((columns.size, 1), stride))
    result = np.concatenate(corners).astype(np.float32), np.concatenate(sizes).astype(np.float32)
    # Shared through the cache.
    for array in result:
        array.flags.writeable = False
    return result
