"""Dot products that numpy has no fast kernel for; SIMD of the machine at hand, chosen by NumKong."""

import numkong
import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int8]
_Vectors = npt.NDArray[np.float32]


class PackedCodes:
    """Up to a few hundred codes, int8 [m, k], laid out to be multiplied with many others."""

    def __init__(self, codes: Codes) -> None:
        self._packed = numkong.dots_pack(np.ascontiguousarray(codes), dtype="int8")

    def dots(self, rows: Codes) -> npt.NDArray[np.int32]:
        """Return int32 [n, m], exact: the dot product of each of `rows`, int8 [n, k] and contiguous, with each code."""
        return np.asarray(numkong.dots_packed(rows, self._packed))


def row_dots(left: _Vectors | Codes, right: _Vectors | Codes) -> npt.NDArray[np.float64]:
    """Return float64 [n], the dot product of each row of `left`, float32 or int8 [n, d], with the same one of `right`.

    Summed without rounding (int8), or in float64 and an order that depends on the machine.
    """
    if len(left) == 0:
        return np.empty(0)
    return np.asarray(numkong.dot(left, right), np.float64).reshape(len(left))
