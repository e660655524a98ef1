"""Dot products that numpy has no fast kernel for; NumKong picks the SIMD instructions of the machine."""

from collections.abc import Callable
from typing import Any, Final

import numkong
import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int8]
_Vectors = npt.NDArray[np.float32]
_Indices = npt.NDArray[np.int64]
LARGEST_CODE: Final = 127
# Number of consecutive rows that can be read in the time that one random access takes.
_MAX_SPREAD: Final = 3
# Rows of at least this many bytes are worth reading one at a time.
_MIN_WIDE: Final = 256


class PackedCodes:
    """Up to a few hundred codes, int8 [m, k], laid out to be multiplied with many others."""

    def __init__(self, codes: Codes) -> None:
        self._packed = numkong.dots_pack(np.ascontiguousarray(codes), dtype="int8")

    def dots(self, rows: Codes) -> npt.NDArray[np.int32]:
        """Return int32 [n, m], exact: the dot product of each of `rows`, int8 [n, k] and contiguous, with each code."""
        return np.asarray(numkong.dots_packed(rows, self._packed))


def dots_with(codes: Codes) -> Callable[[Codes], npt.NDArray[Any]]:
    """Return a function that maps contiguous rows, int8 [n, k], to their dot products [n, m] with `codes` [m, k]."""
    # A single code of 192 bytes is multiplied with 200,000 rows in 1.7 ms packed, a row at a time in 2.5; one of 256 in
    # 5.0 and 2.6. Several codes are always quicker together.
    if len(codes) == 1 and codes.shape[1] >= _MIN_WIDE:
        return lambda rows: row_dots(codes, rows)[:, np.newaxis]
    return PackedCodes(codes).dots


def row_dots(left: _Vectors | Codes, right: _Vectors | Codes) -> npt.NDArray[np.float64]:
    """Return float64 [n], the dot product of each row of `left`, float32 or int8 [n, d], with the same one of `right`.

    If `left` has one row only, [1, d], it is multiplied with every row of `right`. int8 is summed without rounding,
    float32 in float64, in an order that depends on the machine.
    """
    if len(right) == 0:
        return np.empty(0)
    return np.asarray(numkong.dot(left, right), np.float64).reshape(len(right))


def selected_dots(left: Codes, right: Codes, rows: _Indices) -> npt.NDArray[np.float64]:
    """Return float64 [m], the dot products of `left`, int8 [1, k], and `rows`, int64 [m], of `right`, int8 [n, k]."""
    first, end = int(rows.min(initial=len(right))), int(rows.max(initial=-1)) + 1
    # Rows that lie close together are multiplied with the gaps between them: cheaper than copying them out.
    if end - first < _MAX_SPREAD * len(rows):
        return row_dots(left, right[first:end]).take(rows - first)
    # take() copies rows twice as fast as indexing does.
    return row_dots(left, right.take(rows, axis=0))
