"""Libraries that come back from backups, as operations: each is there whole, or not at all."""

import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Final

import structlog

from services.catalog.backup.backups import Backups
from services.catalog.backup.errors import backup_damaged, backup_newer
from services.catalog.backup.hashing import copy_file
from services.catalog.backup.making import FILE
from services.catalog.backup.manifest import Manifest
from services.catalog.catalog import Catalog
from services.catalog.operations.kind import Kind, Progress, Steps, Task
from services.catalog.storage.schema import known_migrations
from services.catalog.storage.unavailable import no_room_for_copy, not_restored
from services.common.errors import AlreadyExistsError
from services.common.limits import MEBIBYTE

# Beside the library, so that others who write find room.
_SPARE_BYTES: Final = 16 * MEBIBYTE
RESTORE: Final = "restore"
_log = structlog.get_logger()


class Restorer:
    """Restores libraries from backups.

    Args:
        catalog: the libraries.
        backups: of them.
        directory: the folder of the libraries, to look for room in.

    """

    def __init__(self, catalog: Catalog, backups: Backups, directory: Path) -> None:
        self._catalog = catalog
        self._backups = backups
        self._directory = directory

    @property
    def kind(self) -> Kind:
        """The kind of operation that restores a library."""
        return Kind(RESTORE, self._steps, makes_library=True)

    def check(self, backup_id: str, library_id: str) -> Manifest:
        """Refuse what can be refused at once; return what the backup says of itself.

        Raises:
            AlreadyExistsError: LIBRARY_EXISTS.
            FailedPreconditionError: BACKUPS_OFF, BACKUP_DAMAGED, BACKUP_NEWER.
            InvalidArgumentError: LIBRARY_ID_INVALID.
            NotFoundError: BACKUP_NOT_FOUND.
            ResourceExhaustedError: TOO_MANY_LIBRARIES, DISK_FULL.
            UnavailableError: BACKUPS_UNAVAILABLE.

        """
        manifest = self._backups.manifest(backup_id)
        newest = max(migration.version for migration in known_migrations())
        if manifest.content.schema > newest:
            raise backup_newer(
                backup_id,
                f"Its schema is version {manifest.content.schema}, and this program knows up to {newest}.",
            )
        if [file.name for file in manifest.files] != [FILE]:
            raise backup_damaged(backup_id, "Its manifest speaks of other files than those of a backup.")
        self._catalog.arrivals.check_free(library_id)
        needed, free = manifest.size_bytes + _SPARE_BYTES, shutil.disk_usage(self._directory).free
        if needed > free:
            raise no_room_for_copy(library_id, {"needed_bytes": str(needed), "free_bytes": str(free)})
        return manifest

    def _steps(self, task: Task) -> Steps:
        """Restore a library; the record has its name. Errors as `check`, and LIBRARY_UNAVAILABLE."""
        backup_id, library_id = str(task.request["backup"]), task.library_id
        try:
            manifest = self.check(backup_id, library_id)
        except AlreadyExistsError:
            # It may have been there when the process died.
            if task.attempt > 1 and self._is_of(library_id, self._backups.manifest(backup_id)):
                return {"library": f"libraries/{library_id}"}
            raise
        with self._catalog.arrivals.arriving(library_id) as path:
            yield from self._copy(backup_id, library_id, manifest, path)
            record = self._catalog.arrivals.adopt(path, library_id)
        _log.info("library_restored", library=library_id, backup=backup_id, images=record.image_count)
        return {"library": f"libraries/{library_id}"}

    def _copy(self, backup_id: str, library_id: str, manifest: Manifest, path: Path) -> Generator[Progress, None, None]:
        (expected,) = manifest.files
        source = self._backups.folder.find(backup_id) / FILE
        if not source.is_file() or source.stat().st_size != expected.size_bytes:
            raise backup_damaged(backup_id, f"Its file {FILE} is missing, or of another size.")
        try:
            copied = yield from copy_file(source, path)
        except OSError as error:
            raise not_restored(library_id, error) from error
        if copied.sha256 != expected.sha256:
            raise backup_damaged(backup_id, f"Its file {FILE} has another SHA-256 than when it was made.")

    def _is_of(self, library_id: str, manifest: Manifest) -> bool:
        """Return whether a library that is there was made of a backup."""
        return self._catalog.record(library_id).create_time == manifest.content.create_time
