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


def _spectrum() -> Vectors:
    spectrum = np.sqrt(np.arange(1, DIMENSIONS + 1) ** -_DECAY)
    return np.asarray(spectrum / np.linalg.norm(spectrum), np.float32)


_SPECTRUM: Final = _spectrum()


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


class FaceSpace:
    """Where faces lie: the spectrum falls with a power, along axes that are none of the components' as in FaceNet's.

    Args:
        generator: of everything that is drawn.

    """

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        common = generator.standard_normal(DIMENSIONS)
        self._common = (np.sqrt(_COMMON) * common / np.linalg.norm(common)).astype(np.float32)
        self._axes = np.linalg.qr(generator.standard_normal((DIMENSIONS, DIMENSIONS)))[0].astype(np.float32)

    def faces(self, centres: Vectors, out: Vectors) -> None:
        """Fill `out`, float32 [n, 512], with a unit face near each of `centres`; some are farther than others."""
        generator = self._generator
        noise = generator.standard_normal(out.shape, np.float32) * _SPECTRUM
        lengths = np.exp(generator.normal(0, _NOISE_SPREAD, len(out))) * np.sqrt(1 / _PERSONS_SHARE - 1)
        noise *= lengths[:, np.newaxis].astype(np.float32)
        np.matmul(centres + noise, self._axes, out=out)
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        out *= np.float32(np.sqrt(1 - _COMMON))
        out += self._common
        out /= np.linalg.norm(out, axis=1, keepdims=True)


def draw_centres(generator: np.random.Generator, people: int) -> Vectors:
    """Return the middles of so many people's faces, float32 [people, 512], for `FaceSpace.faces`."""
    return generator.standard_normal((people, DIMENSIONS), np.float32) * _SPECTRUM


def make_faces(count: int, seed: int = 0) -> tuple[Vectors, Indices]:
    """Return unit float32 [count, 512] and int64 [count], who each is.

    The sizes of people follow Zipf and Mandelbrot: the n-th person has a share in proportion to 1 / (n + 20).
    """
    generator = np.random.default_rng(seed)
    people = max(1, count // _FACES_A_PERSON)
    shares = 1.0 / (np.arange(people) + _ZIPF_SHIFT + 1)
    who = generator.choice(people, count, p=shares / shares.sum())
    centres = draw_centres(generator, people)
    space = FaceSpace(generator)
    faces = np.empty((count, DIMENSIONS), np.float32)
    for start in range(0, count, _ROWS_AT_ONCE):
        space.faces(centres[who[start : start + _ROWS_AT_ONCE]], faces[start : start + _ROWS_AT_ONCE])
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
