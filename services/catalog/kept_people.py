"""What spares the next start work: a snapshot of the clusters, and the embeddings, in files beside the library."""

import contextlib
from collections.abc import Iterator

import numpy as np
import structlog

from services.catalog.clustering.kept_vectors import KeptVectors, read_kept_snapshot, remove_kept
from services.catalog.clustering.similarity import Vectors
from services.catalog.clustering.snapshot import Snapshot, SnapshotMismatchError
from services.catalog.clustering.vector_store import DamagedVectorsError
from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import Keys
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.faces import read_all_faces, read_embeddings, read_face_columns, read_other_embeddings
from services.catalog.storage.library_row import read_parameters
from services.catalog.storage.snapshots import read_token, write_token
from services.catalog.storage.statements_of_people import read_said
from services.catalog.storage.unavailable import folder_unusable, library_unavailable

_log = structlog.get_logger()


class KeptPeople:
    """Reads the people of one library into memory, and keeps what makes that quick; see `PeopleWriter` for who may.

    The files hold embeddings, so none may outlast its face there: one that is removed is overwritten at once, and files
    that the library doesn't speak of are removed by whoever opens it next.

    Args:
        database: the library's file.
        threads: of one search or one clustering.

    Attributes:
        complete: whether what was kept spared the last reading of people all that it can.

    """

    def __init__(self, database: Database, threads: int) -> None:
        self._database = database
        self._threads = threads
        self.complete = False
        self._told = False

    def tidy(self) -> None:
        """Remove files that the library doesn't speak of: a process died before it could, or they are of a backup.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, they can't be removed.

        """
        with self._database.read() as cursor:
            token = read_token(cursor)
        self._remove(but=token)

    def load(self) -> Grouping:
        """Read the people from the rows, by the help of what was kept if it can be used.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, what was kept can be neither used nor removed.

        """
        self._told = False
        with self._database.read() as cursor:
            token = read_token(cursor)
            snapshot = self._snapshot(token)
            grouping = self._resume(cursor, token, snapshot) if snapshot is not None else None
            self.complete = grouping is not None
            if grouping is None:
                self._remove()
                # Embeddings that were read are in memory, and nobody needs their blocks again.
                faces = read_all_faces(cursor, self._database.release_memory)
                grouping = Grouping(
                    read_parameters(cursor), faces, read_said(cursor), snapshot,
                    threads=self._threads, lost=self._read_lost,
                )  # fmt: skip
        return grouping

    def save(self, grouping: Grouping) -> None:
        """Keep the state of the clusters, and the embeddings.

        Raises:
            OSError: they can't be written; nothing is kept then, and the library is none the worse.
            DamagedVectorsError: an embedding is lost; likewise.

        """
        kept = grouping.keep(self._database.path)
        # Files that were left for these are nobody's: what is erased from now on would stay in them.
        remove_kept(self._database.path, but=kept.token)
        self._told = False
        snapshot = grouping.snapshot()
        kept.keep(int(snapshot.end), snapshot.to_bytes())
        with self._database.write() as transaction:
            write_token(transaction.cursor, kept.token)
            transaction.commit()
        remove_kept(self._database.path, but=kept.token)

    def discard(self) -> None:
        """Remove the files: one of them is damaged.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, they can't be removed.

        """
        self._remove()

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """Turn what damaged files make of the code that uses them into LIBRARY_UNAVAILABLE; without them it goes on."""
        try:
            yield
        except DamagedVectorsError as error:
            _log.warning("embeddings_discarded", file=self._database.path.name, cause=str(error))
            if isinstance(error.__cause__, OSError):
                raise folder_unusable(self._database.path, error.__cause__) from error
            raise library_unavailable(
                self._database.path, "What is kept beside its file is damaged. Try again: it is made anew."
            ) from error

    def _remove(self, but: str = "") -> None:
        try:
            remove_kept(self._database.path, but=but)
        except OSError as error:
            raise folder_unusable(self._database.path, error) from error

    def _read_lost(self, face_ids: Keys) -> Vectors:
        """Return the embeddings of faces, float32 [n, 512], that a file has lost, from their rows.

        Raises:
            DamagedVectorsError: a face has no row, for whoever writes it has not committed yet.

        """
        if not self._told:
            # Once until the files are new: a file that is cut off loses thousands, in as many calls.
            _log.warning("embeddings_damaged", file=self._database.path.name)
            self._told = True
        with self._database.read() as cursor:
            try:
                return read_embeddings(cursor, face_ids)
            except KeyError as error:
                raise DamagedVectorsError("an embedding in a file is damaged, and its row is not there yet") from error

    def _snapshot(self, token: str) -> Snapshot | None:
        if not token:
            return None
        try:
            return Snapshot.from_bytes(read_kept_snapshot(self._database.path, token))
        except (OSError, SnapshotMismatchError) as error:
            _log.info("snapshot_refused", cause=str(error))
            return None

    def _resume(self, cursor: Cursor, token: str, snapshot: Snapshot) -> Grouping | None:
        """Return the people by the embeddings in the files of the token; None if these can't be used."""
        with contextlib.ExitStack() as closing:
            try:
                kept = KeptVectors(self._database.path, token, *snapshot.widths)
                closing.callback(kept.close)
                columns = read_face_columns(cursor)
                known = np.isin(columns.ids, snapshot.keys, assume_unique=True)
                faces = read_other_embeddings(cursor, columns, known)
                grouping = Grouping(
                    read_parameters(cursor), faces, read_said(cursor), snapshot, kept,
                    threads=self._threads, lost=self._read_lost,
                )  # fmt: skip
            except (OSError, SnapshotMismatchError, DamagedVectorsError) as error:
                _log.info("embeddings_refused", cause=str(error))
                return None
            closing.pop_all()
        return grouping
