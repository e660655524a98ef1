"""All that goes through a library in one snapshot of it."""

from services.catalog.copies.backup_copy import BackupCopy
from services.catalog.copies.export import LibraryExport
from services.catalog.copies.verification import Verification
from services.catalog.storage.database import Database
from services.catalog.whole_file import WholeFile


class Copies:
    """Copies, exports and checks one library, one at a time.

    Args:
        database: the library's file.
        whole: the turn to go through that file.
        library_id: for messages.
        threads: of one clustering.

    Attributes:
        backup: copies it into a file of its own.
        export: writes it as Parquet files.
        verification: looks for its faults.

    """

    def __init__(self, database: Database, whole: WholeFile, library_id: str, threads: int) -> None:
        self.backup = BackupCopy(database, whole, library_id)
        self.export = LibraryExport(database, whole, library_id)
        self.verification = Verification(database, whole, threads)
