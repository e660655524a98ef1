"""Connections to DuckDB files, one instance of DuckDB a file: bounded, and cut off from all other files."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import duckdb
import structlog

from services.catalog.library_paths import TEMPORARY, beside
from services.catalog.storage.file_copy import finish_copy
from services.catalog.storage.literal_path import require_literal
from services.catalog.storage.schema import known_migrations, migrate
from services.catalog.storage.unavailable import library_unavailable, log_damaged, unavailable
from services.catalog.storage.write_ahead_log import is_damaged, logs_of
from services.common.errors import AlbumenError

_log = structlog.get_logger()

# What a file is called in SQL.
NAME: Final = "library"
# DuckDB's own checkpoint is part of the commit that happens to hit it: where it fails, as on a full disk, the commit is
# said to have failed though it is durable, and nothing can be read any more. So `Database` makes its own.
_NEVER: Final = "1TB"
# A checkpoint writes the last rows of a table anew, up to this many of them, thumbnails and all. DuckDB's own 122,880
# rows are 600 MB of faces: the file doubled with every checkpoint, and commits waited for seconds. This is the least.
_ROWS_A_GROUP: Final = 2048

# Most of what a short statement takes is its planning. The others weigh orders of joins, follow bounds of columns, or
# rewrite what no statement here has: without them a statement takes up to a fifth less.
_USEFUL_OPTIMIZERS: Final = frozenset({
    "build_side_probe_side", "column_lifetime", "deliminator", "empty_result_pullup", "expression_rewriter",
    "filter_pullup", "filter_pushdown", "in_clause", "join_filter_pushdown", "late_materialization", "limit_pushdown",
    "reorder_filter", "row_group_pruner", "top_n", "unnest_rewriter", "unused_columns",
})  # fmt: skip


def open_file(path: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """Return a connection to the file at `path` as a process that died may have left it; see `connect`.

    Raises:
        UnavailableError: LIBRARY_UNAVAILABLE, the file is locked, damaged, newer, or cannot be written.

    """
    require_literal(path)
    try:
        finish_copy(path)
    except OSError as error:
        raise library_unavailable(path, f"What is beside its file can't be removed ({error.strerror}).") from error
    for log in logs_of(path):
        if is_damaged(log):
            raise log_damaged(path, log)
    connection = connect(path, memory_limit, automatic_checkpoint=_NEVER)
    try:
        _plan_quickly(connection)
    except duckdb.Error as error:
        connection.close()
        raise unavailable(path, error) from error
    return connection


def connect(
    path: Path,
    memory_limit: str,
    error_of: Callable[[Path, duckdb.Error], AlbumenError] = unavailable,
    *,
    automatic_checkpoint: str,
) -> duckdb.DuckDBPyConnection:
    """Return a connection to the file at `path`, brought to the current schema; a cursor of it begins with ``USE``.

    Args:
        path: the file; created if missing.
        memory_limit: how much memory DuckDB may use for it, as DuckDB writes it, for example ``256MB``.
        error_of: what to raise if DuckDB fails.
        automatic_checkpoint: how large the log may become before DuckDB makes a checkpoint by itself.

    Raises:
        UnavailableError: as `open_file`.

    """
    try:
        connection = _connect(path, memory_limit, automatic_checkpoint)
        if _migrate(connection, path):
            return connection
        return _connect(path, memory_limit, automatic_checkpoint)
    except duckdb.Error as error:
        raise error_of(path, error) from error


def _migrate(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Bring a file to the current schema; return whether the connection is still open."""
    try:
        upgraded = migrate(connection, path, known_migrations())
    except BaseException:
        connection.close()
        raise
    try:
        if upgraded:
            connection.execute("CHECKPOINT")
    except duckdb.Error as error:
        # The library is upgraded all the same, if the disk is full for example, but not open any more.
        _log.warning("checkpoint_failed", file=path.name, error=str(error))
        connection.close()
        return False
    return True


def _connect(path: Path, memory_limit: str, automatic_checkpoint: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "memory_limit": memory_limit,
            "temp_directory": str(beside(path, TEMPORARY)),
            "checkpoint_threshold": automatic_checkpoint,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        # The size of a row group is said only here, and each time.
        literal = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{literal}' AS {NAME} (TYPE duckdb, ROW_GROUP_SIZE {_ROWS_A_GROUP})")
        connection.execute(f"USE {NAME}")
        # A library reads and writes its own file, and fetches nothing from anywhere.
        connection.execute("SET enable_external_access = false")
    except BaseException:
        connection.close()
        raise
    return connection


def _plan_quickly(connection: duckdb.DuckDBPyConnection) -> None:
    """Plan all statements from now on without optimizers that are of no use to them, which migrations may need."""
    names = [name for (name,) in connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()]
    needless = ",".join(name for name in names if name not in _USEFUL_OPTIMIZERS)
    connection.execute(f"SET disabled_optimizers = '{needless}'")
