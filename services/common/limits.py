"""The bounds of what a caller may send. Those of images, faces and libraries are defaults that settings change."""

from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1024 * 1024
MEGAPIXEL: Final = 1_000_000

MAX_IMAGE_BYTES: Final = 32 * MEBIBYTE
MAX_IMAGE_PIXELS: Final = 100 * MEGAPIXEL
MAX_FACE_IMAGE_BYTES: Final = MEBIBYTE
MAX_FACE_IMAGE_PIXELS: Final = 4 * MEGAPIXEL
MAX_FACES_PER_EMBED: Final = 256
MAX_FACES_PER_IMAGE: Final = 256
MAX_OBJECTS_PER_IMAGE: Final = 100
MAX_CHUNK_BYTES: Final = 4 * MEBIBYTE - 1024
MAX_LIBRARIES: Final = 1_000
MAX_DISPLAY_NAME_CHARS: Final = 200
MAX_FILE_NAME_CHARS: Final = 255
MAX_SOURCE_URI_CHARS: Final = 2_048
MAX_SOURCES_PER_IMAGE: Final = 100

# Lists are cut so that no page is larger, whatever it holds: clients take 4 MiB unless told otherwise.
MAX_PAGE_BYTES: Final = 3 * MEBIBYTE

# Room for everything in a message but its image: boxes, names, framing.
MESSAGE_OVERHEAD_BYTES: Final = MEBIBYTE


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """How large an image may be.

    Attributes:
        max_bytes: size of the encoded file, in bytes.
        max_pixels: width times height, as the header declares them.

    """

    max_bytes: int = MAX_IMAGE_BYTES
    max_pixels: int = MAX_IMAGE_PIXELS
