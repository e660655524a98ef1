"""One linear scan: the dot products of a query's short code with all the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.kernels import Codes, dots_with

_BLOCK: Final = 64
# The products of a block stay in the second-level cache; with smaller blocks, parallel threads hold each other up.
_SCANNED_AT_ONCE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Scan:
    """The dot products of a query's short code with those of n vectors.

    Attributes:
        dots: int32 [n].
        highest: int32 [m], the maximum of each of m blocks of them.

    """

    dots: npt.NDArray[np.int32]
    highest: npt.NDArray[np.int32]

    @classmethod
    def run(cls, query: Codes, codes: Codes) -> "Scan":
        """Scan `codes`, int8 [n, k], for `query`, int8 [1, k]."""
        dots, dots_with_query = np.empty(len(codes), np.int32), dots_with(query)
        highest = []
        for start in range(0, len(codes), _SCANNED_AT_ONCE):
            block = dots[start : start + _SCANNED_AT_ONCE]
            block[:] = dots_with_query(codes[start : start + _SCANNED_AT_ONCE])[:, 0]
            highest.append(np.maximum.reduceat(block, np.arange(0, len(block), _BLOCK)))
        return cls(dots, np.concatenate(highest))

    @classmethod
    def join(cls, parts: Sequence["Scan"]) -> "Scan":
        """Return the scan of consecutive ranges of codes from the scan of each."""
        if len(parts) == 1:
            return parts[0]
        return cls(np.concatenate([part.dots for part in parts]), np.concatenate([part.highest for part in parts]))

    def reached_by(self, k: int) -> int:
        """Return a value that at least `k` of the n >= k products reach, and few others."""
        # k blocks whose maximum reaches a value hold k products that do; there are far fewer maxima to partition.
        among = self.highest if len(self.highest) > k else self.dots
        return int(np.partition(among, len(among) - k)[len(among) - k])
