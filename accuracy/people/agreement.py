"""Computes how well clusters agree with people: pairwise and BCubed precision, recall and F."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from accuracy.people.face_set import Labels


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairwise and BCubed figures, each 0 to 1.

    Pairwise: of the pairs of faces that share a cluster, and of those that share a person. BCubed: the mean over all
    faces of how much of its cluster is its person, and of how much of its person is in its cluster; see Bagga and
    Baldwin (1998), and Amigó et al., "A comparison of extrinsic clustering evaluation metrics" (2009).

    Attributes:
        precision: share of the pairs put together that are of one person; 1 if there is none.
        recall: share of the pairs of one person that are put together; 1 if there is none.
        f: harmonic mean of these two.
        bcubed_precision: mean share of a face's cluster that is its person.
        bcubed_recall: mean share of a face's person that is in its cluster.
        bcubed_f: harmonic mean of these two.

    """

    precision: float
    recall: float
    f: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f: float


def agreement(found: Labels, true: Labels) -> Agreement:
    """Compare clusters with people.

    Args:
        found: int64 [n], the cluster of each face; a negative one is nobody's, a cluster of its own.
        true: int64 [n], the person of each face, likewise.

    """
    clusters, people = _compact(found), _compact(true)
    width = int(people.max(initial=0)) + 1
    cells, shared = np.unique(clusters * width + people, return_counts=True)
    together, own = np.bincount(clusters), np.bincount(people)
    right = _pairs(shared)
    precision, recall = _share(right, _pairs(together)), _share(right, _pairs(own))
    squares = shared.astype(np.float64) ** 2 / max(len(clusters), 1)
    bcubed_precision = float((squares / together[cells // width]).sum())
    bcubed_recall = float((squares / own[cells % width]).sum())
    return Agreement(
        precision, recall, _harmonic(precision, recall),
        bcubed_precision, bcubed_recall, _harmonic(bcubed_precision, bcubed_recall),
    )  # fmt: skip


def mean(agreements: Sequence[Agreement]) -> Agreement:
    """Return the mean of each figure; that of an F is the mean of the Fs."""
    return Agreement(*np.mean([astuple(one) for one in agreements], axis=0).tolist())


def _compact(labels: Labels) -> Labels:
    """Return labels from 0 on, a new one for each negative one."""
    own = labels < 0
    unique = np.where(own, labels.max(initial=0) + np.cumsum(own), labels)
    return np.asarray(np.unique(unique, return_inverse=True)[1], np.int64)


def _pairs(sizes: Labels) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other) if one + other else 0.0
