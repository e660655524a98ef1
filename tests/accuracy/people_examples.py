"""Small sets of faces for tests about people."""

import numpy as np
from numpy.typing import NDArray

from accuracy.people.face_set import FaceSet


def face_set(embeddings: NDArray[np.float64], people: list[int], qualities: list[float] | None = None) -> FaceSet:
    count = len(people)
    return FaceSet(
        embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True),
        np.array(people, np.int64),
        np.full(count, 0.9),
        np.full(count, 0.9) if qualities is None else np.array(qualities),
        np.tile([10.0, 20.0, 80.0, 100.0], (count, 1)),
    )


def crowd(people: int, photos: int, *, strangers: int = 0, spread: float = 0.5, seed: int = 0) -> FaceSet:
    """People with as many photos each, in order, then strangers; the smaller the spread, the easier."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((people + strangers, 512))
    whose = np.concatenate([np.repeat(np.arange(people), photos), np.arange(people, people + strangers)])
    noise = generator.standard_normal((len(whose), 512))
    labels = np.where(whose < people, whose, -1)
    return face_set(centres[whose] + spread * noise, labels.tolist())
