"""Whole vectors as int8: a quarter of the bytes, and enough to decide most pairs that short codes leave in doubt.

With a = s_a q_a + e_a, where q_a is a rounded to multiples of s_a = max |a| / 127,

    |a.b - s_a s_b (q_a . q_b)| <= |a| |e_b| + |e_a| |b| + |e_a| |e_b|

by Cauchy-Schwarz; a pair that lies within that of the threshold is decided by the vectors themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.kernels import LARGEST_CODE, Codes, row_dots, selected_dots
from services.catalog.clustering.similarity import LONGEST, Indices, Mask, NeighborRule, Vectors

# More than float32 rounding can add to an error, a scale and a product of these.
_ROUNDING: Final = 1e-5
# The rows of so many pairs stay in the second-level cache.
_PAIRS_AT_ONCE: Final = 2048
_ROWS_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class WholeCodes:
    """Vectors and their codes.

    Attributes:
        vectors: unit float32 [n, d]; without a row where `take` reads them.
        codes: int8 [n, d], q.
        scales: float32 [n], s.
        errors: float32 [n], |e|, rounded up.
        take: returns the vectors in some rows; None where they are in `vectors`.

    """

    vectors: Vectors
    codes: Codes
    scales: npt.NDArray[np.float32]
    errors: npt.NDArray[np.float32]
    take: Callable[[Indices], Vectors] | None = None

    @classmethod
    def from_vectors(cls, vectors: Vectors) -> Self:
        """Encode `vectors`."""
        whole = cls(
            vectors,
            np.empty(vectors.shape, np.int8),
            np.empty(len(vectors), np.float32),
            np.empty(len(vectors), np.float32),
        )
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            whole.part(slice(start, start + _ROWS_AT_ONCE)).encode()
        return whole

    def encode(self) -> None:
        """Fill in codes, scales and errors of the vectors."""
        largest = np.abs(self.vectors).max(axis=1, initial=np.float32(np.finfo(np.float32).tiny))
        self.scales[:] = largest / np.float32(LARGEST_CODE)
        rounded = np.rint(self.vectors / self.scales[:, np.newaxis])
        self.codes[:] = rounded
        rounded *= self.scales[:, np.newaxis]
        rounded -= self.vectors
        self.errors[:] = np.sqrt(np.square(rounded, out=rounded).sum(axis=1)) + np.float32(_ROUNDING)

    def write(self, rows: Indices, vectors: Vectors) -> None:
        """Encode `vectors`, float32 [m, d], which are in `rows`, int64 [m]."""
        encoded = WholeCodes.from_vectors(vectors)
        self.codes[rows], self.scales[rows], self.errors[rows] = encoded.codes, encoded.scales, encoded.errors

    def vectors_in(self, rows: Indices) -> Vectors:
        """Return a copy of the vectors in some rows, float32 [m, d]."""
        # take() copies rows twice as fast as indexing does.
        return self.vectors.take(rows, axis=0) if self.take is None else self.take(rows)

    def part(self, rows: slice) -> "WholeCodes":
        """Return a view of some rows."""
        return WholeCodes(self.vectors[rows], self.codes[rows], self.scales[rows], self.errors[rows])

    def similarities(self, rows: Indices, other: "WholeCodes", other_rows: Indices) -> tuple[Vectors, Vectors]:
        """Return the similarities of pairs as the codes tell them, and bounds on their errors: float32 [k] twice."""
        one, two = self.errors.take(rows), other.errors.take(other_rows)
        # take() copies rows twice as fast as indexing does.
        dots = row_dots(self.codes.take(rows, axis=0), other.codes.take(other_rows, axis=0)).astype(np.float32)
        return dots * self.scales.take(rows) * other.scales.take(other_rows), _doubt(one, two)

    def similarities_to(self, other: "WholeCodes", other_rows: Indices) -> tuple[Vectors, Vectors]:
        """Return the same for the only vector here and some of `other`."""
        dots = selected_dots(self.codes, other.codes, other_rows)
        similar = dots.astype(np.float32) * self.scales[0] * other.scales.take(other_rows)
        return similar, _doubt(self.errors[0], other.errors.take(other_rows))


def _doubt(one: Vectors | np.float32, two: Vectors) -> Vectors:
    return np.float32(LONGEST) * (one + two) + one * two + np.float32(_ROUNDING)


def judge(rule: NeighborRule, left: WholeCodes, left_rows: Indices, right: WholeCodes, right_rows: Indices) -> Mask:
    """Decide by `rule`, bool [k], whether rows left_rows[i] of `left` and right_rows[i] of `right` are neighbours."""
    accepted = np.empty(len(left_rows), np.bool_)
    for start in range(0, len(accepted), _PAIRS_AT_ONCE):
        pairs = slice(start, start + _PAIRS_AT_ONCE)
        one, two = left_rows[pairs], right_rows[pairs]
        similar, doubt = _similarities(left, one, right, two)
        # Three outcomes: certainly neighbours, certainly not, and the few that need the vectors.
        sure = similar - doubt >= rule.certain
        doubtful = np.flatnonzero((similar + doubt >= rule.possible) & ~sure)
        sure[doubtful] = rule.decide(
            left.vectors, one[doubtful], right.vectors_in(two[doubtful]), np.arange(len(doubtful))
        )
        accepted[pairs] = sure
    return accepted


def may_be(possible: Vectors, left: WholeCodes, left_rows: Indices, right: WholeCodes, right_rows: Indices) -> Mask:
    """Return bool [k], whether rows left_rows[i] and right_rows[i] may be as similar as possible[left_rows[i]]."""
    found = np.empty(len(left_rows), np.bool_)
    for start in range(0, len(found), _PAIRS_AT_ONCE):
        pairs = slice(start, start + _PAIRS_AT_ONCE)
        similar, doubt = _similarities(left, left_rows[pairs], right, right_rows[pairs])
        found[pairs] = similar + doubt >= possible[left_rows[pairs]]
    return found


def _similarities(
    left: WholeCodes, left_rows: Indices, right: WholeCodes, right_rows: Indices
) -> tuple[Vectors, Vectors]:
    if len(left.codes) == 1:
        return left.similarities_to(right, right_rows)
    return left.similarities(left_rows, right, right_rows)
