"""The errors for libraries that can't be served: for callers by the library's name, for the log by its path."""

import contextlib
import errno
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import duckdb
import structlog

from services.common.errors import AlbumenError, Reason, ResourceExhaustedError, UnavailableError

_log = structlog.get_logger()

# What DuckDB passes on of the system's errors, and of its own, when nothing more can be written.
_NO_ROOM: Final = ("No space left", "Disk quota exceeded", "File too large", "Could not write all bytes")
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DAMAGED: Final = ("not a valid DuckDB", "Corrupt", "checksum", "Failure while replaying WAL")
# Whoever comes again while it lasts waits for its end.
_EMPTIED_SECONDS: Final = 0.1
_NO_SPACE: Final = "Its disk is full: free space, then try again."
_RESTORE: Final = "Its file is damaged: restore it from a backup, or erase the library by DeleteLibrary with force set."


def unavailable(path: Path, error: duckdb.Error) -> UnavailableError:
    """Return the error for a library's file that DuckDB cannot serve; says what to do where the cause is known."""
    _log.error("library_unavailable", file=str(path), error=str(error))
    # The path may itself contain a word that is looked for.
    text = str(error).replace(str(path.parent), "")
    if "lock" in text and "Conflicting" in text:
        advice = "Another process has its file open: stop that process, or give each catalog its own folder."
    elif _has_no_room(text):
        advice = _NO_SPACE
    elif any(word in text for word in _DAMAGED):
        advice = _RESTORE
    else:
        advice = "Check that the service may read and write its file; the service's log has the cause."
    return library_unavailable(path, advice)


def gives_up(error: duckdb.Error) -> bool:
    """Return whether DuckDB serves nothing of the file any more before it is opened anew."""
    return "has been invalidated" in str(error)


def not_replaced(path: Path, error: OSError) -> AlbumenError:
    """Return the error for a library whose copy, which is whole, can't take the place of its file."""
    if error.errno in _FULL:
        return disk_full(path, {})
    return library_unavailable(path, f"Its file can't be replaced ({error.strerror}).")


@contextlib.contextmanager
def disk_full_told(path: Path) -> Iterator[None]:
    """Turn LIBRARY_UNAVAILABLE into DISK_FULL where that is its cause, for calls that know of it."""
    try:
        yield
    except UnavailableError as error:
        if isinstance(error.__cause__, duckdb.Error) and _has_no_room(str(error.__cause__)):
            raise disk_full(path, {}) from error
        raise


def copy_failed(path: Path, error: duckdb.Error) -> AlbumenError:
    """Return the error for a library whose file can't be written anew, and is as it was."""
    if not _has_no_room(str(error)):
        return unavailable(path, error)
    return disk_full(path, {})


def disk_full(path: Path, metadata: Mapping[str, str]) -> ResourceExhaustedError:
    """Return the error for a library whose disk has no room for a second file; `metadata` is for programs."""
    library_id = path.name.partition(".")[0]
    return ResourceExhaustedError(
        Reason.DISK_FULL,
        f"The disk has no room to write library {library_id!r} anew, which takes as much as what it holds. Free space, "
        "then try again: until then the bytes of what was deleted may remain in its file.",
        resource=f"libraries/{library_id}",
        metadata=metadata,
    )


def not_copied(library_id: str, error: Exception) -> AlbumenError:
    """Return the error for a library that can't be copied into the folder of backups."""
    if (error.errno in _FULL) if isinstance(error, OSError) else _has_no_room(str(error)):
        return no_room_for_copy(library_id, {})
    _log.error("backup_failed", library=library_id, error=str(error))
    cause = error.strerror if isinstance(error, OSError) else "the service's log has the cause"
    return UnavailableError(
        Reason.BACKUPS_UNAVAILABLE,
        f"Library {library_id!r} can't be written into the folder of backups ({cause}). Check the disk and its "
        "permissions, then try again.",
        resource=f"libraries/{library_id}",
    )


def not_restored(library_id: str, error: OSError) -> AlbumenError:
    """Return the error for a library that can't be copied out of a backup."""
    if error.errno in _FULL:
        return no_room_for_copy(library_id, {})
    _log.error("restore_failed", library=library_id, error=str(error))
    return UnavailableError(
        Reason.BACKUPS_UNAVAILABLE,
        f"Library {library_id!r} can't be restored: a file can't be read or written ({error.strerror}). Check the "
        "disks of the backups and of the libraries, and their permissions, then try again.",
        resource=f"libraries/{library_id}",
    )


def no_room_for_copy(library_id: str, metadata: Mapping[str, str]) -> ResourceExhaustedError:
    """Return the error for a library of which the disk has no room for a copy; `metadata` is for programs."""
    return ResourceExhaustedError(
        Reason.DISK_FULL,
        f"The disk has no room for a copy of library {library_id!r}, which takes as much as what it holds. Free space, "
        "or delete backups, then try again.",
        resource=f"libraries/{library_id}",
        metadata=metadata,
    )


def log_damaged(path: Path, log: Path) -> UnavailableError:
    """Return the error for a library whose log DuckDB would pass over, and remove; says what to do."""
    _log.error("library_unavailable", file=str(path), error=f"the log {log.name} is damaged")
    return library_unavailable(
        path,
        "Its log, which holds its last changes, is damaged: restore its file and its log from a backup, move the log "
        "away to go without those changes, or erase the library by DeleteLibrary with force set.",
    )


def folder_unusable(path: Path, error: OSError) -> UnavailableError:
    """Return the error for a library whose folder of embeddings, which lies beside its file, can't be changed."""
    _log.error("library_unavailable", file=str(error.filename or path), error=str(error))
    if error.errno in _FULL:
        return library_unavailable(path, _NO_SPACE)
    return library_unavailable(
        path,
        f"The folder beside its file that holds its embeddings can't be changed ({error.strerror or error}). Give the "
        "service access to it, or remove it: it is made anew. The service's log has its name.",
    )


@contextlib.contextmanager
def blamed(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file makes of the code that reads it into LIBRARY_UNAVAILABLE of its library."""
    try:
        yield
    except AlbumenError:
        raise
    except Exception as error:
        _log.exception("library_unavailable", file=str(path))
        raise library_unavailable(path, _RESTORE) from error


def library_unavailable(path: Path, advice: str) -> UnavailableError:
    """Return the error for the library with the file `path`; `advice` is of whole sentences."""
    library_id = path.name.partition(".")[0]
    return UnavailableError(
        Reason.LIBRARY_UNAVAILABLE,
        f"Library {library_id!r} can't be used. {advice}",
        resource=f"libraries/{library_id}",
    )


def being_emptied(library_id: str) -> UnavailableError:
    """Return the error for calls that an erasure overtakes, of a library that is there again as soon as it is over."""
    return UnavailableError(
        Reason.LIBRARY_UNAVAILABLE,
        f"Library {library_id!r} is being erased, and will be there again, empty. Try again in a moment.",
        resource=f"libraries/{library_id}",
        retry_after=_EMPTIED_SECONDS,
    )


def _has_no_room(text: str) -> bool:
    return any(word in text for word in _NO_ROOM)


def shutting_down() -> UnavailableError:
    """Return the error for calls that come when libraries are being closed for good."""
    return UnavailableError(
        Reason.SHUTTING_DOWN, "The catalog is shutting down. Try again in a moment.", retry_after=1.0
    )
