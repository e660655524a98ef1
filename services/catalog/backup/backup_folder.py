"""The folder of backups and exports, with all that a crash left half done cleared away."""

import contextlib
import os
import re
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from services.catalog.backup.errors import backup_not_found, backups_off, backups_unavailable
from services.catalog.backup.manifest import Manifest, made_by
from services.catalog.erasure import remove
from services.catalog.storage.file_copy import sync_folder

BACKUPS: Final = "backups"
EXPORTS: Final = "exports"
# A folder is being written, or is being deleted, by this process: the next one removes it.
_UNFINISHED: Final = ".unfinished"
_DELETED: Final = ".deleted"
_LOCK: Final = ".catalog.lock"
_OWNER_ONLY: Final = 0o700
_OWNER_ONLY_FILE: Final = 0o600
_ID: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,98}[a-z0-9])?")
# DuckDB takes these for the beginning of a query, for patterns, and for a separator.
_MISREAD: Final = "?*[\\"


class BackupFolder:
    """The folder, held from its first use to `close` or until the process dies; methods may be called from any thread.

    It is never made: where a drive is not mounted, what would be written there would fill another one.

    Args:
        path: the folder; None if there are to be no backups.

    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._held: FileLock | None = None
        self._held_file: tuple[int, int] | None = None

    @property
    def is_set(self) -> bool:
        """Whether backups are to be had at all."""
        return self._path is not None

    def require(self) -> Path:
        """Return the folder, which is there, is this process's, and holds nothing half done.

        Raises:
            FailedPreconditionError: BACKUPS_OFF.
            UnavailableError: BACKUPS_UNAVAILABLE.

        """
        if self._path is None:
            raise backups_off()
        with self._lock:
            if not self._path.is_dir():
                self._let_go()
                raise backups_unavailable("it is not there")
            if any(character in _MISREAD for character in str(self._path.resolve())):
                raise backups_unavailable("DuckDB misreads a ?, *, [ or \\ in its path")
            try:
                self._hold(self._path)
            except OSError as error:
                raise backups_unavailable(error.strerror or "it can't be written") from error
        return self._path

    def ids(self) -> list[str]:
        """Return the ids of all backups, in any order; errors as in `require`."""
        try:
            with os.scandir(self.require() / BACKUPS) as entries:
                # A link is no backup, wherever it leads to; one that leads to itself can't even be followed.
                return [
                    entry.name for entry in entries if is_backup_id(entry.name) and entry.is_dir(follow_symlinks=False)
                ]
        except OSError as error:
            raise backups_unavailable(error.strerror or "it can't be read") from error

    def find(self, backup_id: str) -> Path:
        """Return the folder of a backup.

        Raises:
            NotFoundError: BACKUP_NOT_FOUND.

        """
        folder = self.require() / BACKUPS / backup_id
        if not is_backup_id(backup_id) or not folder.is_dir() or folder.is_symlink():
            raise backup_not_found(backup_id)
        return folder

    @contextlib.contextmanager
    def making(self, kind: str) -> Iterator["UnfinishedFolder"]:
        """Give a new folder among `BACKUPS` or `EXPORTS`, which is removed unless it is published."""
        folder = self.require() / kind / f"{secrets.token_hex(8)}{_UNFINISHED}"
        try:
            folder.mkdir(mode=_OWNER_ONLY)
        except OSError as error:
            raise backups_unavailable(error.strerror or "it can't be written") from error
        unfinished = UnfinishedFolder(folder)
        try:
            yield unfinished
        finally:
            with contextlib.suppress(OSError):
                remove(folder)

    def made_by(self, kind: str, operation_id: str) -> tuple[str, Manifest] | None:
        """Return name and manifest of what an operation has made, of a kind as in `making`; errors as in `require`."""
        try:
            return made_by(self.require() / kind, operation_id)
        except OSError as error:
            raise backups_unavailable(error.strerror or "it can't be read") from error

    def delete(self, backup_id: str) -> None:
        """Delete a backup: it is gone at once, and the next process removes what this one can't.

        Raises:
            NotFoundError: BACKUP_NOT_FOUND.
            UnavailableError: BACKUPS_UNAVAILABLE.

        """
        folder = self.find(backup_id)
        gone = folder.with_name(f"{backup_id}-{secrets.token_hex(4)}{_DELETED}")
        try:
            folder.rename(gone)
            sync_folder(gone.parent)
            remove(gone)
        except FileNotFoundError as error:
            raise backup_not_found(backup_id) from error
        except OSError as error:
            raise backups_unavailable(error.strerror or "it can't be written") from error

    def close(self) -> None:
        """Let another catalog have the folder."""
        with self._lock:
            self._let_go()

    def _hold(self, path: Path) -> None:
        # The drive may have gone and come, and with it a lock that is another one by now, or nobody's.
        if self._held is not None and _identity(path / _LOCK) == self._held_file:
            return
        self._let_go()
        # Whoever lets go of it may be another thread.
        lock = FileLock(path / _LOCK, blocking=False, mode=_OWNER_ONLY_FILE, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise backups_unavailable("another catalog has it") from None
        self._held, self._held_file = lock, _identity(path / _LOCK)
        for kind in (BACKUPS, EXPORTS):
            (path / kind).mkdir(mode=_OWNER_ONLY, exist_ok=True)
            for ending in (_UNFINISHED, _DELETED):
                for rest in (path / kind).glob(f"*{ending}"):
                    remove(rest)

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.release()
            self._held = None


class UnfinishedFolder:
    """A folder that nobody finds yet.

    Attributes:
        path: where it is written.

    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def publish(self, name: str) -> str:
        """Give the folder, whose files are durable, its name, or that with a number if it is taken; return it.

        Raises:
            OSError: it can't be renamed.

        """
        sync_folder(self.path)
        number = 1
        while True:
            chosen = name if number == 1 else f"{name}-{number}"
            target = self.path.with_name(chosen)
            # A folder in its place is left alone; one that is empty would be replaced.
            if not target.exists():
                self.path.rename(target)
                sync_folder(target.parent)
                return chosen
            number += 1


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def is_backup_id(text: str) -> bool:
    """Return whether `text` can be the id of a backup."""
    return _ID.fullmatch(text) is not None
