"""How strongly two groups of faces speak for being one person.

A person is modelled as a point m drawn around the origin of the (mean-free) space of embeddings with variance b in each
direction, and a face of theirs as m plus noise of variance w: the two-covariance model of speaker and face recognition
(Prince and Elder, Probabilistic linear discriminant analysis, 2007; Bruemmer and de Villiers, The speaker partitioning
problem, 2010), with both covariances spherical. Photos of one occasion resemble each other, so the noise of a mean of n
faces does not fall as w / n: it is w ((1 - c) / n + c) with the correlation c between faces of a group. The evidence
for two groups is the logarithm of the likelihood ratio of their means under one person and under two.

A group that has many faces is unlikely to be a chance find among many rivals, and there are few such groups: its
prior odds grow with the logarithm of its size, as in the Chinese restaurant process (Aldous, 1985).

Where many people look alike to the model, resemblance says less: similarities are lowered by the `hubness` of both.

Against average linkage, what this adds is that one face near a group says less than a group near a group, and that a
group's scatter counts: a mean that is short, for the faces disagree, attracts less.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# A lonely place says a little more of those who meet there, but not without end: far from all faces nothing is known.
LEAST_HUBNESS: Final = -0.05
# The length of an embedding differs from 1 by no more.
_TOLERANCE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Groups:
    """What the evidence looks at, beside scalar products; arrays of one shape, that broadcast against others.

    Attributes:
        counts: float64, faces of each group.
        squares: float64, squared length of the sum of their embeddings.
        hubness: float64, sum of their hubness.

    """

    counts: Floats
    squares: Floats
    hubness: Floats

    def column(self) -> "Groups":
        """Return one-dimensional groups as a column, to be weighed against a row."""
        return Groups(self.counts[:, None], self.squares[:, None], self.hubness[:, None])


@dataclass(frozen=True, slots=True)
class Evidence:
    """The model's constants; docs/accuracy-people.md has how they were found and what they achieve.

    Attributes:
        resemblance: share of the variance of an embedding that is the person's: b = resemblance / dimensions,
            w = (1 - resemblance) / dimensions.
        correlation: c, of the noise between faces of one group.
        dimensions: of the sphere that embeddings fill evenly; far fewer than their components.
        crowding: weight of hubness.
        growth: weight of the logarithm of the size of the larger group.
        enough: evidence from which two groups are one person, in nats.
        least_similarity: mean cosine similarity of the faces of two groups below which no evidence is enough; what
            bounds the search for candidates.

    """

    resemblance: float = 0.6
    correlation: float = 0.15
    dimensions: float = 100.0
    crowding: float = 0.3
    growth: float = 2.0
    enough: float = 17.5
    least_similarity: float = 0.40

    def between(self, dots: Floats, groups: Groups, others: Groups) -> Floats:
        """Return the evidence, in nats, that two groups are one person; arrays broadcast against each other.

        Args:
            dots: scalar products of the sums of the groups' embeddings.
            groups: the first of each pair.
            others: the second.

        """
        count, other_count = groups.counts, others.counts
        person = self.resemblance / self.dimensions
        noise = (1 - self.resemblance) / self.dimensions
        one = person + noise * ((1 - self.correlation) / count + self.correlation)
        other = person + noise * ((1 - self.correlation) / other_count + self.correlation)
        determinant = one * other - person * person
        first, second = groups.squares / count**2, others.squares / other_count**2
        similarity = dots / (count * other_count)
        cross = similarity - self.crowding * (groups.hubness / count + others.hubness / other_count)
        joint = (other * first - 2 * person * cross + one * second) / determinant
        likelihood = -0.5 * (joint - first / one - second / other)
        volume = 0.5 * self.dimensions * np.log(determinant / (one * other))
        prior = self.growth * np.log(np.maximum(count, other_count))
        # numpy.typing knows no scalar-or-array; all inputs are arrays here.
        result: Floats = np.where(similarity >= self.least_similarity, likelihood - volume + prior, -np.inf)
        return result

    def may_be_enough(self, similarities: Floats, groups: Groups, others: Groups) -> npt.NDArray[np.bool_]:
        """Return which pairs may have enough evidence, as no similarity is higher than told; see `between`.

        Args:
            similarities: upper bounds on the cosine similarities of the groups' directions.
            groups: the first of each pair.
            others: the second.

        """
        # Evidence grows with similarity.
        dots = similarities * np.sqrt(groups.squares * others.squares)
        return np.asarray(self.between(dots, groups, others) >= self.enough)

    def reach(self, count: int, square: float) -> float:
        """Return how far from a group's direction, in cosine distance, that of any group worth joining must lie.

        The mean similarity of two groups is at least `least_similarity`: it is the product of the lengths of their
        means and the similarity of their directions, and neither mean is longer than 1.
        """
        return 1 - (1 - _TOLERANCE) * self.least_similarity * count / math.sqrt(square)

    def reach_of_one(self, count: int, square: float, hubness: float) -> float:
        """Return how far from a group's direction, in cosine distance, a single face worth joining must lie.

        `between` solved for the similarity, for a face of the least length and hubness that there are.

        Args:
            count: faces of the group.
            square: squared length of the sum of their embeddings.
            hubness: sum of their hubness.

        """
        person = self.resemblance / self.dimensions
        noise = (1 - self.resemblance) / self.dimensions
        one = person + noise * ((1 - self.correlation) / count + self.correlation)
        other = person + noise
        determinant = one * other - person * person
        first, second = square / count**2, (1 - _TOLERANCE) ** 2
        volume = 0.5 * self.dimensions * math.log(determinant / (one * other))
        missing = self.enough + volume - self.growth * math.log(count) - 0.5 * (first / one + second / other)
        cross = (other * first + one * second + 2 * missing * determinant) / (2 * person)
        similarity = cross + self.crowding * (hubness / count + LEAST_HUBNESS) - _TOLERANCE
        return 1 - max(self.least_similarity, similarity) * count / math.sqrt(square)
