"""The file of a photo that is sent to the catalog, and not indexed."""

from pathlib import Path

from clients.cli.connection import MAX_FILE_BYTES
from clients.cli.failure import CommandError


def read_photo(photo: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        CommandError: it can't be read, or is larger than any catalog takes.

    """
    try:
        size = photo.stat().st_size
        if size > MAX_FILE_BYTES:
            raise CommandError(f"{photo} has {size:,} bytes, more than {MAX_FILE_BYTES:,}: not a photo.")
        return photo.read_bytes()
    except OSError as error:
        raise CommandError(f"{photo} can't be read: {error.strerror or error}.") from error
