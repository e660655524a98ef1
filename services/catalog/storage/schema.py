"""Brings a library's file to the schema that this program knows."""

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import duckdb

from services.common.errors import Reason, UnavailableError

_FILE_NAME: Final = re.compile(r"(\d{4})_\w+\.sql")
_TABLE: Final = "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name VARCHAR, apply_time TIMESTAMP)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema.

    Attributes:
        version: 1 and up, without gaps.
        name: of its file.
        sql: the statements.

    """

    version: int
    name: str
    sql: str


def known_migrations() -> tuple[Migration, ...]:
    """Return the migrations that come with this program, in order."""
    files = resources.files("services.catalog.storage.migrations").iterdir()
    return tuple(
        Migration(int(match[1]), file.name, file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda file: file.name)
        if (match := _FILE_NAME.fullmatch(file.name))
    )


def migrate(cursor: duckdb.DuckDBPyConnection, path: Path, migrations: tuple[Migration, ...]) -> None:
    """Apply what is missing of `migrations` to the open file at `path`, each in a transaction of its own.

    Raises:
        UnavailableError: LIBRARY_UNAVAILABLE, the file was written by a newer version.

    """
    cursor.execute(_TABLE)
    applied = {row[0] for row in cursor.execute("SELECT version FROM migration").fetchall()}
    newest = max(migration.version for migration in migrations)
    if max(applied, default=0) > newest:
        raise UnavailableError(
            Reason.LIBRARY_UNAVAILABLE,
            f"{path} was written by a newer Albumen: its schema is version {max(applied)}, this program knows up to "
            f"{newest}. Upgrade Albumen, or restore a backup of the file from before.",
        )
    for migration in migrations:
        if migration.version not in applied:
            cursor.begin()
            try:
                cursor.execute(migration.sql)
                cursor.execute(
                    "INSERT INTO migration VALUES (?, ?, now()::TIMESTAMP)", [migration.version, migration.name]
                )
                cursor.commit()
            except BaseException:
                cursor.rollback()
                raise
