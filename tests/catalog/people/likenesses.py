"""Embeddings of made-up people whose resemblance is known exactly.

A face of a person is a share of the person's own axis, the rest of its length an axis that no other face has. Two faces
of one person then have the product of their shares as similarity, two faces of different people 0.
"""

import itertools
import math

import numpy as np

from tests.catalog.clustering.synthetic import Embeddings

_DIMENSIONS = 512
_PEOPLE = 12


class Likenesses:
    """Gives the next face; the number of faces is bounded by the number of axes."""

    def __init__(self) -> None:
        self._axes = itertools.cycle(range(_PEOPLE, _DIMENSIONS))

    def face(self, *shares: tuple[int, float]) -> Embeddings:
        """Return a face that has `share` of each `person`, 0 to 11; the squares of the shares add up to at most 1."""
        vector = np.zeros(_DIMENSIONS)
        for person, share in shares:
            vector[person] = share
        vector[next(self._axes)] = math.sqrt(max(0.0, 1 - float(vector @ vector)))
        return vector.astype(np.float32)

    def of(self, person: int, likeness: float = 0.85) -> Embeddings:
        """Return a face of a person; two of them are `likeness` squared alike."""
        return self.face((person, likeness))
