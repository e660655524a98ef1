"""Brings a library's file to the schema that this program knows."""

import contextlib
import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import duckdb

from services.catalog.storage.unavailable import library_unavailable

_FILE_NAME: Final = re.compile(r"(\d{4})_\w+\.sql")
_TABLE: Final = """CREATE TABLE IF NOT EXISTS migration (
    version INTEGER PRIMARY KEY, name VARCHAR, apply_time TIMESTAMP, sha256 VARCHAR
)"""


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

    @property
    def sha256(self) -> str:
        """Hash of the statements, 64 lower-case hexadecimal digits."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known_migrations() -> tuple[Migration, ...]:
    """Return the migrations that come with this program, in order."""
    files = resources.files("services.catalog.storage.migrations").iterdir()
    return tuple(
        Migration(int(match[1]), file.name, file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda file: file.name)
        if (match := _FILE_NAME.fullmatch(file.name))
    )


def migrate(cursor: duckdb.DuckDBPyConnection, path: Path, migrations: tuple[Migration, ...]) -> bool:
    """Apply what is missing of `migrations` to the open file at `path`, each in a transaction of its own.

    Returns:
        Whether it was upgraded: until the next checkpoint, each read of a column that was changed looks at the old
        values and at the new ones.

    Raises:
        UnavailableError: LIBRARY_UNAVAILABLE, the file was written by a newer version, or by other statements.

    """
    cursor.execute(_TABLE)
    _keep_hashes(cursor, migrations)
    applied = dict(cursor.execute("SELECT version, sha256 FROM migration").fetchall())
    newest = max(migration.version for migration in migrations)
    if max(applied, default=0) > newest:
        raise library_unavailable(
            path,
            f"It was written by a newer Albumen: its schema is version {max(applied)}, this program knows up to "
            f"{newest}. Upgrade Albumen, or restore a backup from before.",
        )
    new = [migration for migration in migrations if migration.version not in applied]
    for migration in migrations:
        if migration in new:
            _apply(cursor, migration)
        elif applied[migration.version] != migration.sha256:
            # Its tables may be other ones than the code expects, and nothing would say so until data is lost.
            raise library_unavailable(
                path,
                f"Its schema was made by another {migration.name} than the one in this program, whose file was changed "
                "after it had been applied. Install Albumen anew, or the version that made the library.",
            )
    return bool(new and applied)


def _keep_hashes(cursor: duckdb.DuckDBPyConnection, migrations: tuple[Migration, ...]) -> None:
    """Note the hashes of migrations that were applied before hashes were kept."""
    columns = cursor.execute("SELECT name FROM pragma_table_info('migration')").fetchall()
    if ("sha256",) not in columns:
        cursor.execute("ALTER TABLE migration ADD COLUMN sha256 VARCHAR")
    for (version,) in cursor.execute("SELECT version FROM migration WHERE sha256 IS NULL").fetchall():
        for migration in migrations:
            if migration.version == version:
                cursor.execute("UPDATE migration SET sha256 = ? WHERE version = ?", [migration.sha256, version])


def _apply(cursor: duckdb.DuckDBPyConnection, migration: Migration) -> None:
    cursor.begin()
    try:
        cursor.execute(migration.sql)
        cursor.execute(
            "INSERT INTO migration (version, name, apply_time, sha256) VALUES (?, ?, now()::TIMESTAMP, ?)",
            [migration.version, migration.name, migration.sha256],
        )
        cursor.commit()
    except BaseException:
        # What failed may have ended the transaction already, and says more than that.
        with contextlib.suppress(duckdb.Error):
            cursor.rollback()
        raise


def schema_version(cursor: duckdb.DuckDBPyConnection) -> int:
    """Return the number of the last migration that was applied."""
    rows = cursor.execute("SELECT coalesce(max(version), 0) FROM migration").fetchall()
    return int(rows[0][0])
