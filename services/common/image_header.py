"""What an image file says of itself before any pixel is decoded."""

import struct
import warnings
from dataclasses import dataclass
from typing import Final

from pi_heif import register_heif_opener
from PIL import AvifImagePlugin, ExifTags, Image, TiffImagePlugin, UnidentifiedImageError

from services.common.cut_image import closed
from services.common.damage import DamagedImageError
from services.common.decoding.codec_memory import codec_bytes
from services.common.decoding.work import check_work
from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.format_name import is_raw, name_format
from services.common.heif_items import has_unreadable_items
from services.common.image_exif import read_exif_block
from services.common.limits import ImageLimits
from services.common.metered_file import MeteredFile

# A HEIF container may hold AVIF too, so AVIF is tried first: libheif is here without a decoder for it.
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")

# What Pillow's parsers raise on files that are broken on purpose or by accident.
DECODE_ERRORS: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    struct.error,
    OverflowError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    MemoryError,
)
# Their readers turn them upright themselves, size and pixels: TIFF's by its tag, HEIF's by its own transformations.
_TURNED_BY_READER: Final = frozenset({"TIFF", "HEIF"})
_SIGNATURE_BYTES: Final = 16
# Source: TIFF 6.0 and the DNG specification.
_NEW_SUBFILE_TYPE: Final = 254
_REDUCED: Final = 1
_DNG_VERSION: Final = 50706
_TRANSPOSED: Final = frozenset({5, 6, 7, 8})

# What phones call MPO is a JPEG with further pictures behind it.
_MIME_TYPES: Final = {"MPO": "image/jpeg"}

