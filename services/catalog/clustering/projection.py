"""Short int8 codes of vectors, from which follows how similar two vectors can be at most.

A vector v is split by an orthonormal basis B into its head p = B'v and a remainder of length r. With p = s q + e, where
q is p rounded to multiples of s, any two vectors have

    a.b <= s**2 (q_a . q_b) + |p_a| |e_b| + |e_a| |p_b| + |e_a| |e_b| + r_a r_b

(Cauchy-Schwarz, twice). The products r_a r_b come out of the same integer dot product: eight more columns of a
code hold r / sqrt(8), rounded up. The basis holds the principal components of a sample, rotated at random, which leaves
the span as it is and makes the components alike in size, so that s can be small. Where the components fall off too
slowly for a short head, the head is the whole vector and there is no remainder.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.kernels import LARGEST_CODE, Codes, PackedCodes
from services.catalog.clustering.similarity import LONGEST, UNIT_ROUNDOFF, Vectors

_REMAINDER_COLUMNS: Final = 8
_SHORTEST_HEAD: Final = 4
# Widths of codes that are tried, as parts of the whole.
_PARTS: Final = (1 / 8, 5 / 32, 3 / 16, 1 / 4, 3 / 8, 1 / 2, 5 / 8)
# A vector that goes beyond the largest code has a large error, and the largest error counts for all: a million have
# components this much larger than a sample has.
_HEADROOM: Final = 1.25
# Bytes of codes that take as long to scan as a pair takes to be looked at closely. A scan for one query reads its codes
# from memory; in a product of many codes with many, which stay in the cache, a byte takes a sixth of the time.
SEARCH_RECHECK: Final = 4000.0
PRODUCT_RECHECK: Final = 25_000.0
# What these take stays in the second-level cache.
_ROWS_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class Encoded:
    """Codes of vectors.

    Attributes:
        codes: int8 [n, k].
        error: largest |e| of them.

    """

    codes: Codes
    error: float


@dataclass(frozen=True, slots=True)
class Projection:
    """How vectors of one dimension are encoded.

    Attributes:
        basis: float32 [d, h], orthonormal columns, h <= d.
        scale: s of the module's formula.

    """

    basis: Vectors
    scale: float

    @classmethod
    def fit(cls, sample: Vectors, similarity: float, recheck: float = SEARCH_RECHECK) -> "Projection":
        """Return the one for which finding pairs of at least `similarity` in the like of `sample` [n, d] costs least.

        `recheck` is what a closer look at a pair costs, in bytes of codes. Principal components come from one half of
        the sample, the cost from the other.
        """
        dimensions = sample.shape[1]
        learned, tried = sample[::2].astype(np.float64), sample[1::2]
        components = np.linalg.eigh(learned.T @ learned)[1][:, ::-1]
        heads = [int(dimensions * part) - _REMAINDER_COLUMNS for part in _PARTS]
        heads = [*(head for head in heads if head >= _SHORTEST_HEAD), dimensions]
        options = [cls._of(components[:, :head], sample) for head in heads]
        return min(options, key=lambda option: option.cost(tried, similarity, recheck))

    @property
    def width(self) -> int:
        """Bytes of a code."""
        dimensions, head = self.basis.shape
        return int(head if head == dimensions else head + _REMAINDER_COLUMNS)

    def encode(self, vectors: Vectors) -> Encoded:
        """Return the codes of `vectors`, unit float32 [n, d]."""
        codes = np.empty((len(vectors), self.width), np.int8)
        error = 0.0
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            block = slice(start, start + _ROWS_AT_ONCE)
            error = max(error, self._encode_block(vectors[block], codes[block]))
        return Encoded(codes, error)

    def least_dot(self, similarity: float, left_error: float, right_error: float) -> int:
        """Return the dot product of two codes below which the vectors' similarity is surely less than `similarity`."""
        doubt = LONGEST * (left_error + right_error) + left_error * right_error + 2 * self._rounding
        least = math.ceil((similarity - doubt) / (self.scale * self.scale))
        return min(max(least, -(1 << 31)), (1 << 31) - 1)

    def cost(self, tried: Vectors, similarity: float, recheck: float) -> float:
        """Return what it costs to scan one of `tried` for pairs of at least `similarity`, in bytes of codes."""
        encoded = self.encode(tried)
        queries = slice(None, None, 4)
        dots = PackedCodes(encoded.codes[queries]).dots(encoded.codes)
        possible = np.count_nonzero(dots >= self.least_dot(similarity, encoded.error, encoded.error))
        found = np.count_nonzero(tried @ tried[queries].T >= similarity)
        return self.width + recheck * (possible - found) / max(1, dots.size)

    @property
    def _rounding(self) -> float:
        """Bound on what float32 does to a head: a dot product of d terms for each of its components."""
        dimensions, head = self.basis.shape
        return float(2 * LONGEST * (dimensions + 1) * UNIT_ROUNDOFF * np.sqrt(head))

    @classmethod
    def _of(cls, components: npt.NDArray[np.float64], sample: Vectors) -> "Projection":
        head = components.shape[1]
        rotation = np.linalg.qr(np.random.default_rng(head).standard_normal((head, head)))[0]
        basis = np.ascontiguousarray(components @ rotation, np.float32)
        largest = _HEADROOM * float(np.abs(sample @ basis).max(initial=0.0))
        # A remainder as long as the vector itself has to fit into its columns.
        return cls(basis, max(largest, LONGEST / np.sqrt(_REMAINDER_COLUMNS)) / (LARGEST_CODE - 1))

    def _encode_block(self, vectors: Vectors, codes: Codes) -> float:
        dimensions, head = self.basis.shape
        heads = vectors @ self.basis
        rounded = np.clip(np.rint(heads / np.float32(self.scale)), -LARGEST_CODE, LARGEST_CODE)
        codes[:, :head] = rounded
        if head < dimensions:
            square = np.square(vectors).sum(axis=1) - np.square(heads).sum(axis=1)
            remainder = np.sqrt(np.maximum(square, 0) + 4 * self._rounding)
            column = np.ceil(remainder / (np.sqrt(_REMAINDER_COLUMNS) * self.scale))
            codes[:, head:] = np.minimum(column, LARGEST_CODE)[:, np.newaxis]
        errors = np.square(heads - rounded * np.float32(self.scale)).sum(axis=1)
        return float(np.sqrt(errors.max(initial=0.0))) * LONGEST
