"""Agglomeration of a few units by evidence, with pairs that must stay apart.

In each round every unit looks for the other that it has most evidence with; where two choose each other and there is
enough, they become one. This is what greedy agglomeration does (the strongest pair of all is always such a pair), but
independent parts of the data do not wait for each other, and no order of the units matters.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.catalog.people.evidence import Evidence, Floats, Groups

Labels = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Units:
    """Groups of faces that are not taken apart.

    Attributes:
        totals: float64 [u, d], sums of their faces' embeddings.
        counts: float64 [u], numbers of those faces.
        hubness: float64 [u], sums of their hubness.
        apart: bool [u, u], symmetric: pairs that must not become one.

    """

    totals: Floats
    counts: Floats
    hubness: Floats
    apart: Mask


def agglomerate(units: Units, evidence: Evidence) -> Labels:
    """Return int64 [u]: for each unit the lowest one that it is one person with."""
    labels = np.arange(len(units.counts))
    dots, counts, hubness = units.totals @ units.totals.T, units.counts, units.hubness
    apart = units.apart | np.eye(len(counts), dtype=np.bool_)
    while len(counts) > 1:
        groups = Groups(counts, np.diagonal(dots), hubness)
        found = evidence.between(dots, groups.column(), groups)
        found[apart] = -np.inf
        choice = found.argmax(axis=1)
        position = np.arange(len(counts))
        chosen = (choice[choice] == position) & (found[position, choice] >= evidence.enough)
        if not chosen.any():
            break
        # The lower unit of each pair takes the other one in.
        heads, into = np.unique(np.where(chosen, np.minimum(position, choice), position), return_inverse=True)
        labels = into[labels]
        fold = np.zeros((len(heads), len(counts)))
        fold[into, position] = 1.0
        dots, counts, hubness = fold @ dots @ fold.T, fold @ counts, fold @ hubness
        apart = (fold @ apart @ fold.T) > 0
        np.fill_diagonal(apart, val=True)
    first = np.full(len(counts), len(labels))
    np.minimum.at(first, labels, np.arange(len(labels)))
    return np.asarray(first[labels])
