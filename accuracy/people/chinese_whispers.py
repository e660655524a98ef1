"""Chinese Whispers: Biemann, "Chinese Whispers - an efficient graph clustering algorithm" (2006)."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from accuracy.people.distances import Distances
from accuracy.people.face_set import Labels
from accuracy.people.rival import Setting

_MAX_PASSES: Final = 50


def chinese_whispers(distances: Distances, settings: Sequence[Setting]) -> Iterator[Labels]:
    """Cluster for each (distance,): faces nearer than that are joined by an edge of weight 1, as in dlib's example.

    Passes over all faces in random order, the same at each run, until nothing changes, at most _MAX_PASSES.
    """
    count = len(distances.square)
    faces, others = np.nonzero(distances.square <= max(threshold for (threshold,) in settings))
    lengths = distances.square[faces, others]
    for (threshold,) in settings:
        edges = (lengths <= threshold) & (faces != others)
        starts = np.searchsorted(faces[edges], np.arange(1, count))
        yield _whisper(np.split(others[edges], starts))


def _whisper(neighbours: Sequence[Labels]) -> Labels:
    """Return the class of each face: the one that most of its neighbours have; of several, the lowest."""
    generator = np.random.default_rng(0)
    classes = np.arange(len(neighbours))
    social = [face for face, others in enumerate(neighbours) if len(others)]
    for _ in range(_MAX_PASSES):
        before = classes.copy()
        for face in generator.permutation(social):
            classes[face] = np.bincount(classes[neighbours[face]]).argmax()
        if np.array_equal(before, classes):
            break
    return classes
