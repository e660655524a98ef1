"""Migrations: each once, in order, whole or not at all."""

from pathlib import Path

import duckdb
import pytest

from services.catalog.storage.schema import Migration, known_migrations, migrate


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
