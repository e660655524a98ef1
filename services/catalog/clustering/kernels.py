"""Dot products that numpy has no fast kernel for; SIMD of the machine at hand, chosen by NumKong."""

from collections.abc import Callable
from typing import Any, Final

import numkong
import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int8]
_Vectors = npt.NDArray[np.float32]
_Indices = npt.NDArray[np.int64]
LARGEST_CODE: Final = 127
# Rows that are read one after the other in the time in which one is fetched from somewhere.
_DENSE: Final = 3
# Bytes from which it pays to read rows one at a time.
_WIDE: Final = 192


class PackedCodes:
    """Up to a few hundred codes, int8 [m, k], laid out to be multiplied with many others."""

    def __init__(self, codes: Codes) -> None:
        self._packed = numkong.dots_pack(np.ascontiguousarray(codes), dtype="int8")

    def dots(self, rows: Codes) -> npt.NDArray[np.int32]:
        """Return int32 [n, m], exact: the dot product of each of `rows`, int8 [n, k] and contiguous, with each code."""
        return np.asarray(numkong.dots_packed(rows, self._packed))


def dots_with(codes: Codes) -> Callable[[Codes], npt.NDArray[Any]]:
    """Return what gives, for rows int8 [n, k], contiguous, their dot products [n, m] with each of `codes` [m, k]."""
    # The other product takes one code and reads a row at a time, each as fast as memory gives it.
    if len(codes) == 1 and codes.shape[1] >= _WIDE:
        return lambda rows: row_dots(codes, rows)[:, np.newaxis]
    return PackedCodes(codes).dots


def row_dots(left: _Vectors | Codes, right: _Vectors | Codes) -> npt.NDArray[np.float64]:
    """Return float64 [n], the dot product of each row of `left`, float32 or int8 [n, d], with the same one of `right`.

    Or of the only row of `left`, [1, d], with each one of `right`. Summed without rounding (int8), or in float64 and an
    order that depends on the machine.
    """
    if len(right) == 0:
        return np.empty(0)
    return np.asarray(numkong.dot(left, right), np.float64).reshape(len(right))


def selected_dots(left: Codes, right: Codes, rows: _Indices) -> npt.NDArray[np.float64]:
    """Return float64 [m], the dot products of `left`, int8 [1, k], and `rows`, int64 [m], of `right`, int8 [n, k]."""
    first, end = int(rows.min(initial=len(right))), int(rows.max(initial=-1)) + 1
    if end - first < _DENSE * len(rows):
        return row_dots(left, right[first:end]).take(rows - first)
    # Copies rows twice as fast as indexing does.
    return row_dots(left, right.take(rows, axis=0))
