"""The memory that DuckDB takes for a file, mostly blocks that were read."""

from typing import Final

import duckdb
import structlog

from services.catalog.storage.statements import Cursor

# DuckDB lets go of what it may not hold.
_LEAST: Final = "1MB"
_log = structlog.get_logger()


def held_bytes(cursor: Cursor) -> int:
    """Return how many bytes DuckDB holds."""
    row = cursor.execute("SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()").fetchone()
    return int(row[0] or 0) if row else 0


def release(connection: duckdb.DuckDBPyConnection, memory_limit: str) -> None:
    """Have DuckDB let go of what nobody uses; meanwhile no query would succeed."""
    try:
        # Rows that are in no block of the file yet would go into a temporary one, embeddings in clear.
        connection.execute("SET max_temp_directory_size = '0KiB'")
        connection.execute(f"SET memory_limit = '{_LEAST}'")
    except duckdb.Error as error:
        # They stay, or something is in use after all.
        _log.debug("memory_not_released", error=str(error))
    finally:
        connection.execute(f"SET memory_limit = '{memory_limit}'")
        connection.execute("RESET max_temp_directory_size")
