"""Files that commands write: whole or not at all, and never in the place of what somebody else made."""

import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clients.cli import exit_codes
from clients.cli.connection import Catalog
from clients.cli.failure import CommandError
from clients.cli.source import file_sha256, to_uri

_ELSEWHERE = "Name another file with -o."


def require_writable(catalog: Catalog, path: Path, is_ours: Callable[[Path], bool]) -> Path:
    """Return where to write what goes to `path`: the file itself, or what a link leads to.

    Args:
        catalog: none of its photos is written over, whether its file is there or away with its drive.
        path: as the user named it.
        is_ours: whether a file holds what this command wrote earlier; nothing else is written over.

    Raises:
        CommandError: something is there that would be lost.
        grpc.RpcError: the catalog can't say what it knows.

    """
    place = Path(os.path.realpath(path))
    try:
        status = _status(path)
        if status is not None and not stat.S_ISREG(status.st_mode):
            raise CommandError(f"{path} is no file.", advice=_ELSEWHERE, exit_code=exit_codes.WRONG_USE)
        if any(catalog.source(uri) is not None for uri in {to_uri(path), to_uri(place)}):
            raise CommandError(f"{path} is an indexed photo.", advice=_ELSEWHERE)
        if status is not None and _has_bytes_of_photo(catalog, place):
            raise CommandError(f"{path} is there, with the very bytes of an indexed photo.", advice=_ELSEWHERE)
        if status is not None and status.st_size and not is_ours(place):
            raise CommandError(f"{path} is there, and this command did not write it.", advice=_or_remove(path))
    except OSError as error:
        raise _unwritable(path, error) from error
    return place


@contextmanager
def replaced(place: Path) -> Iterator[Path]:
    """Yield a new file beside `place`, which takes its place when all is written; else nothing changes.

    Raises:
        CommandError: it can't be written.

    """
    temporary = place.with_name(f".albumen-{secrets.token_hex(6)}.part")
    try:
        try:
            temporary.touch(exist_ok=False)
            if (status := _status(place)) is not None:
                # Whom the old one was kept from, the new one is too.
                temporary.chmod(stat.S_IMODE(status.st_mode))
            yield temporary
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(place, error) from error


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _has_bytes_of_photo(catalog: Catalog, place: Path) -> bool:
    # A download of it, mostly; or its own file, known by another path: one through a link to a folder above it.
    with place.open("rb") as file:
        return catalog.has_image(file_sha256(file)[0])


def _or_remove(path: Path) -> str:
    return f"{_ELSEWHERE.removesuffix('.')}, or remove {path} first if nobody needs it."


def _unwritable(path: Path, error: OSError) -> CommandError:
    return CommandError(f"{path} can't be written: {error.strerror or error}.", advice=_ELSEWHERE)
