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
    dots, counts, hubness = units.totals @ units.totals.T, units.counts.copy(), units.hubness.copy()
    position = labels = np.arange(len(counts))
    apart = units.apart | np.eye(len(counts), dtype=np.bool_)
    found = _weigh(position, dots, counts, hubness, evidence)
    found[apart] = -np.inf
    while len(counts):
        choice = found.argmax(axis=1)
        chosen = (choice[choice] == position) & (found[position, choice] >= evidence.enough) & (position < choice)
        if not chosen.any():
            break
        # The lower unit of each pair takes the other one in, which is nobody's choice from then on.
        heads, gone = position[chosen], choice[chosen]
        for sums in (dots, counts, hubness, dots.T):
            sums[heads] += sums[gone]
        for barred in (apart, apart.T):
            barred[heads] |= barred[gone]
            barred[gone] = True
        into = position.copy()
        into[gone] = heads
        labels = into[labels]
        # Only what the heads are part of is weighed anew.
        weights = _weigh(heads, dots, counts, hubness, evidence)
        weights[apart[heads]] = -np.inf
        found[heads], found[:, heads] = weights, weights.T
        found[gone], found[:, gone] = -np.inf, -np.inf
    return labels


def _weigh(rows: Labels, dots: Floats, counts: Floats, hubness: Floats, evidence: Evidence) -> Floats:
    """Return float64 [r, u], the evidence for some units and all."""
    groups = Groups(counts, np.diagonal(dots), hubness)
    some = Groups(counts[rows], groups.squares[rows], hubness[rows])
    return evidence.between(dots[rows], some.column(), groups)
