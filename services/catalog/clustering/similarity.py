"""The rule that decides whether two embeddings are neighbours.

Two unit vectors are neighbours if and only if ``1 - sum(a * b) <= eps``, with the products and their sum taken in
float64, pair by pair. A float32 matrix product only filters: the error of a float32 dot product of n terms, summed
in any order, is at most ``n u / (1 - n u)`` times the lengths, u = 2**-24 (Higham, Accuracy and Stability of Numerical
Algorithms, 3.1). What lies within that of the threshold is decided by the float64 rule, so that neither the shape of
a tile nor the BLAS at hand can change a label.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.kernels import row_dots

Vectors = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

UNIT_ROUNDOFF: Final = 2.0**-24
# Greatest length of a unit vector: embeddings are accepted if they are 1 to within a tolerance smaller than this.
LONGEST: Final = 1.01
# Covers the lengths of two such vectors in a rounding error.
_SLACK: Final = 1.01
# The rows of so many pairs stay in the cache.
_PAIRS_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class NeighborRule:
    """Bounds on a float32 similarity for vectors of one dimension.

    Attributes:
        eps: largest cosine distance of two neighbours.
        possible: below this float32 similarity two vectors are certainly no neighbours.
        certain: from this float32 similarity on they certainly are.
        band: bound on the error of a float32 similarity.

    """

    eps: float
    possible: np.float32
    certain: np.float32
    band: float

    @classmethod
    def for_distance(cls, eps: float, dimensions: int) -> "NeighborRule":
        """Return the rule for `eps` and vectors of `dimensions` components."""
        band = (dimensions + 1) * UNIT_ROUNDOFF * _SLACK
        return cls(
            eps,
            np.nextafter(np.float32(1 - eps - band), np.float32(-np.inf)),
            np.nextafter(np.float32(1 - eps + band), np.float32(np.inf)),
            band,
        )

    def decide(self, left: Vectors, left_rows: Indices, right: Vectors, right_rows: Indices) -> Mask:
        """Decide pairs as `confirm` does, bool [k], most of them by their float32 similarity alone."""
        similar = np.empty(len(left_rows))
        for start in range(0, len(similar), _PAIRS_AT_ONCE):
            pairs = slice(start, start + _PAIRS_AT_ONCE)
            one, two = left.take(left_rows[pairs], axis=0), right.take(right_rows[pairs], axis=0)
            similar[pairs] = row_dots(one, two)
        accepted = np.asarray(similar >= self.certain)
        doubtful = np.flatnonzero((similar >= self.possible) & ~accepted)
        accepted[doubtful] = self.confirm(left, left_rows[doubtful], right, right_rows[doubtful])
        return accepted

    def confirm(self, left: Vectors, left_rows: Indices, right: Vectors, right_rows: Indices) -> Mask:
        """Decide pairs by the float64 rule: bool [k] for rows left_rows[i] of `left` and right_rows[i] of `right`."""
        accepted = np.empty(len(left_rows), np.bool_)
        for start in range(0, len(accepted), _PAIRS_AT_ONCE):
            pairs = slice(start, start + _PAIRS_AT_ONCE)
            accepted[pairs] = cosine_distance(left[left_rows[pairs]], right[right_rows[pairs]]) <= self.eps
        return accepted


def cosine_distance(left: Vectors, right: Vectors) -> npt.NDArray[np.float64]:
    """Return float64 [k], the distance of each row of `left` to the same row of `right`, unit float32 [k, d]."""
    # sum() adds each row in an order that depends on its length only, which a BLAS does not promise.
    products = left.astype(np.float64) * right
    return np.asarray(1.0 - products.sum(axis=1))
