"""Memory that DuckDB lets go of: what it holds of rows goes nowhere else."""

import os
from pathlib import Path

from services.catalog.storage.database import Database
from services.catalog.storage.unavailable import shutting_down

_ROWS = 4_000
# A whole group of rows would go into the file at once.
_ROWS_AT_ONCE = 100


def test_rows_that_are_in_the_log_alone_reach_no_temporary_file(tmp_path: Path) -> None:
    contents = [os.urandom(2_048) for _ in range(_ROWS)]
    database = Database(tmp_path / "library.duckdb", "64MB")
    with database.write() as transaction:
        transaction.cursor.execute("CREATE TABLE heap (content BLOB)")
        transaction.commit()
    for start in range(0, _ROWS, _ROWS_AT_ONCE):
        with database.write() as transaction:
            part = contents[start : start + _ROWS_AT_ONCE]
            transaction.cursor.execute("INSERT INTO heap SELECT unnest(?)", [part])
            transaction.commit()
    with database.read() as cursor:
        assert len(cursor.execute("SELECT content FROM heap").fetchall()) == _ROWS
        database.release_memory()
        written = b"".join(file.read_bytes() for file in tmp_path.rglob("*.tmp/*"))
        assert not any(content[:64] in written for content in contents)
        # All of them are there, whether they were let go or not.
        assert {bytes(row) for (row,) in cursor.execute("SELECT content FROM heap").fetchall()} == set(contents)
    database.close(shutting_down())
