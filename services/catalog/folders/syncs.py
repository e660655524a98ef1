"""What the syncs of folders come to, for whoever asks for a folder."""

from dataclasses import replace

from services.catalog.folder_record import FolderRecord, SyncReport
from services.catalog.folders.reader import FolderReader
from services.catalog.storage.database import Database
from services.catalog.storage.folders import write_sync


class FolderSyncs:
    """Notes the syncs of the folders of one library; methods may be called from any thread.

    Args:
        database: the library's file.
        reader: of its folders.

    """

    def __init__(self, database: Database, reader: FolderReader) -> None:
        self._database = database
        self._reader = reader

    def note(self, folder_id: str, report: SyncReport, *, identity: str | None = None) -> FolderRecord:
        """Note that a sync begins or has ended; return the folder as it was before.

        Until it ends, the files that failed are those of the sync before.

        Args:
            folder_id: the folder.
            report: of the sync.
            identity: what the folder on disk is by now; None for what it was.

        Raises:
            NotFoundError: FOLDER_NOT_FOUND.

        """
        with self._database.write() as transaction:
            folder = self._reader.find(transaction.cursor, folder_id)
            before = () if folder.last_sync is None else folder.last_sync.failures
            if report.end_time is None:
                report = replace(report, failures=before)
            elif not {failure.uri for failure in before} <= {failure.uri for failure in report.failures}:
                # Names of files, which must not outlast them.
                transaction.note_erasure()
            write_sync(transaction, folder, report, folder.identity if identity is None else identity)
            transaction.commit()
        return folder
