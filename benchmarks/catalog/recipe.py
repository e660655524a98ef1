"""A made-up library: how many photos there are, who is on them, and what else."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.catalog.thumbnails import make_thumbnails
from benchmarks.clustering.embeddings import DIMENSIONS, FaceSpace, draw_centres
from models.entries import Task
from models.manifest import load_manifest
from services.catalog.clustering.similarity import Indices, Vectors

OBJECTS_A_PHOTO: Final = 3
STRANGER: Final = 0
# Of a frequent label, of one in the middle, and of a rare one: photos are listed by these.
RANKS: Final = (0, 9, 39)

# Of all identities a tenth are people; how many of these have n faces falls with the square of n.
_STRANGERS_A_PERSON: Final = 9
_LEAST_FACES: Final = 2
_MOST_FACES: Final = 500
_DECAY: Final = 2.0
_NEWCOMERS: Final = 16_384
_PHOTOS_AT_ONCE: Final = 8192
# Raised when the same recipe begins to make other rows.
_VERSION: Final = 2

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """Some photos of the library, of one face each.

    Attributes:
        first: number of the first photo; photos and faces are counted from 1.
        people: number of each face's person, STRANGER for those with one face only.
        embeddings: float32 [n, 512].
        quality: of each face, 0 to 1.
        scores: of each face.
        labels: of the objects, indices into `label_names`, int64 [n, 3].
        object_scores: float32 [n, 3].
        boxes: of the face and of the objects: left, top, width, height, float32 [n, 4, 4].
        thumbnails: JPEG of each face.

    """

    first: int
    people: Indices
    embeddings: Vectors
    quality: Floats
    scores: Floats
    labels: Indices
    object_scores: Floats
    boxes: Floats
    thumbnails: list[bytes]


def label_names() -> tuple[str, ...]:
    """Return what the detector tells apart, the most frequent first."""
    return load_manifest().default(Task.OBJECT_DETECTION).class_names


@dataclass(frozen=True)
class Recipe:
    """Makes the same library again and again.

    Attributes:
        photos: how many, each with one face and three objects.
        seed: of everything that is drawn.

    """

    photos: int
    seed: int = 0

    @property
    def digest(self) -> str:
        """What tells this recipe's libraries from others', 12 hexadecimal digits."""
        parts = (_VERSION, self.photos, self.seed, _STRANGERS_A_PERSON, _LEAST_FACES, _MOST_FACES, _DECAY, _NEWCOMERS)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]

    @cached_property
    def sizes(self) -> Indices:
        """Faces of each person, the largest first; all other faces are strangers'."""
        people = max(1, self.photos // (2 * _STRANGERS_A_PERSON))
        # A few steps suffice: more people are smaller people on average, if only a little.
        for _ in range(8):
            people = max(1, round(self.photos / (_STRANGERS_A_PERSON + _sizes(people).mean())))
        return _sizes(people)

    def blocks(self) -> Iterator[Block]:
        """Yield all photos; people are scattered over them."""
        generator = np.random.default_rng(self.seed)
        space, centres, people = self._world(generator)
        chances = label_chances()
        for start in range(0, self.photos, _PHOTOS_AT_ONCE):
            block = people[start : start + _PHOTOS_AT_ONCE]
            yield _block(generator, start + 1, block, _embeddings(generator, space, centres, block), chances)

    def newcomers(self, count: int = _NEWCOMERS) -> Vectors:
        """Return faces for photos that come later, float32 [count, 512]: half are of the people, half strangers."""
        generator = np.random.default_rng(self.seed)
        space, centres, people = self._world(generator)
        generator = np.random.default_rng((self.seed, 1))
        return _embeddings(generator, space, centres, generator.choice(people, count))

    def _world(self, generator: np.random.Generator) -> tuple[FaceSpace, Vectors, Indices]:
        """Return where faces lie, the middle of each person's, and the person of each photo."""
        space = FaceSpace(generator)
        centres = draw_centres(generator, len(self.sizes))
        people = np.zeros(self.photos, np.int64)
        owned = np.repeat(np.arange(1, len(self.sizes) + 1), self.sizes)[: self.photos]
        people[: len(owned)] = owned
        return space, centres, generator.permutation(people)


def label_chances() -> npt.NDArray[np.float64]:
    """Return how likely each label is for an object: in proportion to 1 / rank."""
    shares = 1.0 / np.arange(1, len(label_names()) + 1)
    return np.asarray(shares / shares.sum())


def sha256_of(photos: int, number: int) -> str:
    """Return the SHA-256 by which a photo of a library is known."""
    return hashlib.sha256(f"{photos}/{number}".encode()).hexdigest()


def _sizes(people: int) -> Indices:
    """Return the sizes of people, descending: evenly spread quantiles, so that every library has the whole law."""
    faces = np.arange(_LEAST_FACES, _MOST_FACES + 1)
    shares = faces**-_DECAY
    reached = np.cumsum(shares) / shares.sum()
    quantiles = (np.arange(people)[::-1] + 0.5) / people
    return np.asarray(faces[np.searchsorted(reached, quantiles)], np.int64)


def _embeddings(generator: np.random.Generator, space: FaceSpace, centres: Vectors, people: Indices) -> Vectors:
    middles = np.empty((len(people), DIMENSIONS), np.float32)
    strange = people == STRANGER
    middles[~strange] = centres[people[~strange] - 1]
    middles[strange] = draw_centres(generator, int(strange.sum()))
    faces = np.empty_like(middles)
    space.faces(middles, faces)
    return faces


def _block(
    generator: np.random.Generator,
    first: int,
    people: Indices,
    embeddings: Vectors,
    chances: npt.NDArray[np.float64],
) -> Block:
    count = len(people)
    boxes = np.empty((count, 1 + OBJECTS_A_PHOTO, 4), np.float32)
    boxes[:, :, :2] = generator.uniform(0, 1500, (count, 1 + OBJECTS_A_PHOTO, 2))
    boxes[:, :, 2:] = generator.uniform(80, 900, (count, 1 + OBJECTS_A_PHOTO, 2))
    return Block(
        first=first,
        people=people,
        embeddings=embeddings,
        quality=generator.uniform(0.5, 1, count).astype(np.float32),
        scores=generator.uniform(0.6, 1, count).astype(np.float32),
        labels=generator.choice(len(chances), (count, OBJECTS_A_PHOTO), p=chances),
        object_scores=generator.uniform(0.3, 1, (count, OBJECTS_A_PHOTO)).astype(np.float32),
        boxes=boxes,
        thumbnails=make_thumbnails(generator, count),
    )
