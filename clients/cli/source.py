"""Where an image's file is: file URIs, and the original that a URI leads back to."""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from albumen.catalog.v1.image_pb2 import Image
from clients.cli.advised import command
from clients.cli.failure import CommandError

# Of places where images are held while files change names: our own bookkeeping, nothing for people to see.
MOVING_SCHEME: Final = "x-albumen-moving:"
_BLOCK_BYTES: Final = 1024 * 1024


def to_uri(path: Path) -> str:
    """Return the file URI of `path` as the user sees it: symbolic links are kept."""
    text = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow the links
    if os.name == "nt":
        return Path(text).as_uri()
    # What as_uri() does, in half the time: this is done for every file of a walk.
    return "file://" + quote_from_bytes(os.fsencode(text))


def to_path(uri: str) -> Path | None:
    """Return the local path of a file URI, or None if `uri` is something else."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    path = unquote_to_bytes(parts.path)
    if b"\0" in path:
        return None
    text = os.fsdecode(path)
    return Path(text.lstrip("/") if os.name == "nt" else text)


def file_sha256(file: BinaryIO) -> tuple[str, int]:
    """Return the SHA-256 of the rest of `file` as hexadecimal digits, and its size in bytes."""
    digest = hashlib.sha256()
    size = 0
    while block := file.read(_BLOCK_BYTES):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def find_original(image: Image) -> Path | None:
    """Return the file on this machine that still holds exactly the bytes of `image`, or None."""
    wanted = image.name.rpartition("/")[2]
    for uri in image.source_uris:
        path = to_path(uri)
        try:
            # The size first: what a URI leads to may be huge, or no file at all.
            if path is None or not path.is_file() or path.stat().st_size != image.size_bytes:
                continue
            with path.open("rb") as file:
                if file_sha256(file)[0] == wanted:
                    return path
        except OSError:
            continue
    return None


def require_original(image: Image) -> Path:
    """Return the original of `image`.

    Raises:
        CommandError: it is gone, changed or on another machine.

    """
    if (path := find_original(image)) is not None:
        return path
    places = [uri for uri in image.source_uris if not uri.startswith(MOVING_SCHEME)]
    raise CommandError(
        f"The original of {image.file_name or image.name} is not here, or its bytes have changed since.",
        lines=[f"looked at {uri}" for uri in places] or ["it was indexed without a source URI"],
        advice=f"Put the file back, or index it from where it is now: `{command('index', 'PATH')}`.",
    )
