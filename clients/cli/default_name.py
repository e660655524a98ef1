"""What a picture of an image is called where its user gives it no name."""

import re
from pathlib import Path
from typing import Final

from albumen.catalog.v1.image_pb2 import Image
from clients.cli.resolution import short_id

# A name has room for 255 bytes in most file systems, and 143 in encrypted ones.
_STEM_BYTES: Final = 100
_SUFFIX: Final = re.compile(r"\.\w{1,8}", re.ASCII)
# For the help of all commands that write one.
DEFAULT: Final = "Default: in this folder, the photo's name with the start of its id"


def default_name(image: Image, *kinds: str, suffix: str = ".jpg") -> Path:
    """Return the name of the photo, the start of its id and what is special of the picture: ``cat-0a1b2c3d4e-256.jpg``.

    It tells of which photo it is, and is neither that of another one's picture nor of another kind of picture.

    Args:
        image: of which it is.
        kinds: what tells it from other pictures of the image; empty ones are left out.
        suffix: of the name.

    """
    # The name comes from the catalog: nothing of it may lead to another folder, or be too long for a file system.
    words = re.sub(r"[^\w.-]+", "-", Path(image.file_name).stem).strip(".-")
    stem = words.encode()[:_STEM_BYTES].decode(errors="ignore")
    return Path("-".join(filter(None, (stem, short_id(image.name), *kinds))) + suffix)


def original_name(image: Image) -> Path:
    """Return likewise the name of the original, whose suffix stays as it is."""
    suffix = Path(image.file_name).suffix
    return default_name(image, suffix=suffix if _SUFFIX.fullmatch(suffix) else "")
