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

from services.catalog.library_paths import WHOLE_COPY, beside
from services.catalog.storage.block_memory import held_bytes, release
from services.catalog.storage.checkpoints import Checkpoints
from services.catalog.storage.connection import NAME, open_file
from services.catalog.storage.event_log import EventLog
from services.catalog.storage.file_copy import publish_copy
from services.catalog.storage.image_changes import ImageChanges
from services.catalog.storage.pending import Pending
from services.catalog.storage.transaction import Transaction
from services.catalog.storage.unavailable import gives_up, not_replaced, unavailable
from services.common.errors import AlbumenError

Cursor = duckdb.DuckDBPyConnection

_IDLE_SECONDS: Final = 2.0
_DRAIN_SECONDS: Final = 1.0  # A read takes some tenths of a second at most.


class Database:
    """An open DuckDB file, brought to the current schema.

    Args:
        path: the file; created if missing.
        memory_limit: how much memory DuckDB may use for it, as DuckDB writes it, for example ``256MB``.
        events: numbers and keeps what happens in it.

    Raises:
        UnavailableError: LIBRARY_UNAVAILABLE, the file is locked, damaged, newer, or cannot be written.

    """

    def __init__(self, path: Path, memory_limit: str, events: EventLog | None = None) -> None:
        self.path = path
        self._memory_limit = memory_limit
        self._write_lock, self._state = threading.RLock(), threading.Condition()
        self._readers, self._replacing, self._writing, self._commits = 0, False, False, 0
        self._closed: AlbumenError | None = None
        self._idle: list[Cursor] = []
        self.events, self.image_changes = events or EventLog(), ImageChanges()
        self._pending = Pending(self._open_cursor, self.events)
        self._checkpoints = Checkpoints(path)
        self._lost = False  # DuckDB has given the file up: whoever comes next opens it anew.
        self._last_write = time.monotonic()
        self._open()

    @contextlib.contextmanager
    def read(self) -> Iterator[Cursor]:
        """Give a cursor on one snapshot: all its queries see the same state, and all that was committed before.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, DuckDB failed.
            AlbumenError: the reason that was given to `close`.

        """
        with self._told():
            cursor = self._take()
            try:
                with self._pending.seen_by(cursor):
                    yield cursor
            except BaseException:
                cursor.close()
                self._give(None)
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
            self._revive()
            transaction = Transaction(self._connection, self._pending, self.image_changes, behind=behind)
            try:
                with self._told():
                    if not behind or self._pending.full:
                        self._pending.write()
                    self._connection.begin()
                    self._writing = True
                    yield transaction
            finally:
                self._writing = False
                if transaction.committed:
                    self._commits += 1
                else:
                    transaction.roll_back()
                self._last_write = time.monotonic()
            if self._checkpoints.due(idle=False):
                self._checkpoint()

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
        if not self.idle() or not self._checkpoints.due(idle=True):
            return
        with self.exclusive_within(0) as held:
            if held and self._closed is None and not self._lost:
                self._checkpoint()

    def memory(self) -> int:
        """Return how many bytes DuckDB holds of the file, mostly blocks that were read; errors as in `read`."""
        with self.read() as cursor:
            return held_bytes(cursor)

    def release_memory(self) -> None:
        """Have DuckDB let go of the blocks that it has read; for a reader between two queries, if there is no other."""
        # Who comes meanwhile waits: with so little memory no query would succeed.
        with self.exclusive_within(0) as held, self._state:
            if held and self._readers == 1 and self._closed is None and not self._writing:
                release(self._connection, self._memory_limit)

    def replace(self, finish: Callable[[], None]) -> bool:
        """Go on with the copy of the file, which has the same rows, in its place; who calls is exclusive.

        Args:
            finish: closes the copy; called when nobody reads, and nobody does until it is over.

        Returns:
            Whether it was done: not if those who read now take longer than a second. They may wait for a new reader.

        Raises:
            ResourceExhaustedError: DISK_FULL.
            UnavailableError: LIBRARY_UNAVAILABLE; whoever comes next opens the file anew, if it isn't open then.

        """
        with self._drained() as drained:
            if drained:
                finish()
                self._replace()
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

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Tell callers of DuckDB's errors as they can understand them."""
        try:
            yield
        except duckdb.Error as error:
            self._lost = self._lost or gives_up(error)
            raise unavailable(self.path, error) from error

    @contextlib.contextmanager
    def _drained(self) -> Iterator[bool]:
        """Let nobody begin to read, and give whether those who read now came to an end within a second."""
        with self._state:
            self._replacing = True
            drained = self._state.wait_for(lambda: self._readers == 0, _DRAIN_SECONDS)
        try:
            yield drained
        finally:
            with self._state:
                self._replacing = False
                self._state.notify_all()

    def _checkpoint(self) -> None:
        """Move the log into the file; who calls is exclusive, and between two writes."""
        try:
            self._pending.write()
            self._connection.execute("CHECKPOINT")
        except duckdb.Error as error:
            # Nothing is lost: the log stays. But nothing can be read any more before the file is opened anew.
            self._checkpoints.failed(str(error))
            self._lost = self._lost or gives_up(error)
            with contextlib.suppress(AlbumenError):
                self._revive()

    def _revive(self) -> None:
        """Open the file anew if DuckDB has given it up; who calls is exclusive, and between two writes."""
        if not self._lost or self._writing:
            return
        with self._drained() as drained:
            if drained:
                self._close_cursors()
                with contextlib.suppress(duckdb.Error):
                    self._connection.close()
                self._open()

    def _open(self) -> None:
        self._lost = True
        self._connection = open_file(self.path, self._memory_limit)
        with self._told():
            self._pending.go_on(self._connection)
        self._lost = False

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
        self._open()
        if failure is not None:
            raise not_replaced(self.path, failure) from failure

    def _close_cursors(self) -> None:
        for cursor in self._idle:
            cursor.close()
        self._idle.clear()
        self._pending.close()

    def _take(self) -> Cursor:
        if self._lost:
            # Who holds a lock that a writer waits for must not wait for that writer for long.
            with self.exclusive_within(_DRAIN_SECONDS) as held:
                if held:
                    self._revive()
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
