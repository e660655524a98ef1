"""Short int8 codes of vectors, which bound from above how similar two vectors can be.

A vector v is split by an orthonormal basis B into its head p = B'v and a remainder of length r. With p = s q + e, where
q is p rounded to multiples of s, any two vectors have

    a.b <= s**2 (q_a . q_b) + |p_a| |e_b| + |e_a| |p_b| + |e_a| |e_b| + r_a r_b

(Cauchy-Schwarz, twice). The products r_a r_b are part of the same integer dot product: eight more columns of a code
hold r / sqrt(8), rounded up. The basis holds the principal components of a sample, rotated at random; the rotation
keeps their span and evens out their sizes, so that s can be small. Where the components fall off too slowly for a
short head, the head is the whole vector and there is no remainder.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.kernels import LARGEST_CODE, Codes, PackedCodes
from services.catalog.clustering.similarity import LONGEST, UNIT_ROUNDOFF, Vectors

_REMAINDER_COLUMNS: Final = 8
_MIN_HEAD: Final = 4
# Widths of codes that are tried, as fractions of a vector's components.
_WIDTHS: Final = (1 / 8, 5 / 32, 3 / 16, 1 / 4, 3 / 8, 1 / 2, 5 / 8)
# A component beyond the largest code is clipped, and the largest error loosens the bound of all vectors. The largest
# component of a million vectors exceeds that of a sample by about this factor.
_HEADROOM: Final = 1.25
# Cost of comparing a pair in full, in bytes of codes that are scanned in the same time. The scan for one query reads
# its codes from memory; in a product of many codes with many, which stay in the cache, a byte takes a sixth of that.
SEARCH_RECHECK: Final = 4000.0
PRODUCT_RECHECK: Final = 25_000.0
# So many rows stay in the second-level cache.
_ROWS_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class Encoded:
    """Codes of vectors.

    Attributes:
        codes: int8 [n, k].
        error: the largest |e|.

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
        """Return the projection that finds pairs of at least `similarity` at the lowest cost.

        Args:
            sample: unit float32 [n, d], of the vectors to be encoded. One half gives the principal components, the
                other the cost.
            similarity: of the pairs that will be searched for.
            recheck: cost of comparing a pair in full, in bytes of codes.

        """
        dimensions = sample.shape[1]
        learned, tried = sample[::2].astype(np.float64), sample[1::2]
        components = np.linalg.eigh(learned.T @ learned)[1][:, ::-1]
        heads = [int(dimensions * part) - _REMAINDER_COLUMNS for part in _WIDTHS]
        heads = [*(head for head in heads if head >= _MIN_HEAD), dimensions]
        options = [cls._from_components(components[:, :head], sample) for head in heads]
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
        """Return the least dot product of the codes of two vectors that are at least `similarity` alike.

        Args:
            similarity: of the vectors.
            left_error: bound on |e| of the one vector.
            right_error: bound on |e| of the other.

        """
        doubt = LONGEST * (left_error + right_error) + left_error * right_error + 2 * self._rounding
        least = math.ceil((similarity - doubt) / (self.scale * self.scale))
        return min(max(least, -(1 << 31)), (1 << 31) - 1)

    def cost(self, tried: Vectors, similarity: float, recheck: float) -> float:
        """Return the cost of scanning one of `tried` for pairs of at least `similarity`, in bytes of codes."""
        encoded = self.encode(tried)
        queries = slice(None, None, 4)
        dots = PackedCodes(encoded.codes[queries]).dots(encoded.codes)
        possible = np.count_nonzero(dots >= self.least_dot(similarity, encoded.error, encoded.error))
        found = np.count_nonzero(tried @ tried[queries].T >= similarity)
        return self.width + recheck * (possible - found) / max(1, dots.size)

    @property
    def _rounding(self) -> float:
        """Bound on the float32 rounding error of a head, each of whose components is a dot product of d terms."""
        dimensions, head = self.basis.shape
        return float(2 * LONGEST * (dimensions + 1) * UNIT_ROUNDOFF * np.sqrt(head))

    @classmethod
    def _from_components(cls, components: npt.NDArray[np.float64], sample: Vectors) -> "Projection":
        head = components.shape[1]
        rotation = np.linalg.qr(np.random.default_rng(head).standard_normal((head, head)))[0]
        basis = np.ascontiguousarray(components @ rotation, np.float32)
        largest = _HEADROOM * float(np.abs(sample @ basis).max(initial=0.0))
        # The remainder may be as long as the vector itself, and has to fit into its columns.
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
