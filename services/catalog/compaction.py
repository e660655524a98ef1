"""Writes a library's file anew, so that what was erased leaves it, while others read and write."""

import shutil
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from services.catalog.stepped_run import SteppedRun
from services.catalog.storage.database import Database
from services.catalog.storage.file_size import size_on_disk, used_bytes
from services.catalog.storage.fresh_copy import ROWS_AT_ONCE, FreshCopy
from services.catalog.storage.library_row import Erasures, read_erasures
from services.catalog.storage.transaction import utc_now
from services.catalog.storage.unavailable import disk_full, disk_full_told
from services.catalog.whole_file import WholeFile
from services.common.errors import Reason
from services.common.limits import MEBIBYTE

# Beside the file as it is: for what is written meanwhile, and so that others who write find room.
_SPARE_BYTES: Final = 16 * MEBIBYTE
# What is written while a table is compared is less each time; who writes without a pause waits for the rest.
_ROUNDS: Final = 3
_LOCK_SECONDS: Final = 0.1
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CompactionProgress:
    """How far it is.

    Attributes:
        done: rows that were copied.
        total: rows that there are.
        freed: bytes that the file takes less than before; 0 until all is done, or if it takes more.

    """

    done: int
    total: int
    freed: int = 0


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What was the case when a run began.

    Attributes:
        time: naive UTC.
        erasures: what had been erased.
        event: number of the last event.
        size: of the file and its log, in bytes.
        clock: `time.monotonic`.

    """

    time: datetime
    erasures: Erasures
    event: int
    size: int
    clock: float


class Compaction:
    """Compacts one library; only one run at a time.

    Whatever was deleted or forgotten before a run began is in none of the library's files when it is done.

    Args:
        database: the library's file.
        whole: the turn to go through that file.
        prepare: takes out of the rows what is left of earlier deletions.
        library_id: for the log.

    """

    def __init__(self, database: Database, whole: WholeFile, prepare: Callable[[], None], library_id: str) -> None:
        self._database = database
        self._whole = whole
        self._prepare = prepare
        self._library_id = library_id

    def begin(self) -> SteppedRun[CompactionProgress]:
        """Begin to write the file anew; the caller advances the run, and closes it.

        A run that is closed before its end leaves the file as it was.

        Raises:
            FailedPreconditionError: COMPACTION_IN_PROGRESS, BACKUP_IN_PROGRESS.
            ResourceExhaustedError: DISK_FULL, of this and of each step.

        """
        self._whole.take(Reason.COMPACTION_IN_PROGRESS)
        try:
            with disk_full_told(self._database.path):
                self._check_room()
        except BaseException:
            self._whole.give_back()
            raise
        return self._whole.begin(self._steps())

    def _check_room(self) -> None:
        with self._database.read() as cursor:
            needed = used_bytes(cursor) + _SPARE_BYTES
        free = shutil.disk_usage(self._database.path.parent).free
        if needed > free:
            raise disk_full(self._database.path, {"needed_bytes": str(needed), "free_bytes": str(free)})

    def _steps(self) -> Generator[CompactionProgress, None, None]:
        # It may be the old file that there is no room for: for what is taken out of its rows first.
        with disk_full_told(self._database.path):
            yield from self._compact()

    def _compact(self) -> Generator[CompactionProgress, None, None]:
        self._whole.check()
        self._prepare()
        path = self._database.path
        with self._database.read() as cursor:
            beginning = _Beginning(
                utc_now(), read_erasures(cursor), self._database.events.last, size_on_disk(path), time.monotonic()
            )
        # Taken out here and not from the rows, as there may be no room in the old file to write anything.
        copy = FreshCopy(path, nameless_events=beginning.event)
        try:
            done, total = 0, self._count(copy)
            for rows in self._copy_bulk(copy):
                done += rows
                yield CompactionProgress(min(done, total), total)
            seen = self._database.commits
            for table in copy.tables:
                self._whole.check()
                done += self._catch_up(copy, table)
                yield CompactionProgress(min(done, total), total)
            self._change_over(copy, beginning, seen)
        finally:
            copy.discard()
        size = size_on_disk(path)
        seconds = round(time.monotonic() - beginning.clock, 3)
        _log.info(
            "library_compacted", library=self._library_id, bytes_before=beginning.size, bytes=size, seconds=seconds
        )
        yield CompactionProgress(total, total, max(beginning.size - size, 0))

    def _copy_bulk(self, copy: FreshCopy) -> Generator[int, None, None]:
        """Copy the faces and previews there are, those in the trash too: nearly all. Yield how many each step did."""
        for table in ROWS_AT_ONCE:
            after, count = 0, -1
            while count:
                self._whole.check()
                with self._database.read() as cursor:
                    after, count = copy.copy_rows(cursor, table, after=after)
                yield count

    def _catch_up(self, copy: FreshCopy, *tables: str) -> int:
        """Make tables, or all, equal to those of the library; return how many rows were not copied before."""
        with self._database.read() as cursor:
            return sum(copy.catch_up(cursor, table) for table in tables or copy.tables)

    def _change_over(self, copy: FreshCopy, beginning: _Beginning, seen: int) -> None:
        """Put the copy, which is as after the first `seen` writes, in the place of the file."""
        for _ in range(_ROUNDS):
            copy.checkpoint()
            self._whole.check()
            if seen == self._database.commits:
                break
            seen = self._database.commits
            self._catch_up(copy)
        while True:
            self._whole.check()
            with self._database.exclusive_within(_LOCK_SECONDS) as held:
                if not held:
                    continue
                if seen != self._database.commits:
                    seen = self._database.commits
                    self._catch_up(copy)
                with self._database.read() as cursor:
                    copy.owe(_owed(read_erasures(cursor), beginning))
                copy.checkpoint()
                if self._database.replace(copy.finish):
                    return

    def _count(self, copy: FreshCopy) -> int:
        with self._database.read() as cursor:
            return sum(copy.count(cursor, table) for table in copy.tables)


def _owed(erasures: Erasures, beginning: _Beginning) -> Erasures:
    """Return what was erased too late for the copy to be without it."""
    return Erasures(erasures.count, None if erasures.count == beginning.erasures.count else beginning.time)
