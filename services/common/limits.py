"""The bounds of what a caller may send. Those of images, faces and libraries are defaults that settings change."""

from dataclasses import dataclass, field
from typing import Final

MEBIBYTE: Final = 1024 * 1024
MEGAPIXEL: Final = 1_000_000

MAX_IMAGE_BYTES: Final = 32 * MEBIBYTE
MAX_IMAGE_PIXELS: Final = 100 * MEGAPIXEL
MAX_FACE_IMAGE_BYTES: Final = MEBIBYTE
MAX_FACE_IMAGE_PIXELS: Final = 4 * MEGAPIXEL
MAX_FACES_PER_EMBED: Final = 256
MAX_FACES_PER_IMAGE: Final = 256
# Detected and drawn by hand together, those that were rejected included.
MAX_FACES_WITH_DRAWN: Final = 512
# Pixels of the shorter side of a face that is drawn by hand: of a smaller one, nothing can be told.
MIN_DRAWN_SIDE: Final = 8
# Each takes a run of the model.
MAX_DETECT_BOXES: Final = 16
MAX_OBJECTS_PER_IMAGE: Final = 100
# Of an image that is sent in chunks, and of the message around each.
MAX_CHUNK_BYTES: Final = 4 * MEBIBYTE - 1024
MAX_CHUNK_MESSAGE_BYTES: Final = 4 * MEBIBYTE + 16 * 1024
MAX_LIBRARIES: Final = 1_000
MAX_DISPLAY_NAME_CHARS: Final = 200
MAX_FILE_NAME_CHARS: Final = 255
# What users say of an image; a description may be an album's, too.
MAX_RATING: Final = 5
MAX_DESCRIPTION_CHARS: Final = 2_000
MAX_TAGS: Final = 100
MAX_TAG_CHARS: Final = 100
MAX_SOURCE_URI_CHARS: Final = 2_048
MAX_SOURCES_PER_IMAGE: Final = 100

# What the structure of an image file may ask for. The costliest takes about two seconds, no honest file a tenth of it.
MAX_SCANNED_PIXELS: Final = 1_500 * MEGAPIXEL
MAX_JPEG_SEGMENTS: Final = 20_000
MAX_PNG_CHUNKS: Final = 100_000
MAX_TIFF_PARTS: Final = 200_000
MAX_GIF_BLOCKS: Final = 20_000
MAX_RUN_LENGTH_BYTES: Final = 2 * MEBIBYTE
MAX_RUN_LENGTH_PIXELS: Final = 16 * MEGAPIXEL

# What decoding one photo may take, and all photos of a process together.
DECODE_CPU_SECONDS: Final = 5.0
DECODE_WALL_SECONDS: Final = 10.0
DECODE_MEMORY_MIB: Final = 416

# Lists are cut so that no page is larger, whatever it holds: clients take 4 MiB unless told otherwise.
MAX_PAGE_BYTES: Final = 3 * MEBIBYTE

