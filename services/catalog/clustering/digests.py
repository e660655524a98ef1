"""Digests of vectors, by which damaged and foreign ones are told from those that were kept."""

from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.similarity import Vectors

_FACES_AT_ONCE: Final = 512
Digests = npt.NDArray[np.uint64]


def face_digests(vectors: Vectors) -> Digests:
    """Return uint64 [n], a digest of the bits of each of `vectors`, float32 [n, d].

    The sum of the components' bits times random numbers, modulo 2**64: a multilinear hash (Carter and Wegman, Universal
    classes of hash functions, 1979), under which two vectors are equal by chance once in 2**32, and never if they
    differ in one component.
    """
    data = np.ascontiguousarray(vectors, "<f4").view("<u4")
    factors = np.random.PCG64(0).random_raw(vectors.shape[1]) | np.uint64(1)
    digests = np.empty(len(data), np.uint64)
    for start in range(0, len(data), _FACES_AT_ONCE):
        block = slice(start, start + _FACES_AT_ONCE)
        digests[block] = data[block].astype(np.uint64) @ factors
    return digests
