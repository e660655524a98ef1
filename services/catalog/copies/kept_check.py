"""Whether the folder beside a library's file, which spares a start work, agrees with the rows."""

import contextlib
from pathlib import Path
from typing import Final, Self

import numpy as np

from services.catalog.clustering.digests import face_digests
from services.catalog.clustering.kept_vectors import KeptVectors, read_kept_snapshot
from services.catalog.clustering.similarity import Indices, Vectors
from services.catalog.clustering.snapshot import Snapshot, SnapshotMismatchError
from services.catalog.copies.finding import Finding, Severity
from services.catalog.storage.integrity import MAX_EXAMPLES

KIND: Final = "FACES_FOLDER"


class KeptCheck:
    """Compares what was kept with rows as they are read.

    A folder that is not there, or gets another token meanwhile, is no fault: it is made anew from the rows.

    Args:
        path: of the library's file.
        token: of the folder that the library speaks of; may be empty.

    """

    def __init__(self, path: Path, token: str) -> None:
        self._path = path
        self._token = token
        self._faults: list[str] = []
        self._count = 0
        self._seen = 0
        self.snapshot: Snapshot | None = None
        self._kept: KeptVectors | None = None
        if not token:
            return
        try:
            self.snapshot = Snapshot.from_bytes(read_kept_snapshot(path, token))
            self._kept = KeptVectors(path, token, *self.snapshot.widths)
            if not self._kept.is_whole(int(self.snapshot.end), self.snapshot.checksums.tolist()):
                self._note("codes")
        except SnapshotMismatchError:
            self._note("state of the clusters")
        except OSError:
            # Not there: whoever has the library open has another one by now, or makes one.
            self._close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the files."""
        self._close()

    def look_at(self, ids: Indices, embeddings: Vectors) -> None:
        """Compare faces, int64 [n] ascending with float32 [n, d], with what was kept of them, if it was."""
        if self.snapshot is None or self._kept is None:
            return
        places = np.searchsorted(self.snapshot.keys, ids)
        places[places == len(self.snapshot.keys)] = 0
        known = self.snapshot.keys[places] == ids if len(self.snapshot.keys) else np.zeros(len(ids), np.bool_)
        self._seen += int(known.sum())
        digests = face_digests(embeddings[known])
        wrong = digests != self.snapshot.digests[places[known]]
        vectors = self._kept.vectors.read(self.snapshot.slots[places[known]])
        wrong |= (vectors != embeddings[known]).any(axis=1)
        for face in ids[known][wrong].tolist():
            self._note(f"faces/{face}")

    def finding(self) -> Finding | None:
        """Return what was found, once all faces were looked at."""
        if self.snapshot is not None and self._seen != len(self.snapshot.keys):
            self._note("faces that are no more")
        if not self._count or not self._is_there():
            return None
        return Finding(
            KIND, Severity.WARNING, self._count, tuple(self._faults),
            "What is kept beside the library's file does not agree with it.",
            "Restart the service, which makes it anew from the file; look at the disk.",
        )  # fmt: skip

    def _note(self, where: str) -> None:
        self._count += 1
        if len(self._faults) < MAX_EXAMPLES:
            self._faults.append(where)

    def _is_there(self) -> bool:
        """Return whether the folder is still the one that the library spoke of."""
        try:
            read_kept_snapshot(self._path, self._token)
        except OSError:
            return False
        return True

    def _close(self) -> None:
        self.snapshot = None
        if self._kept is not None:
            with contextlib.suppress(OSError):
                self._kept.close()
            self._kept = None