# The limit is checked against the header below; Pillow's own would only warn.
Image.MAX_IMAGE_PIXELS = None
# One thread a photo: several photos are decoded at once.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
# Pillow warns of damage that leaves the pixels sound. One filter for the process: scoped ones are not thread-safe.
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Format and extent of an image file.

    Attributes:
        format: Pillow's name of the format, one of ``FORMATS``, or ``MPO``.
        mime_type: media type, for example ``image/jpeg``.
        mode: Pillow's name of the pixel layout, for example ``RGB``, ``CMYK``, ``I;16``.
        stored_width: width in pixels as stored, before EXIF orientation.
        stored_height: height in pixels as stored.
        orientation: EXIF orientation, 1 to 8; 1 where absent or invalid.
        codec_bytes: memory that decoding it takes beside its pixels, in bytes, as estimated.

    """

    format: str
    mime_type: str
    mode: str
    stored_width: int
    stored_height: int
    orientation: int
    codec_bytes: int

    @property
    def width(self) -> int:
        """Width of the upright image, in pixels."""
        return self.stored_height if self.orientation in _TRANSPOSED else self.stored_width

    @property
    def height(self) -> int:
        """Height of the upright image, in pixels."""
        return self.stored_width if self.orientation in _TRANSPOSED else self.stored_height


def check_size(size: int, limits: ImageLimits, *, field: str) -> None:
    """Refuse a file of `size` bytes that is empty or over the limit.

    Raises:
        InvalidArgumentError: IMAGE_EMPTY or IMAGE_TOO_LARGE.

    """
    if size == 0:
        raise InvalidArgumentError(Reason.IMAGE_EMPTY, "The image has no bytes. Send the whole file.", field=field)
    if size > limits.max_bytes:
        raise InvalidArgumentError(
            Reason.IMAGE_TOO_LARGE,
            f"The image is larger than the limit of {limits.max_bytes:,} bytes. "
            "Send a smaller file or raise the limit.",
            field=field,
            metadata={"limit": str(limits.max_bytes), "value": str(size)},
        )


def read_header(data: bytes, limits: ImageLimits, *, field: str = "content") -> ImageHeader:
    """Read format, extent and orientation of the encoded image `data`; nothing is decoded.

    Raises:
        InvalidArgumentError: IMAGE_EMPTY, IMAGE_TOO_LARGE, IMAGE_FORMAT_UNSUPPORTED, IMAGE_UNREADABLE,
            IMAGE_TOO_COSTLY or IMAGE_TOO_MANY_PIXELS.

    """
    check_size(len(data), limits, field=field)
    check_work(data, field=field)
    if has_unreadable_items(data):
        raise unreadable("the type of an item is no text", field=field)
    try:
        with Image.open(MeteredFile(closed(data)), formats=FORMATS) as image:
            if _is_preview(image, data):
                raise _unsupported("a camera's raw file, of which only the preview could be read", field)
            header = ImageHeader(
                format=image.format or "",
                mime_type=_MIME_TYPES.get(image.format or "") or image.get_format_mimetype() or "",
                mode=image.mode,
                stored_width=image.width,
                stored_height=image.height,
                orientation=_orientation(image, data),
                codec_bytes=codec_bytes(image, data),
            )
    except UnidentifiedImageError:
        raise _unidentified(data, field) from None
    except DECODE_ERRORS as error:
        raise unreadable(error, field=field) from error
    _check_pixels(header, limits, field)
    return header


def _unidentified(data: bytes, field: str) -> InvalidArgumentError:
    """Return the error for a file that no reader opens: of an unknown format, or of a known one but damaged."""
    other = name_format(data)
    if is_raw(other):
        return _unsupported(other, field)
    for name in FORMATS:
        _, accepts = Image.OPEN[name]
        if accepts is not None and accepts(data[:_SIGNATURE_BYTES]) is True:
            return InvalidArgumentError(
                Reason.IMAGE_UNREADABLE,
                f"The image begins like {name}, but its header is truncated, damaged or of a kind that can't be read.",
                field=field,
            )
    return _unsupported(other, field)


def _unsupported(name: str, field: str) -> InvalidArgumentError:
    found = f"look like {name}, which is not supported" if name else "are not an image in a known format"
    return InvalidArgumentError(
        Reason.IMAGE_FORMAT_UNSUPPORTED,
        f"The bytes {found}. Send a file in a supported format ({', '.join(FORMATS)}).",
        field=field,
    )


def _is_preview(image: Image.Image, data: bytes) -> bool:
    """Whether `image` is only the preview within a camera's raw file, most of which are TIFF by their beginning."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return False
    is_reduced = image.tag_v2.get(_NEW_SUBFILE_TYPE) == _REDUCED
    return is_reduced or _DNG_VERSION in image.tag_v2 or is_raw(name_format(data))


def unreadable(error: BaseException | str, *, field: str = "content") -> InvalidArgumentError:
    """Return the error for an image whose header is fine but whose data is truncated or damaged.

    Args:
        error: what is wrong with it; the words of an error are told only if they are ours.
        field: path of the request's field.

    """
    is_ours = isinstance(error, str | DamagedImageError)
    found = f" ({excerpt(str(error))})" if is_ours else ""
    return InvalidArgumentError(
        Reason.IMAGE_UNREADABLE, f"The image is truncated or damaged and can't be decoded{found}.", field=field
    )


def _orientation(image: Image.Image, data: bytes) -> int:
    if image.format in _TURNED_BY_READER:
        return 1
    try:
        value = read_exif_block(image, data).get(ExifTags.Base.Orientation, 1)
    except DECODE_ERRORS:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1  # noqa: PLR2004


def _check_pixels(header: ImageHeader, limits: ImageLimits, field: str) -> None:
    pixels = header.stored_width * header.stored_height
    if pixels > limits.max_pixels:
        raise InvalidArgumentError(
            Reason.IMAGE_TOO_MANY_PIXELS,
            f"The image has {header.stored_width} x {header.stored_height} pixels, {pixels:,} in all, more than the "
            f"limit of {limits.max_pixels:,}. Send a smaller version or raise the limit.",
            field=field,
            metadata={"limit": str(limits.max_pixels), "value": str(pixels)},
        )
