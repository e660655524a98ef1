"""Makes synthetic embeddings that are distributed like those of FaceNet."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.clustering.similarity import Indices, Vectors

DIMENSIONS: Final = 512
# Fitted to distances measured on LFW: one person's mean .31, 95 % under .53; two people's mean .97, 1 % under .65.
_DECAY: Final = 0.885
_PERSONS_SHARE: Final = 0.70
_NOISE_SPREAD: Final = 0.33
_COMMON: Final = 0.03
_FACES_A_PERSON: Final = 25
_ZIPF_SHIFT: Final = 20
_ROWS_AT_ONCE: Final = 8192


@dataclass(frozen=True, slots=True)
class Distances:
    """Cosine distances of pairs.

    Attributes:
        same_mean: of one person's faces.
        same_most: 95 % of these are less.
        other_mean: of two people's faces.
        other_least: 1 % of these are less.

    """

    same_mean: float
    same_most: float
    other_mean: float
    other_least: float


def make_faces(count: int, seed: int = 0) -> tuple[Vectors, Indices]:
    """Return unit float32 [count, 512] and int64 [count], who each is.

    The spectrum falls with a power, along axes that are none of the components' as in FaceNet's space; the sizes of
    people follow Zipf and Mandelbrot (the n-th person has a share in proportion to 1 / (n + 20)), and some faces are
    farther from their person's middle than others.
    """
    generator = np.random.default_rng(seed)
    spectrum = np.sqrt(np.arange(1, DIMENSIONS + 1) ** -_DECAY)
    spectrum = (spectrum / np.linalg.norm(spectrum)).astype(np.float32)
    people = max(1, count // _FACES_A_PERSON)
    shares = 1.0 / (np.arange(people) + _ZIPF_SHIFT + 1)
    who = generator.choice(people, count, p=shares / shares.sum())
    centres = generator.standard_normal((people, DIMENSIONS), np.float32) * spectrum
    common = generator.standard_normal(DIMENSIONS)
    common = (np.sqrt(_COMMON) * common / np.linalg.norm(common)).astype(np.float32)
    axes = np.linalg.qr(generator.standard_normal((DIMENSIONS, DIMENSIONS)))[0].astype(np.float32)
    faces = np.empty((count, DIMENSIONS), np.float32)
    for start in range(0, count, _ROWS_AT_ONCE):
        block = faces[start : start + _ROWS_AT_ONCE]
        noise = generator.standard_normal(block.shape, np.float32) * spectrum
        lengths = np.exp(generator.normal(0, _NOISE_SPREAD, len(block))) * np.sqrt(1 / _PERSONS_SHARE - 1)
        noise *= lengths[:, np.newaxis].astype(np.float32)
        np.matmul(centres[who[start : start + len(block)]] + noise, axes, out=block)
        block /= np.linalg.norm(block, axis=1, keepdims=True)
        block *= np.float32(np.sqrt(1 - _COMMON))
        block += common
        block /= np.linalg.norm(block, axis=1, keepdims=True)
    return faces, who.astype(np.int64)


def measure_distances(faces: Vectors, who: Indices) -> Distances:
    """Return the distances of all pairs of a few thousand faces."""
    above = np.triu_indices(len(faces), 1)
    distances = (1 - faces @ faces.T)[above]
    same = who[above[0]] == who[above[1]]
    return Distances(
        float(distances[same].mean()),
        float(np.quantile(distances[same], 0.95)),
        float(distances[~same].mean()),
        float(np.quantile(distances[~same], 0.01)),
    )
