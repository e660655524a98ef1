"""A photo's pixels as its viewer sees them: upright, in plain RGB, just as the detector saw them."""

from pathlib import Path
from typing import Final

from PIL import Image

from clients.cli.failure import CommandError
from services.common.errors import InvalidArgumentError
from services.common.image_header import read_header
from services.common.image_pixels import decode_pixels, upright
from services.common.limits import ImageLimits

# The most that a server can be configured to take: the file was indexed, so one has.
_LIMITS: Final = ImageLimits(max_bytes=1024**3, max_pixels=1_000_000_000)


def load_upright(path: Path, *, longest_side: int | None = None) -> Image.Image:
    """Return the photo at `path`, its EXIF orientation applied, as 8-bit RGB; transparent parts are white.

    Args:
        path: an image file.
        longest_side: the photo is made smaller, never larger, until no side has more pixels.

    Raises:
        CommandError: the file can't be read or decoded.

    """
    try:
        data = path.read_bytes()
        header = read_header(data, _LIMITS)
        draft = (longest_side, longest_side) if longest_side is not None else None
        pixels = upright(decode_pixels(data, draft=draft), header.orientation)
    except InvalidArgumentError as error:
        raise CommandError(f"{path} can't be shown: {error.message}", reason=str(error.reason)) from error
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror or error}.") from error
    photo = Image.fromarray(pixels)
    if longest_side is not None:
        photo.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return photo
