"""Migrations: each once, in order, whole or not at all."""

from pathlib import Path

import duckdb
import pytest

from services.catalog.storage.schema import Migration, known_migrations, migrate
from services.common.errors import Reason, UnavailableError


def test_the_known_migrations_are_numbered_without_gaps() -> None:
    assert [migration.version for migration in known_migrations()] == list(range(1, len(known_migrations()) + 1))


def test_a_migration_is_applied_once_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    first = Migration(1, "0001_a.sql", "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);")
    broken = Migration(2, "0002_b.sql", "CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1);")
    mended = Migration(2, "0002_b.sql", "CREATE TABLE b (x INTEGER);")
    with duckdb.connect(path) as connection:
        with pytest.raises(duckdb.Error):
            migrate(connection, path, (first, broken))
        assert connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall() == [
            ("a",),
            ("migration",),
        ]
        migrate(connection, path, (first, mended))
        migrate(connection, path, (first, mended))
        assert connection.execute("SELECT version FROM migration ORDER BY ALL").fetchall() == [(1,), (2,)]
        assert connection.execute("FROM a").fetchall() == [(1,)]


FIRST = Migration(1, "0001_a.sql", "CREATE TABLE a (x INTEGER);")
SECOND = Migration(2, "0002_b.sql", "CREATE TABLE b (x INTEGER);")


def test_a_migration_that_was_edited_after_it_was_applied_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    edited = Migration(1, "0001_a.sql", "CREATE TABLE a (x INTEGER, y INTEGER);")
    with duckdb.connect(path) as connection:
        migrate(connection, path, (FIRST,))

        with pytest.raises(UnavailableError, match=r"^Library 'a' can't be used\. .*another 0001_a\.sql") as caught:
            migrate(connection, path, (edited, SECOND))

        assert (caught.value.reason, caught.value.resource) == (Reason.LIBRARY_UNAVAILABLE, "libraries/a")
        assert str(tmp_path) not in caught.value.message
        assert connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall() == [
            ("a",),
            ("migration",),
        ]
        migrate(connection, path, (FIRST, SECOND))


def test_a_library_from_before_hashes_were_kept_gets_them(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(
            "CREATE TABLE migration (version INTEGER PRIMARY KEY, name VARCHAR, apply_time TIMESTAMP);"
            "INSERT INTO migration VALUES (1, '0001_a.sql', now()::TIMESTAMP); CREATE TABLE a (x INTEGER);"
        )
        migrate(connection, path, (FIRST, SECOND))

        rows = connection.execute("SELECT version, sha256 FROM migration ORDER BY ALL").fetchall()
        assert rows == [(1, FIRST.sha256), (2, SECOND.sha256)]
        assert len(FIRST.sha256) == 64
    with duckdb.connect(path) as connection, pytest.raises(UnavailableError, match=r"another 0002_b\.sql"):
        migrate(connection, path, (FIRST, Migration(2, "0002_b.sql", "SELECT 1")))


def test_opening_what_is_up_to_date_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(path) as connection:
        migrate(connection, path, (FIRST, SECOND))
    before = path.read_bytes()
    with duckdb.connect(path) as connection:
        migrate(connection, path, (FIRST, SECOND))
        assert not path.with_name("a.duckdb.wal").exists()
    assert path.read_bytes() == before
