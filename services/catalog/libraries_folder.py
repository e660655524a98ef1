"""The folder of the libraries: made, locked and private, with all that a crash left half done cleared away."""

import contextlib
import errno
import os
import secrets
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from services.catalog.erasure import finish_erasures, remove
from services.catalog.library_paths import ARRIVING, LOG, SUFFIX, UNFINISHED, WHOLE_COPY, beside
from services.catalog.storage.file_copy import finish_copy, sync_folder

_LOCK: Final = ".catalog.lock"
_OWNER: Final = ".catalog.pid"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_OWNER_ONLY: Final = 0o700
_OWNER_ONLY_FILE: Final = 0o600
# DuckDB takes these for the beginning of a query and for a separator, and writes its log beside the folder.
_MISREAD: Final = "?" if os.sep == "\\" else "?\\"


class LibrariesFolderError(Exception):
    """The folder can't be used; the message is one sentence for the log and says what to do."""


class LibrariesFolder:
    """The folder, held by this process until `close` or until it dies.

    Args:
        path: the folder; made if missing.

    Raises:
        LibrariesFolderError: it can't be made, read or written, another catalog has it, or DuckDB can't read its path.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        misread = [character for character in str(path.resolve()) if character in _MISREAD]
        if misread:
            raise LibrariesFolderError(
                f"DuckDB misreads the {misread[0]!r} in the path {path.resolve()}. Choose a folder without it."
            )
        try:
            path.mkdir(parents=True, exist_ok=True, mode=_OWNER_ONLY)
            self._lock = self._acquire()
            self._make_private()
            finish_erasures(path)
            for unfinished in (UNFINISHED, ARRIVING):
                for rest in path.glob(f"*{SUFFIX}{unfinished}*"):
                    remove(rest)
            for library in path.glob(f"*{SUFFIX}"):
                finish_copy(library)
        except OSError as error:
            raise LibrariesFolderError(
                f"The folder {path} can't be used ({error.strerror or error}). Check its permissions, its disk and "
                "that no file is in its place, or choose another."
            ) from error

    def ids(self) -> list[str]:
        """Return the names of the libraries' files, without their suffix, in any order."""
        return [file.name.removesuffix(SUFFIX) for file in self.path.glob(f"*{SUFFIX}")]

    def library(self, library_id: str) -> Path:
        """Return the path of a library's file, whether it is there or not."""
        return self.path / f"{library_id}{SUFFIX}"

    def unfinished(self, library_id: str) -> Path:
        """Return the path at which a library is made before it is `publish`-ed."""
        return self.path / f"{library_id}{SUFFIX}{UNFINISHED}"

    def publish(self, library_id: str) -> None:
        """Give a finished library, made and closed at its unfinished path, its name: it is there from here on.

        Raises:
            OSError: it can't be renamed, or a part of it is still in a log beside it, for which there was no room.

        """
        unfinished = self.unfinished(library_id)
        if beside(unfinished, LOG).exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        unfinished.chmod(_OWNER_ONLY_FILE)
        unfinished.rename(self.library(library_id))
        sync_folder(self.path)

    def arriving(self, library_id: str) -> Path:
        """Return a path of nobody else's at which a library is put together that is to have a place."""
        return beside(self.library(library_id), f"{ARRIVING}-{secrets.token_hex(8)}")

    def adopt(self, arrived: Path, library_id: str) -> None:
        """Give a library, closed at its arriving path, its place, and that of one that is closed there.

        The rename decides: whoever dies behind it leaves the library that has arrived.

        Raises:
            OSError: it can't be renamed, or a part of it is still in a log beside it, for which there was no room.

        """
        if beside(arrived, LOG).exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        arrived.chmod(_OWNER_ONLY_FILE)
        with arrived.open("rb") as file:
            os.fsync(file.fileno())
        place = self.library(library_id)
        arrived.rename(beside(place, WHOLE_COPY))
        sync_folder(self.path)
        finish_copy(place)

    def close(self) -> None:
        """Let another catalog have the folder."""
        self._lock.release()

    def _acquire(self) -> FileLock:
        lock = FileLock(self.path / _LOCK, blocking=False, mode=_OWNER_ONLY_FILE)
        # Beside the lock, because taking a lock empties its file.
        owner = self.path / _OWNER
        try:
            lock.acquire()
        except Timeout:
            process = owner.read_text().strip() if owner.exists() else ""
            holder = f"process {process}" if process.isdecimal() else "another process"
            raise LibrariesFolderError(
                f"The folder {self.path} is in use by the catalog of {holder}. Stop that one, or give each catalog a "
                "folder of its own."
            ) from None
        try:
            owner.write_text(f"{os.getpid()}\n")
        except OSError as error:
            # It is there to be told to others: on a full disk, libraries can still be read.
            if error.errno not in _FULL:
                raise
        return lock

    def _make_private(self) -> None:
        """Take from everybody but the owner what older versions left open to them."""
        with contextlib.suppress(PermissionError):
            # A volume may belong to somebody else, who gave it to us to use.
            self.path.chmod(_OWNER_ONLY)
        for file in self.path.glob(f"*{SUFFIX}*"):
            if file.is_file() and not file.is_symlink():
                with contextlib.suppress(PermissionError):
                    file.chmod(_OWNER_ONLY_FILE)
