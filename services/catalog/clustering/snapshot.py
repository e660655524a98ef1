"""The state of an incremental DBSCAN as bytes, so that opening a library need not look at every pair of faces again.

Nothing in a snapshot is trusted unchecked: it carries a digest of itself and one of each face's embedding, and
`IncrementalDbscan.restore` compares them with the faces at hand before it adds those that are new.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.similarity import Indices, Mask, Vectors

_MAGIC: Final = b"ALBDBSC3"
_DIGEST_BYTES: Final = 32
_FACES_AT_ONCE: Final = 512
Digests = npt.NDArray[np.uint64]


class SnapshotMismatchError(ValueError):
    """A snapshot is damaged, or was not made of these faces with these parameters; load the faces instead."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The result of a full run over n faces, in the order of their keys.

    Attributes:
        eps: float64, of DBSCAN.
        min_samples: int64, of DBSCAN.
        keys: int64 [n], ascending.
        digests: uint64 [n], of the embeddings.
        counts: int64 [n], neighbours of each face, itself included.
        cores: bool [n].
        clusters: int64 [n], 0 .. k - 1, or -1 for noise.
        nearby: int64 [n, min_samples - 2], positions of the neighbours of non-core faces, -1 where none.
        basis: float32 [d, h], of the short codes; h is 0 where there are none.
        scale: float64, of the short codes.

    """

    eps: npt.NDArray[np.float64]
    min_samples: Indices
    keys: Indices
    digests: Digests
    counts: Indices
    cores: Mask
    clusters: Indices
    nearby: Indices
    basis: Vectors
    scale: npt.NDArray[np.float64]

    def to_bytes(self) -> bytes:
        """Return the snapshot as bytes."""
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **{field.name: getattr(self, field.name) for field in fields(self)})
        payload = buffer.getvalue()
        return _MAGIC + _digest(payload) + payload

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the snapshot that `to_bytes` wrote.

        Raises:
            SnapshotMismatchError: the bytes are damaged, or of another version.

        """
        start = len(_MAGIC) + _DIGEST_BYTES
        if data[: len(_MAGIC)] != _MAGIC:
            raise SnapshotMismatchError("not a snapshot of this version")
        if data[len(_MAGIC) : start] != _digest(data[start:]):
            raise SnapshotMismatchError("the snapshot is damaged")
        try:
            with np.load(io.BytesIO(data[start:]), allow_pickle=False) as arrays:
                return cls(**{field.name: arrays[field.name] for field in fields(cls)})
        except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise SnapshotMismatchError(f"the snapshot cannot be read: {error}") from error

    def check(self, eps: float, min_samples: int, dimensions: int) -> None:
        """Check that the snapshot was made with these parameters.

        Raises:
            SnapshotMismatchError: it was made with others.

        """
        made_with = float(self.eps), int(self.min_samples), len(self.basis)
        if made_with != (eps, min_samples, dimensions):
            raise SnapshotMismatchError(f"the snapshot is of eps, min_samples and dimensions {made_with}")


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


def _digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=_DIGEST_BYTES).digest()