# Room for everything in a message but its images: names, options, framing. A message without an image is no larger.
MESSAGE_OVERHEAD_BYTES: Final = MEBIBYTE
# Of a message with images: parsing takes time by the field. 256 faces have 512.
MAX_MESSAGE_FIELDS: Final = 5_000
# What is smaller is neither counted nor looked at: parsing it takes a millisecond at most, whatever is in it.
SMALL_MESSAGE_BYTES: Final = 64 * 1024
# Faces of one message together; 256 crops of 160 x 160 pixels have 19 MiB.
MAX_EMBED_BYTES: Final = 32 * MEBIBYTE
# Of a filter of images, and of one detection: a model may have many classes.
MAX_FILTER_LABELS: Final = 100
MAX_DETECT_LABELS: Final = 1_000
# Of a filter in words: what a page of a user interface may ask for, and what can be read in a few milliseconds.
MAX_FILTER_CHARS: Final = 4_000
MAX_FILTER_CONDITIONS: Final = 100
MAX_FILTER_DEPTH: Final = 20
MAX_MASK_PATHS: Final = 100
# Albums of a library, and of those smart ones that a name in a filter may mean: each is a filter of its own.
MAX_ALBUMS: Final = 10_000
MAX_SMART_ALBUMS_MEANT: Final = 100
MAX_ALBUM_IMAGES: Final = 100_000
# Images that one call adds to an album, removes or moves, and albums that an image lists.
MAX_ALBUM_CHANGES: Final = 1_000
MAX_ALBUMS_PER_IMAGE: Final = 100
# Entries of each facet of a summary, and buckets of a page of a timeline.
MAX_SUMMARY_ENTRIES: Final = 1_000
MAX_TIMELINE_BUCKETS: Final = 1_000
# Height and width of the cells of a map.
MIN_CELL_DEGREES: Final = 0.001
MAX_CELL_DEGREES: Final = 90.0
# The longer side of pictures that are made of images, and what is sent of one at a time.
MIN_PICTURE_SIDE: Final = 64
MAX_THUMBNAIL_SIDE: Final = 1_024
MAX_PICTURE_SIDE: Final = 4_096
PICTURE_CHUNK_BYTES: Final = MEBIBYTE
MAX_PREVIEW_SIDE: Final = 2_048
# Of all pictures that are being made: one of the largest, or a few hundred thumbnails.
PICTURE_MEMORY_BYTES: Final = 208 * MEBIBYTE
# Of all that are on their way to their clients: of the largest, some ten; of what screens show, a hundred.
PICTURE_SENDING_BYTES: Final = 64 * MEBIBYTE
# Places that one call forgets, and results of each face of a search.
MAX_FORGOTTEN_SOURCES: Final = 1_000
MAX_SEARCH_RESULTS: Final = 500
# Images that one call gets by name, and that one call erases by name.
MAX_BATCH_IMAGES: Final = 500
MAX_PURGED_IMAGES: Final = 1_000
# Hashes that one call asks about.
MAX_CHECKED_IMAGES: Final = 1_000
# Folders of a library, the patterns of each of the two kinds that one has, and the failures that its last sync tells.
MAX_FOLDERS: Final = 100
MAX_FOLDER_PATTERNS: Final = 100
MAX_PATTERN_CHARS: Final = 1_000
MAX_SYNC_FAILURES: Final = 100
MAX_TRASH_MISSING_DAYS: Final = 3_650
# Watched folders of all libraries of which the system tells, and their directories; others are synced now and then.
MAX_WATCHED_FOLDERS: Final = 32
MAX_WATCHED_DIRECTORIES: Final = 50_000
# Operations that are not done, of all libraries; and what is kept of each, of what was asked for and of its result.
MAX_OPERATIONS: Final = 100
MAX_OPERATION_RECORD_BYTES: Final = 16 * 1024
# How often an operation begins whose service died of it, perhaps.
MAX_OPERATION_ATTEMPTS: Final = 3
# Of one message to who watches a library: 600 KB of names.
MAX_EVENTS_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """How large an image may be.

    Attributes:
        max_bytes: size of the encoded file, in bytes.
        max_pixels: width times height, as the header declares them.

    """

    max_bytes: int = MAX_IMAGE_BYTES
    max_pixels: int = MAX_IMAGE_PIXELS


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What decoding may take.

    Attributes:
        image: how large an image may be.
        cpu_seconds: CPU time of one photo, over all that is done with it.
        wall_seconds: time of one photo in its decoder, whatever else the machine does.
        memory_bytes: of all photos of the process together: files, what decoders keep, and pixels.

    """

    image: ImageLimits = field(default_factory=ImageLimits)
    cpu_seconds: float = DECODE_CPU_SECONDS
    wall_seconds: float = DECODE_WALL_SECONDS
    memory_bytes: int = DECODE_MEMORY_MIB * MEBIBYTE
