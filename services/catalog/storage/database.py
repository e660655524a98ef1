"""One DuckDB file: many readers, one writer, every statement on a cursor that no other thread uses meanwhile.

A DuckDB connection that threads share returns rows of the wrong query. Cursors are connections of their own, so each
reader takes one from a pool for as long as it reads.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb
import structlog

from services.catalog.storage.literal_path import require_literal
from services.catalog.storage.pending import Pending, Rows
from services.catalog.storage.schema import known_migrations, migrate
from services.catalog.storage.unavailable import log_damaged, unavailable
from services.catalog.storage.write_ahead_log import is_damaged, logs_of
from services.common.errors import AlbumenError

Cursor = duckdb.DuckDBPyConnection

# DuckDB's own checkpoint holds up the commit that happens to hit it, at 16 MiB for up to 0.6 s. Ours run while nobody
# writes; its own remains as the bound, also of memory, for those who never pause.
_AUTOMATIC_CHECKPOINT: Final = "32MB"
_CHECKPOINT_BYTES: Final = 16 * 1024 * 1024
_IDLE_SECONDS: Final = 2.0
# A checkpoint writes the last rows of a table anew, up to this many of them, thumbnails and all. DuckDB's own 122,880
# rows are 600 MB of faces: the file doubled with every checkpoint, and commits waited for seconds. This is the least.
_ROWS_A_GROUP: Final = 2048
_NAME: Final = "library"
# Most of what a short statement takes is its planning. The others weigh orders of joins, follow bounds of columns, or
# rewrite what no statement here has: without them a statement takes up to a fifth less.
_USEFUL_OPTIMIZERS: Final = frozenset({
    "build_side_probe_side", "column_lifetime", "deliminator", "empty_result_pullup", "expression_rewriter",
    "filter_pullup", "filter_pushdown", "in_clause", "join_filter_pushdown", "late_materialization", "limit_pushdown",
    "reorder_filter", "row_group_pruner", "top_n", "unnest_rewriter", "unused_columns",
})  # fmt: skip
# DuckDB lets go of what it may not hold.
_LEAST_MEMORY: Final = "1MB"
_log = structlog.get_logger()


class Transaction:
    """A write in progress: what is changed in rows, and what must be undone in memory if the rows are rolled back.

    Leaving it without `commit` rolls the rows back and runs the actions of `on_rollback`, the last one first.

    Attributes:
        cursor: sees and makes the changes.
        now: when the write began, naive UTC as the tables hold it.
        committed: whether the write is durable.

    """

    def __init__(self, cursor: Cursor, pending: Pending) -> None:
        self.cursor = cursor
        self.now = utc_now()
        self.committed = False
        self._pending = pending
        self._postponed: list[Callable[[], object]] = []
        self._undo: list[Callable[[], object]] = []

    def commit(self) -> None:
        """Make the write durable."""
        self.cursor.commit()
        self.committed = True
        for committed in self._postponed:
            committed()

    def postpone(self, rows: Rows) -> None:
        """Write rows that are as durable as all others, and put into their tables before anybody looks at these."""
        self._postponed.append(self._pending.add(self.cursor, rows))

    def on_rollback(self, action: Callable[[], object], /) -> None:
        """Have `action` run if the write is not committed, after all that are noted later."""
        self._undo.append(action)

    def roll_back(self) -> None:
        """Undo everything, in rows and in memory; called once, by the database."""
        # What failed may have ended the transaction already.
        with contextlib.suppress(duckdb.Error):
            self.cursor.rollback()
        for action in reversed(self._undo):
            action()


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
        self._closed: AlbumenError | None = None
        self._idle: list[Cursor] = []
        self._pending = Pending(self._open_cursor)
        self._writing = False
        self._last_write = time.monotonic()
        require_literal(path)
        for log in logs_of(path):
            if is_damaged(log):
                raise log_damaged(path, log)
        try:
            self._connection = _connect(path, memory_limit)
        except duckdb.Error as error:
            raise unavailable(path, error) from error
        try:
            migrate(self._connection, path, known_migrations())
            _plan_quickly(self._connection)
        except duckdb.Error as error:
            self._connection.close()
            raise unavailable(path, error) from error
        except BaseException:
            self._connection.close()
            raise

    @contextlib.contextmanager
    def read(self) -> Iterator[Cursor]:
        """Give a cursor on one snapshot: all its queries see the same state, and all that was committed before.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, DuckDB failed.
            AlbumenError: the reason that was given to `close`.

        """
        cursor = self._take()
        try:
            self._pending.write()
            cursor.begin()
            yield cursor
            cursor.commit()
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
                if not transaction.committed:
                    transaction.roll_back()
                self._last_write = time.monotonic()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed is not None

    def idle(self) -> bool:
        """Return whether nobody wrote for two seconds."""
        return self._closed is None and time.monotonic() - self._last_write >= _IDLE_SECONDS

    def checkpoint_if_idle(self) -> None:
        """Move the write-ahead log into the file if it has grown and nobody wrote for two seconds."""
        wal = self.path.with_name(self.path.name + ".wal")
        try:
            grown = wal.stat().st_size >= _CHECKPOINT_BYTES
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

    def close(self, reason: AlbumenError) -> None:
        """Wait for readers and the writer, then close the file; later calls raise `reason`."""
        with self._write_lock:
            if self._closed is not None:
                return
            with self._state:
                self._closed = reason
                self._state.wait_for(lambda: self._readers == 0)
            for cursor in self._idle:
                cursor.close()
            with contextlib.suppress(duckdb.Error):
                self._pending.write()
            self._pending.close()
            with contextlib.suppress(duckdb.Error):
                self._connection.execute("CHECKPOINT")
            self._connection.close()

    def _shrink(self) -> None:
        try:
            self._connection.execute(f"SET memory_limit = '{_LEAST_MEMORY}'")
        except duckdb.Error as error:
            # Something is in use after all.
            _log.debug("memory_not_released", file=self.path.name, error=str(error))
        finally:
            self._connection.execute(f"SET memory_limit = '{self._memory_limit}'")

    def _take(self) -> Cursor:
        with self._state:
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
        cursor.execute(f"USE {_NAME}")
        return cursor

    def _give(self, cursor: Cursor | None) -> None:
        with self._state:
            self._readers -= 1
            if cursor is not None:
                self._idle.append(cursor)
            self._state.notify_all()


def _connect(path: Path, memory_limit: str) -> Cursor:
    """Return a connection to the file at `path`; a cursor of it begins with ``USE``."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "memory_limit": memory_limit,
            "temp_directory": f"{path}.tmp",
            "checkpoint_threshold": _AUTOMATIC_CHECKPOINT,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        # The size of a row group is said only here, and each time.
        literal = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{literal}' AS {_NAME} (TYPE duckdb, ROW_GROUP_SIZE {_ROWS_A_GROUP})")
        connection.execute(f"USE {_NAME}")
        # A library reads and writes its own file, and fetches nothing from anywhere.
        connection.execute("SET enable_external_access = false")
    except BaseException:
        connection.close()
        raise
    return connection


def _plan_quickly(connection: Cursor) -> None:
    """Plan all statements from now on without optimizers that are of no use to them, which migrations may need."""
    names = [name for (name,) in connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()]
    needless = ",".join(name for name in names if name not in _USEFUL_OPTIMIZERS)
    connection.execute(f"SET disabled_optimizers = '{needless}'")


def utc_now() -> datetime:
    """Return the time in UTC, naive as the tables hold it."""
    return datetime.now(UTC).replace(tzinfo=None)
