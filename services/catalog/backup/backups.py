"""The backups that there are."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from services.catalog.backup.backup_folder import BackupFolder
from services.catalog.backup.errors import backup_damaged, backup_newer
from services.catalog.backup.keeping import Keeping
from services.catalog.backup.manifest import DamagedManifestError, Manifest, NewerManifestError
from services.catalog.backup.record import BackupRecord
from services.catalog.records import Page
from services.common.errors import AlbumenError, NotFoundError

# Of what grows old by the day, whether it is too old is asked by the quarter of an hour.
_LOOK_SECONDS: Final = 900.0
# When it was made, as text that sorts as the times do, and its id.
BackupKey = tuple[str, str]
_log = structlog.get_logger()


class Backups:
    """Lists and deletes backups, and forgets those that are too old; methods may be called from any thread.

    Args:
        folder: where they are.
        keeping: how long they are kept.

    Attributes:
        folder: where they are.

    """

    def __init__(self, folder: BackupFolder, keeping: Keeping) -> None:
        self.folder = folder
        self._keeping = keeping
        self._lock = threading.Lock()
        self._looked = float("-inf")

    def get(self, backup_id: str) -> BackupRecord:
        """Return a backup.

        Raises:
            FailedPreconditionError: BACKUPS_OFF.
            NotFoundError: BACKUP_NOT_FOUND.
            UnavailableError: BACKUPS_UNAVAILABLE.

        """
        return self._record(self.folder.find(backup_id))

    def manifest(self, backup_id: str) -> Manifest:
        """Return what a backup says of itself; errors as `get`.

        Raises:
            FailedPreconditionError: BACKUP_DAMAGED, BACKUP_NEWER.

        """
        try:
            return Manifest.read(self.folder.find(backup_id))
        except NewerManifestError as error:
            raise backup_newer(backup_id, f"Its form is not known: {error}.") from error
        except DamagedManifestError as error:
            raise backup_damaged(backup_id, f"Its manifest can't be read: {error}.") from error

    def list(
        self, library_id: str | None = None, *, after: BackupKey | None = None, limit: int
    ) -> Page[BackupRecord, BackupKey]:
        """List backups, of one library or all, the newest first; those that are damaged too. Errors as `get`."""
        keyed = {_key(record): record for record in self._all() if library_id in (None, record.library)}
        keys = [key for key in sorted(keyed, reverse=True) if after is None or key < after]
        page = tuple(keys[:limit])
        return Page(tuple(keyed[key] for key in page), page, page[-1] if len(keys) > limit else None)

    def delete(self, backup_id: str, *, validate_only: bool = False) -> BackupRecord:
        """Delete a backup; return it as it was. Errors as `get`."""
        record = self.get(backup_id)
        if not validate_only:
            self.folder.delete(backup_id)
            _log.info("backup_deleted", backup=backup_id, library=record.library)
        return record

    def expire(self) -> None:
        """Delete the backups that are too old, or too many."""
        with self._lock:
            self._looked = time.monotonic()
            for backup_id in self._keeping.expired(self._all(), datetime.now(UTC)):
                try:
                    self.folder.delete(backup_id)
                    _log.info("backup_expired", backup=backup_id)
                except NotFoundError:
                    continue

    def expire_if_due(self) -> None:
        """Do so now and then; meant to be called every few seconds."""
        if not self.folder.is_set or time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        try:
            self.expire()
        except AlbumenError as error:
            # The drive may come back.
            _log.warning("backups_not_expired", reason=str(error.reason), error=error.message)

    def _all(self) -> Sequence[BackupRecord]:
        records = []
        for backup_id in self.folder.ids():
            try:
                records.append(self.get(backup_id))
            except NotFoundError:
                continue  # Deleted since the names were read.
        return records

    def _record(self, folder: Path) -> BackupRecord:
        try:
            manifest = Manifest.read(folder)
        except DamagedManifestError:
            try:
                made = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
            except OSError:
                made = datetime.fromtimestamp(0, UTC)
            return BackupRecord(folder.name, "", made, self._keeping.expire_time(made), 0, "", None)
        made = manifest.content.time
        return BackupRecord(
            id=folder.name,
            library=manifest.library,
            create_time=made,
            expire_time=self._keeping.expire_time(made),
            size_bytes=manifest.size_bytes,
            albumen=manifest.albumen,
            content=manifest.content,
        )


def _key(record: BackupRecord) -> BackupKey:
    return record.create_time.astimezone(UTC).isoformat(timespec="microseconds"), record.id
