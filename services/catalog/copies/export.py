"""A library as Parquet files, as it is at one moment."""

import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.catalog.copies.content import Content, read_content
from services.catalog.copies.snapshot import snapshot
from services.catalog.stepped_run import SteppedRun
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.export_table import ExportParts
from services.catalog.storage.export_tables import EXPORT_TABLES
from services.catalog.storage.file_size import used_bytes
from services.catalog.storage.parquet_folder import ParquetFolder
from services.catalog.storage.tables import count_rows, numbered_by, windows
from services.catalog.storage.unavailable import no_room_for_copy, not_copied
from services.catalog.whole_file import WholeFile
from services.common.errors import AlbumenError, Reason
from services.common.limits import MEBIBYTE

# Without pictures and embeddings it takes a part of what the library does; how much, nobody knows before.
_LEAST_BYTES: Final = 64 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How far an export is.

    Attributes:
        done: rows of the library that were looked at.
        total: rows that there are.
        files: names of the files that were written, with slashes; empty until all are.
        content: what of the library is in it; None until then.

    """

    done: int
    total: int
    files: tuple[str, ...] = ()
    content: Content | None = None


class LibraryExport:
    """Exports one library, one run at a time.

    Args:
        database: the library's file.
        whole: the turn to go through that file.
        library_id: for messages.

    """

    def __init__(self, database: Database, whole: WholeFile, library_id: str) -> None:
        self._database = database
        self._whole = whole
        self._library_id = library_id

    def begin(self, folder: Path, parts: ExportParts) -> SteppedRun[ExportProgress]:
        """Begin to write the library as it is now into an empty folder; the caller advances the run, and closes it.

        Args:
            folder: which is there, and is left to the caller if the last step is not done.
            parts: what is to be in it that else is left out.

        Raises:
            FailedPreconditionError: COMPACTION_IN_PROGRESS, BACKUP_IN_PROGRESS.
            ResourceExhaustedError: DISK_FULL, of a step.
            UnavailableError: BACKUPS_UNAVAILABLE, of a step.

        """
        self._whole.take(Reason.BACKUP_IN_PROGRESS)
        return self._whole.begin(self._steps(folder, parts))

    def _steps(self, folder: Path, parts: ExportParts) -> Generator[ExportProgress, None, None]:
        self._whole.check()
        tables = [table for table in EXPORT_TABLES if table.part in parts]
        done, files = 0, list[str]()
        with snapshot(self._database) as cursor:
            self._check_room(cursor, folder, parts)
            content, numbers = read_content(cursor), numbered_by(cursor)
            total = sum(count_rows(cursor, table.table) for table in tables)
            parquet = ParquetFolder(folder, self._failed)
            try:
                for table in tables:
                    conditions = [*windows(cursor, table.table, numbers.get(table.table), table.at_once)]
                    # One without rows has a file, so that whoever opens it finds its columns.
                    for number, condition in enumerate(conditions or ["false"]):
                        self._whole.check()
                        name = f"{table.name}/{number:05}.parquet"
                        parquet.write(name, cursor.sql(table.select(parts, condition)))
                        files.append(name)
                        yield ExportProgress(min(done, total), total)
                    done += count_rows(cursor, table.table)
            finally:
                parquet.close()
        yield ExportProgress(total, total, tuple(files), content)

    def _check_room(self, cursor: Cursor, folder: Path, parts: ExportParts) -> None:
        try:
            free = shutil.disk_usage(folder).free
        except OSError as error:
            raise self._failed(error) from error
        whole = ExportParts.EMBEDDINGS in parts and ExportParts.PICTURES in parts
        needed = used_bytes(cursor) + _LEAST_BYTES if whole else _LEAST_BYTES
        if needed > free:
            raise no_room_for_copy(self._library_id, {"needed_bytes": str(needed), "free_bytes": str(free)})

    def _failed(self, error: Exception) -> AlbumenError:
        return not_copied(self._library_id, error)
