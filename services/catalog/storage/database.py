"""One DuckDB file: many readers, one writer, every statement on a cursor that no other thread uses meanwhile.

A DuckDB connection that threads share returns rows of the wrong query. Cursors are connections of their own, so each
reader takes one from a pool for as long as it reads.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import duckdb
import structlog

from services.catalog.library_paths import LOG, WHOLE_COPY, beside
from services.catalog.storage.connection import NAME, open_file
from services.catalog.storage.file_copy import publish_copy
from services.catalog.storage.pending import Pending
from services.catalog.storage.transaction import Transaction
from services.catalog.storage.unavailable import library_unavailable, unavailable
from services.common.errors import AlbumenError

Cursor = duckdb.DuckDBPyConnection

_CHECKPOINT_BYTES: Final = 16 * 1024 * 1024
_IDLE_SECONDS: Final = 2.0
# DuckDB lets go of what it may not hold.
_LEAST_MEMORY: Final = "1MB"
# A read takes some tenths of a second at most.
_DRAIN_SECONDS: Final = 1.0
_log = structlog.get_logger()


class Database:
    """An open DuckDB file, brought to the current schema.

    Args:
        path: the file; created if missing.
        memory_limit: how much memory DuckDB may use for it, as DuckDB writes it, for example ``256MB``.

    Raises:
        UnavailableError: LIBRARY_UNAVAILABLE, the file is locked, damaged, newer, or cannot be written.

    """

    def __init__(self, path: Path, memory_limit: str) -> None:
        self.path = path
        self._memory_limit = memory_limit
        self._write_lock = threading.RLock()
        self._state = threading.Condition()
        self._readers = 0
        self._replacing = False
        self._closed: AlbumenError | None = None
        self._idle: list[Cursor] = []
        self._pending = Pending(self._open_cursor)
        self._writing = False
        self._last_write = time.monotonic()
        self._commits = 0
        self._connection = open_file(path, memory_limit)

    @contextlib.contextmanager
    def read(self) -> Iterator[Cursor]:
        """Give a cursor on one snapshot: all its queries see the same state, and all that was committed before.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, DuckDB failed.
            AlbumenError: the reason that was given to `close`.

        """
        cursor = self._take()
        try:
            with self._pending.seen_by(cursor):
                yield cursor
        except BaseException as error:
            cursor.close()
            self._give(None)
            if isinstance(error, duckdb.Error):
                raise unavailable(self.path, error) from error
            raise
        self._give(cursor)

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep other threads from writing, over several transactions."""
        with self._write_lock:
            yield

    @contextlib.contextmanager
    def exclusive_within(self, seconds: float) -> Iterator[bool]:
        """Do as `exclusive` does, and give whether that was possible within so many seconds."""
        acquired = self._write_lock.acquire(timeout=seconds)
        try:
            yield acquired
        finally:
            if acquired:
                self._write_lock.release()

    @contextlib.contextmanager
    def write(self, *, behind: bool = False) -> Iterator[Transaction]:
        """Give the one transaction that writes, not to be nested; errors as in `read`.

        Args:
            behind: whether it may find tables that lack what is pending, as long as that is not much: it only postpones
                rows, and looks at none that are postponed.

        """
        with self._write_lock:
            if self._closed is not None:
                raise self._closed
            transaction = Transaction(self._connection, self._pending)
            try:
                if not behind or self._pending.full:
                    self._pending.write()
                self._connection.begin()
                self._writing = True
                yield transaction
            except duckdb.Error as error:
                raise unavailable(self.path, error) from error
            finally:
                self._writing = False
                if transaction.committed:
                    self._commits += 1
                else:
                    transaction.roll_back()
                self._last_write = time.monotonic()

    @property
    def commits(self) -> int:
        """How many writes there were since it was opened."""
        return self._commits

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed is not None

    def idle(self) -> bool:
        """Return whether nobody wrote for two seconds."""
        return self._closed is None and time.monotonic() - self._last_write >= _IDLE_SECONDS

    def checkpoint_if_idle(self) -> None:
        """Move the write-ahead log into the file if it has grown and nobody wrote for two seconds."""
        try:
            grown = beside(self.path, LOG).stat().st_size >= _CHECKPOINT_BYTES
        except FileNotFoundError:
            return
        if not grown or not self.idle():
            return
        if self._write_lock.acquire(blocking=False):
            try:
                if self._closed is None:
                    self._pending.write()
                    self._connection.execute("CHECKPOINT")
            except duckdb.Error as error:
                # Nothing is lost: the log stays and is tried again.
                _log.warning("checkpoint_failed", file=self.path.name, error=str(error))
            finally:
                self._write_lock.release()

    def memory(self) -> int:
        """Return how many bytes DuckDB holds of the file, mostly blocks that were read; errors as in `read`."""
        with self.read() as cursor:
            row = cursor.execute("SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()").fetchone()
        return int(row[0] or 0) if row else 0

    def release_memory(self) -> None:
        """Have DuckDB let go of the blocks that it has read; for a reader between two queries, if there is no other."""
        if not self._write_lock.acquire(blocking=False):
            return
        try:
            # Who comes meanwhile waits: with so little memory no query would succeed.
            with self._state:
                if self._readers == 1 and self._closed is None and not self._writing:
                    self._shrink()
        finally:
            self._write_lock.release()

    def replace(self, finish: Callable[[], None]) -> bool:
        """Go on with the copy of the file, which has the same rows, in its place; who calls is exclusive.

        Args:
            finish: closes the copy; called when nobody reads, and nobody does until it is over.

        Returns:
            Whether it was done: not if those who read now take longer than a second. They may wait for a new reader.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE; if it is closed then, it can only be opened anew.

        """
        with self._state:
            self._replacing = True
            drained = self._state.wait_for(lambda: self._readers == 0, _DRAIN_SECONDS)
        try:
            if drained:
                finish()
                self._replace()
        finally:
            with self._state:
                self._replacing = False
                self._state.notify_all()
        return drained

    def close(self, reason: AlbumenError) -> None:
        """Wait for readers and the writer, then close the file; later calls raise `reason`."""
        with self._write_lock:
            if self._closed is not None:
                return
            with self._state:
                self._closed = reason
                self._state.wait_for(lambda: self._readers == 0)
            with contextlib.suppress(duckdb.Error):
                self._pending.write()
            self._close_cursors()
            with contextlib.suppress(duckdb.Error):
                self._connection.execute("CHECKPOINT")
            self._connection.close()

    def _shrink(self) -> None:
        try:
            # Rows that are in no block of the file yet would go into a temporary one, embeddings in clear.
            self._connection.execute("SET max_temp_directory_size = '0KiB'")
            self._connection.execute(f"SET memory_limit = '{_LEAST_MEMORY}'")
        except duckdb.Error as error:
            # They stay, or something is in use after all.
            _log.debug("memory_not_released", file=self.path.name, error=str(error))
        finally:
            self._connection.execute(f"SET memory_limit = '{self._memory_limit}'")
            self._connection.execute("RESET max_temp_directory_size")

    def _replace(self) -> None:
        self._close_cursors()
        # Whatever happens next, the old file and its log are whole; a checkpoint would take long, and for nothing.
        with contextlib.suppress(duckdb.Error):
            self._connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        self._connection.close()
        failure: OSError | None = None
        try:
            publish_copy(self.path)
        except OSError as error:
            # Opening finishes what was decided, or goes on with the old file.
            failure = None if beside(self.path, WHOLE_COPY).exists() else error
        try:
            self._connection = open_file(self.path, self._memory_limit)
        except AlbumenError as error:
            self._closed = error
            raise
        if failure is not None:
            raise library_unavailable(self.path, f"Its file can't be replaced ({failure.strerror}).") from failure

    def _close_cursors(self) -> None:
        for cursor in self._idle:
            cursor.close()
        self._idle.clear()
        self._pending.close()

    def _take(self) -> Cursor:
        with self._state:
            self._state.wait_for(lambda: not self._replacing)
            if self._closed is not None:
                raise self._closed
            self._readers += 1
            if self._idle:
                return self._idle.pop()
        try:
            return self._open_cursor()
        except BaseException:
            self._give(None)
            raise

    def _open_cursor(self) -> Cursor:
        cursor = self._connection.cursor()
        cursor.execute(f"USE {NAME}")
        return cursor

    def _give(self, cursor: Cursor | None) -> None:
        with self._state:
            self._readers -= 1
            if cursor is not None:
                self._idle.append(cursor)
            self._state.notify_all()
