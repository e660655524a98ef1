"""How likely it is that two faces, each alone, are one person's."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.clustering.similarity import Vectors
from services.catalog.people.evidence import Evidence, Floats, Groups
from services.catalog.people.hubness import hubness

# The evidence as it is, also where there is far too little of it to look for candidates.
_WHATEVER: Final = replace(Evidence(), least_similarity=-2.0)
# The logistic curve that fits how often two faces with so much evidence were one person's, of pairs of which half were:
# `python -m accuracy.people.likeness` fits it, and says how well it holds on pairs of other people.
MIDDLE: Final = -3.1
WIDTH: Final = 3.5


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two faces that were compared.

    Attributes:
        first: position of the first.
        second: position of the second.
        distance: cosine distance, 0 to 2.
        probability: that they are one person's, 0 to 1, if as many pairs are one person's as two people's.
        evidence: that they are, in nats.

    """

    first: int
    second: int
    distance: float
    probability: float
    evidence: float

    def is_enough(self, parameters: ClusteringParameters) -> bool:
        """Return whether the two, both of them clear, would be put together if there were no other faces."""
        is_cluster = self.distance <= parameters.eps and parameters.min_samples <= 2  # noqa: PLR2004 - the two
        return is_cluster or self.evidence >= Evidence().enough


def evidence_of_pairs(first: Vectors, second: Vectors) -> Floats:
    """Return the evidence, float64 [n, m], that faces, unit float32 [n, d], are the same people as others, [m, d]."""
    one, other = first.astype(np.float64), second.astype(np.float64)
    return _WHATEVER.between(one @ other.T, _groups(one, first).column(), _groups(other, second))


def probability(evidence: Floats) -> Floats:
    """Return how likely pairs of two faces with so much evidence are one person's, 0 to 1."""
    return np.asarray(1 / (1 + np.exp((MIDDLE - evidence) / WIDTH)))


def likeliest_pair(first: Vectors, second: Vectors) -> Likeness:
    """Return the pair with most evidence, one face of each, unit float32 [n, d] and [m, d]; of equal ones the first."""
    evidence = evidence_of_pairs(first, second)
    row, column = np.unravel_index(evidence.argmax(), evidence.shape)
    distance = 1 - float(first[row].astype(np.float64) @ second[column].astype(np.float64))
    most = evidence[row, column]
    return Likeness(int(row), int(column), min(max(distance, 0.0), 2.0), float(probability(most)), float(most))


def _groups(vectors: Floats, embeddings: Vectors) -> Groups:
    crowds: npt.NDArray[np.float64] = hubness(embeddings).astype(np.float64)
    return Groups(np.ones(len(vectors)), np.einsum("ij,ij->i", vectors, vectors), crowds)
