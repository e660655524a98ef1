"""Computes the cosine distances of all pairs of faces."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import squareform

from accuracy.people.face_set import Embeddings


class Distances:
    """The distances within a gallery, each form computed once.

    Args:
        embeddings: float64 [n, dimension], of unit length.

    """

    def __init__(self, embeddings: Embeddings) -> None:
        self.embeddings = embeddings

    @cached_property
    def square(self) -> NDArray[np.float64]:
        """All of them, float64 [n, n], 0 to 2, symmetric, zero on the diagonal."""
        distances = np.clip(1.0 - self.embeddings @ self.embeddings.T, 0.0, 2.0)
        distances = (distances + distances.T) / 2
        np.fill_diagonal(distances, 0.0)
        return distances

    @cached_property
    def condensed(self) -> NDArray[np.float64]:
        """Each pair once, float64 [n (n - 1) / 2], in SciPy's order."""
        return np.asarray(squareform(self.square, checks=False), np.float64)
