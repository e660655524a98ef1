"""A file that grows stays about as large as what it holds, and DuckDB reads nothing but that file."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from services.catalog.storage.database import Database
from services.common.errors import Reason, UnavailableError

ROWS = 6_000
_AT_ONCE = 1_000
# Bytes that can't be compressed, 2 KB a row, as embeddings are.
_INSERT = """
INSERT INTO content
SELECT id, unhex(string_agg(sha256(id || '/' || part), '')) FROM range(?, ?) AS ids(id), range(64) AS parts(part)
GROUP BY id ORDER BY id
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "it's.duckdb"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database(path, "256MB")
    yield opened
    opened.close(UnavailableError(Reason.SHUTTING_DOWN, ""))


def fill(database: Database) -> None:
    """Insert rows, with a checkpoint after each thousand."""
    with database.write() as transaction:
        transaction.cursor.execute("CREATE TABLE content (id BIGINT NOT NULL, bytes BLOB NOT NULL)")
        transaction.commit()
    for first in range(0, ROWS, _AT_ONCE):
        with database.write() as transaction:
            transaction.cursor.execute(_INSERT, [first, first + _AT_ONCE])
            transaction.commit()
            transaction.cursor.execute("CHECKPOINT")


def test_checkpoints_leave_few_blocks_empty(database: Database) -> None:
    fill(database)
    with database.read() as cursor:
        sizes = cursor.execute(
            "SELECT free_blocks, total_blocks FROM pragma_database_size() WHERE total_blocks > 0"
        ).fetchall()
        groups = cursor.execute("SELECT DISTINCT count FROM pragma_storage_info('content')").fetchall()
    ((free, total),) = sizes
    assert free <= 0.25 * total
    assert max(rows for (rows,) in groups) <= 2048


def test_another_reader_finds_the_rows_of_the_file(database: Database, path: Path) -> None:
    fill(database)
    with database.read() as one, database.read() as other:
        counts = [cursor.execute("SELECT count(*) FROM content").fetchone() for cursor in (one, other)]
    assert counts == [(ROWS,), (ROWS,)]
    assert path.exists()


def test_a_query_reads_no_other_file(database: Database, tmp_path: Path) -> None:
    beside = tmp_path / "beside.csv"
    beside.write_text("secret\n", encoding="utf-8")
    with database.read() as cursor, pytest.raises(duckdb.PermissionException):
        cursor.execute(f"SELECT * FROM read_csv('{beside}')")  # noqa: S608
