"""Which faces are nearest to a few embeddings: exactly."""

from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.people.grouping import Grouping
from services.common.cancellation import current_cancellation

Vectors = npt.NDArray[np.float32]
Found = list[tuple[int, float]]

MAX_DISTANCE: Final = 2.0
MAX_EXEMPLARS: Final = 8


def exemplars(vectors: Vectors) -> Vectors:
    """Return up to eight of `vectors`, float32 [n, 512]: the first, then each time the farthest from those chosen."""
    chosen = [0]
    nearest = 1 - vectors @ vectors[0]
    while len(chosen) < min(MAX_EXEMPLARS, len(vectors)):
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, 1 - vectors @ vectors[chosen[-1]])
        # Equal vectors are no reason to choose one twice.
        nearest[chosen] = -np.inf
    return vectors[chosen]


def nearest_faces(grouping: Grouping, vectors: Vectors, k: int, max_distance: float = MAX_DISTANCE) -> Found:
    """Return at least the `k` faces nearest to any of `vectors`, or all if there are fewer, and their distances.

    Nearest first; of equally near ones the older first.

    Args:
        grouping: the faces.
        vectors: unit float32 [m, 512].
        k: how many faces are wanted.
        max_distance: only faces within this cosine distance, 0 to 2.

    Raises:
        DeadlineExceededError: DEADLINE_EXCEEDED, the call was cancelled.

    """
    distances: dict[int, float] = {}
    reach = np.inf
    # Rounding takes distances a little below 0 and above 2, so the largest distance must exclude nothing.
    bound = max_distance if max_distance < MAX_DISTANCE else np.inf
    cancellation = current_cancellation()
    for vector in vectors:
        # Each takes up to a second in a large library.
        cancellation.check()
        (near,) = grouping.nearest(vector[np.newaxis], k, bound)
        exact = near.distances.clip(0, MAX_DISTANCE)
        # The list of this vector may have been cut. What it lacks is no nearer to the vector than its last face is.
        if len(near.faces) >= k:
            reach = min(reach, float(exact[-1]))
        for face, distance in zip(near.faces.tolist(), exact.tolist(), strict=True):
            distances[face] = min(distance, distances.get(face, np.inf))
    # Beyond the reach a face that was cut from one list might come before a face of another. Up to it nothing is
    # missing, and the list that the reach is from has `k` such faces.
    found = [(face, distance) for face, distance in distances.items() if distance <= reach]
    found.sort(key=lambda match: (match[1], match[0]))
    return found
