"""A library as it is at one moment, in a file of its own, read back and found equal."""

import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from services.catalog.copies.content import Content, read_content
from services.catalog.copies.snapshot import snapshot
from services.catalog.stepped_run import SteppedRun
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.file_size import used_bytes
from services.catalog.storage.fresh_copy import without_names
from services.catalog.storage.read_only import reading_file
from services.catalog.storage.table_copy import TableCopy
from services.catalog.storage.tables import numbered_by, sum_of_rows, windows
from services.catalog.storage.unavailable import no_room_for_copy, not_copied
from services.catalog.whole_file import WholeFile
from services.common.errors import AlbumenError, FailedPreconditionError, Reason
from services.common.limits import MEBIBYTE

# Beside the copy, so that others who write find room.
_SPARE_BYTES: Final = 16 * MEBIBYTE
# It speaks of files beside the library, which are no part of a copy: whoever opens that makes them anew.
_LEFT_OUT: Final = frozenset({"snapshot"})
# All that was erased is missing in a file that is new.
_OWES_NOTHING: Final = {("library", "erase_time"): "NULL::TIMESTAMP"}
# Rows are read twice: copied, and compared.
_PASSES: Final = 2
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CopyProgress:
    """How far a copy is.

    Attributes:
        done: rows that were written or read back.
        total: rows that there are to do.
        content: what is in the copy; None until it is whole.

    """

    done: int
    total: int
    content: Content | None = None


class BackupCopy:
    """Copies one library, one run at a time.

    Args:
        database: the library's file.
        whole: the turn to go through that file.
        library_id: for messages.

    """

    def __init__(self, database: Database, whole: WholeFile, library_id: str) -> None:
        self._database = database
        self._whole = whole
        self._library_id = library_id

    def begin(self, path: Path) -> SteppedRun[CopyProgress]:
        """Begin to write the library as it is now into a new file; the caller advances the run, and closes it.

        The file has no log, nothing of what was erased, and is whole and read back once the last step is done. One that
        is not is left to the caller.

        Args:
            path: the file, in a folder of its own, which has its log and temporary files meanwhile.

        Raises:
            FailedPreconditionError: COMPACTION_IN_PROGRESS, BACKUP_IN_PROGRESS; BACKUP_DAMAGED, of a step: what was
                read back is not what was written.
            ResourceExhaustedError: DISK_FULL, of a step.
            UnavailableError: BACKUPS_UNAVAILABLE, of a step: the file can't be written for another reason.

        """
        self._whole.take(Reason.BACKUP_IN_PROGRESS)
        return self._whole.begin(self._steps(path))

    def _steps(self, path: Path) -> Generator[CopyProgress, None, None]:
        self._whole.check()
        done = 0
        with snapshot(self._database) as cursor:
            self._check_room(cursor, path)
            content = read_content(cursor)
            instead = _OWES_NOTHING | dict(without_names(self._database.events.last))
            copy = TableCopy(path, self._failed, instead=instead)
            try:
                tables = [table for table in copy.tables if table not in _LEFT_OUT]
                total = _PASSES * sum(copy.count(cursor, table) for table in tables)
                sums = dict.fromkeys(tables, (0, 0))
                numbers = numbered_by(cursor)
                for table in tables:
                    # A new file says of itself which migrations it has; the rows of the library say when.
                    copy.clear(table)
                    for condition in windows(cursor, table, numbers.get(table)):
                        self._whole.check()
                        # Where the library's file is damaged, it is this that says so.
                        found = sum_of_rows(cursor, table, copy.selected(table), condition)
                        copy.insert(cursor, table, condition)
                        sums[table] = _added(sums[table], found)
                        done += found[0]
                        yield CopyProgress(done, total)
                    copy.checkpoint()
                copy.finish()
            finally:
                copy.discard()
        yield from self._read_back(path, copy, sums, done, total)
        yield CopyProgress(total, total, content)

    def _read_back(
        self, path: Path, copy: TableCopy, written: dict[str, tuple[int, int]], done: int, total: int
    ) -> Generator[CopyProgress, None, None]:
        """Compare the rows of the file, read from the disk by another instance of DuckDB, with those of the library."""
        with reading_file(path, self._unreadable) as cursor:
            numbers = numbered_by(cursor)
            for table, expected in written.items():
                sums = 0, 0
                for condition in windows(cursor, table, numbers.get(table)):
                    self._whole.check()
                    found = sum_of_rows(cursor, table, copy.plain(table), condition)
                    sums = _added(sums, found)
                    done += found[0]
                    yield CopyProgress(done, total)
                if sums != expected:
                    raise self._damaged(f"table {table}")

    def _check_room(self, cursor: Cursor, path: Path) -> None:
        try:
            free = shutil.disk_usage(path.parent).free
        except OSError as error:
            raise self._failed(error) from error
        needed = used_bytes(cursor) + _SPARE_BYTES
        if needed > free:
            raise no_room_for_copy(self._library_id, {"needed_bytes": str(needed), "free_bytes": str(free)})

    def _failed(self, error: Exception) -> AlbumenError:
        return not_copied(self._library_id, error)

    def _unreadable(self, error: Exception) -> AlbumenError:
        _log.error("backup_unreadable", library=self._library_id, error=str(error))
        return self._damaged("it can't be read")

    def _damaged(self, what: str) -> FailedPreconditionError:
        return FailedPreconditionError(
            Reason.BACKUP_DAMAGED,
            f"What was read back of the backup of library {self._library_id!r} is not what was written ({what}). Check "
            "the disk of the backups, then try again.",
            resource=f"libraries/{self._library_id}",
        )


def _added(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]
