"""The embeddings of a library's faces in memory: those that are clustered, and those that can hardly be seen."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.growing import grow
from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.clustering.neighbor_index import NeighborIndex
from services.catalog.clustering.similarity import Vectors
from services.catalog.clustering.slot_map import SlotMap

Keys = npt.NDArray[np.int64]
_NO_KEY: Final = -1
_ROWS_AT_ONCE: Final = 4096


@dataclass(frozen=True, slots=True)
class NearFaces:
    """Faces near a query, nearest first; of equally near ones the older first.

    Attributes:
        faces: int64 [k], ids.
        distances: float64 [k], cosine distances.

    """

    faces: Keys
    distances: npt.NDArray[np.float64]

    def first(self, count: int) -> "NearFaces":
        """Return the nearest `count`."""
        return NearFaces(self.faces[:count], self.distances[:count])


@dataclass(frozen=True, slots=True)
class FaceBounds:
    """Faces that may be near to a query, in any order; see `Bounded`.

    Attributes:
        faces: int64 [m], ids.
        nearest: float64 [m], each is no nearer than this.
        farthest: float64 [m], and no farther than this.
        reach: every other face is no nearer than this.

    """

    faces: Keys
    nearest: npt.NDArray[np.float64]
    farthest: npt.NDArray[np.float64]
    reach: float


class BlurredFaces:
    """Faces that belong to no cluster, since they can hardly be seen."""

    def __init__(self, dimensions: int, eps: float) -> None:
        self.index = NeighborIndex(dimensions, eps)
        self._slots = SlotMap()
        self._keys: Keys = np.empty(0, np.int64)

    def add(self, keys: Keys, vectors: Vectors) -> None:
        """Add faces."""
        if not len(keys):
            return
        slots = self.index.add(vectors)
        self._keys = np.pad(self._keys, (0, self.index.capacity - len(self._keys)), constant_values=_NO_KEY)
        self._keys[slots] = keys
        self._slots.add(keys, slots)

    def remove(self, keys: Keys) -> None:
        """Remove faces."""
        if not len(keys):
            return
        slots = self._slots.slots(keys)
        self._slots.remove(keys)
        self.index.remove(slots)
        self._keys[slots] = _NO_KEY

    def keys(self, slots: Keys) -> Keys:
        """Return the faces in `slots`."""
        return self._keys[slots]

    def vectors(self, keys: Keys) -> Vectors:
        """Return the embeddings of faces, float32 [k, d]."""
        return self.index.vectors(self.slots(keys))

    def slots(self, keys: Keys) -> Keys:
        """Return the slots of faces."""
        return self._slots.slots(keys)


class FaceVectors:
    """Looks up and searches the embeddings of all faces.

    Args:
        clusters: the faces that are clear enough.
        blurred: the others.

    """

    def __init__(self, clusters: IncrementalDbscan, blurred: BlurredFaces) -> None:
        self._clusters = clusters
        self._blurred = blurred

    def vectors_of(self, faces: Keys, is_clear: npt.NDArray[np.bool_]) -> Vectors:
        """Return the embeddings of faces, float32 [k, d], given which of them are clear."""
        vectors = np.empty((len(faces), self._clusters.index.dimensions), np.float32)
        vectors[is_clear] = self.clear_vectors(faces[is_clear])
        vectors[~is_clear] = self.blurred_vectors(faces[~is_clear])
        return vectors

    def clear_vectors(self, faces: Keys) -> Vectors:
        """Return the embeddings of clear faces, float32 [k, d]."""
        return self._clusters.index.vectors(self._clusters.slots(faces))

    def blurred_vectors(self, faces: Keys) -> Vectors:
        """Return the embeddings of blurred faces, float32 [k, d]."""
        return self._blurred.vectors(faces)

    def clear_around(self, queries: Vectors, distance: float) -> list[Keys]:
        """Return the clear faces at most `distance` away from each of `queries`, unit float32 [m, d], and others."""
        return self._clusters.near(queries, [distance] * len(queries))

    def blurred_around(self, query: Vectors, distance: float) -> Keys:
        """Return the blurred faces at most `distance` away from a unit vector, float32 [d]."""
        (found,) = self._blurred.index.neighbors(query[np.newaxis], distance)
        return self._blurred.keys(found)

    def around(self, queries: Vectors, distance: float) -> Keys:
        """Return all faces at most `distance` away from any of `queries`, unit float32 [m, d], ascending."""
        found = [self._clusters.keys(slots) for slots in self._clusters.index.neighbors(queries, distance)]
        found += [self._blurred.keys(slots) for slots in self._blurred.index.neighbors(queries, distance)]
        return np.unique(np.concatenate(found))

    def nearest(self, queries: Vectors, k: int, distance: float) -> list[NearFaces]:
        """Return, for each of `queries`, unit float32 [m, d], the `k` nearest of all faces that `distance` allows."""
        found = zip(self._clusters.index.nearest(queries, k), self._blurred.index.nearest(queries, k), strict=True)
        return [
            _nearest_first(
                np.concatenate([self._clusters.keys(clear.slots), self._blurred.keys(blurred.slots)]),
                np.concatenate([clear.distances, blurred.distances]),
                distance,
            ).first(k)
            for clear, blurred in found
        ]

    def bounds_of(self, faces: Keys, is_clear: npt.NDArray[np.bool_], query: Vectors) -> FaceBounds:
        """Return bounds on the distances of faces to `query`, unit float32 [d], given which of them are clear."""
        bounds = FaceBounds(faces, np.empty(len(faces)), np.empty(len(faces)), np.inf)
        clusters, blurred = self._clusters, self._blurred
        for index, of, slots in ((clusters.index, is_clear, clusters.slots), (blurred.index, ~is_clear, blurred.slots)):
            found = index.bounds_of(query, slots(faces[of]))
            bounds.nearest[of], bounds.farthest[of] = found.nearest, found.farthest
        return bounds

    def bounded(self, queries: Vectors, k: int) -> list[FaceBounds]:
        """Return, for each of `queries`, unit float32 [m, d], faces among which are the `k` nearest of all."""
        found = zip(self._clusters.index.bounded(queries, k), self._blurred.index.bounded(queries, k), strict=True)
        return [
            FaceBounds(
                np.concatenate([self._clusters.keys(clear.slots), self._blurred.keys(blurred.slots)]),
                np.concatenate([clear.nearest, blurred.nearest]),
                np.concatenate([clear.farthest, blurred.farthest]),
                min(clear.reach, blurred.reach),
            )
            for clear, blurred in found
        ]


def split(embeddings: Vectors, is_clear: npt.NDArray[np.bool_]) -> tuple[Vectors, Vectors]:
    """Return the rows of clear faces and those of the others, float32 [n, d].

    The clear ones are moved up in the array itself, so that those of a large library are never in memory twice.
    """
    others = embeddings[~is_clear]
    if len(others) == 0:
        return embeddings, others
    clear = np.require(embeddings, np.float32, ["C", "O", "W"])
    rows = np.flatnonzero(is_clear)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        block = rows[start : start + _ROWS_AT_ONCE]
        clear[start : start + len(block)] = clear[block]
    grow(clear, len(rows))
    return clear, others


def _nearest_first(faces: Keys, distances: npt.NDArray[np.float64], most: float) -> NearFaces:
    near = np.flatnonzero(distances <= most)
    order = near[np.lexsort((faces[near], distances[near]))]
    return NearFaces(faces[order], distances[order])
