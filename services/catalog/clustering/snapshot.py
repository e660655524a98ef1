"""The state of an incremental DBSCAN as bytes, so that opening a library need not look at every pair of faces again.

Nothing in a snapshot is trusted unchecked: it carries a digest of itself and one of each face's embedding.
`IncrementalDbscan.restore` compares these with the faces at hand before it adds those that are new, and after
`IncrementalDbscan.resume` each embedding is compared whenever it is read from its file.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.digests import Digests
from services.catalog.clustering.projection import Projection
from services.catalog.clustering.similarity import Indices, Mask, Vectors

MAGIC: Final = b"ALBDBSC4"
_DIGEST_BYTES: Final = 32


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
        error: float64, the largest |e| of the short codes.
        slots: int64 [n], where each face is in the files beside the snapshot, if there are any.
        end: int64, every slot is smaller.
        checksums: uint32 [2], of the short and of the whole codes.
        scales: float32 [end], of the whole codes of all slots.
        errors: float32 [end], of the whole codes of all slots.
        hubness: float32 [n], of the embeddings; whoever keeps the snapshot knows it, and need not compute it anew.

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
    error: npt.NDArray[np.float64]
    slots: Indices
    end: Indices
    checksums: npt.NDArray[np.uint32]
    scales: Vectors
    errors: Vectors
    hubness: Vectors

    @property
    def widths(self) -> tuple[int, int]:
        """Components of a vector, and bytes of its short code."""
        projection = Projection(self.basis, float(self.scale))
        return len(self.basis), projection.width

    def to_bytes(self) -> bytes:
        """Return the snapshot as bytes."""
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **{field.name: getattr(self, field.name) for field in fields(self)})
        payload = buffer.getvalue()
        return MAGIC + _digest(payload) + payload

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the snapshot that `to_bytes` wrote.

        Raises:
            SnapshotMismatchError: the bytes are damaged, or of another version.

        """
        start = len(MAGIC) + _DIGEST_BYTES
        if data[: len(MAGIC)] != MAGIC:
            raise SnapshotMismatchError("not a snapshot of this version")
        if data[len(MAGIC) : start] != _digest(data[start:]):
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


def positions(known: Indices, keys: Indices) -> Indices:
    """Return where each of `known`, int64 [n], is among `keys`, int64 [m], both ascending.

    Raises:
        SnapshotMismatchError: one is not there: who counted it as a neighbour can't be told from a snapshot.

    """
    found = np.searchsorted(keys, known)
    if len(known) and (found[-1] >= len(keys) or not np.array_equal(keys[found], known)):
        raise SnapshotMismatchError("a face is gone since the snapshot")
    return found


def _digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=_DIGEST_BYTES).digest()
