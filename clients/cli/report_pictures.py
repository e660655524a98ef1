"""Pictures that stand in the report itself."""

import base64
import io
from typing import Final

from albumen.catalog.v1.image_pb2 import Image
from clients.cli.failure import CommandError
from clients.cli.photo import load_upright
from clients.cli.source import find_original

_JPEG_QUALITY: Final = 80


def picture_of(image: Image, longest_side: int) -> str:
    """Return the photo as a data URI of a JPEG; empty if its original is not at hand."""
    original = find_original(image)
    if original is None:
        return ""
    try:
        photo = load_upright(original, longest_side=longest_side)
    except CommandError:
        return ""
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return data_uri(buffer.getvalue())


def data_uri(jpeg: bytes) -> str:
    """Return a JPEG as a data URI."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
