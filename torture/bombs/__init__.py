"""Files that cost their reader much more than they weigh; made when they are asked for, never stored.

Needs Pillow and nothing of this harness, so that tests of the decoders can use it too.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Final

from torture.bombs import bmp, exif, flat, gif, heic, isobmff, jpeg, png, tiff

# All of them are within the limits of 32 MiB and 100 megapixels, so that nothing but their cost refuses them.
BOMBS: Final[Mapping[str, Callable[[], bytes]]] = {
    "jpeg-scans": jpeg.repeated_scans,
    "jpeg-scans-500": partial(jpeg.repeated_scans, scans=500),
    "jpeg-comments": jpeg.comments,
    "jpeg-flat": partial(flat.encoded, "JPEG", "RGB"),
    "jpeg-progressive-flat": partial(flat.encoded, "JPEG", "RGB", progressive=True),
    "jpeg-cmyk-flat": partial(flat.encoded, "JPEG", "CMYK"),
    "jpeg-exif-tags": exif.many_tags,
    "jpeg-exif-loop": exif.loop,
    "jpeg-exif-count": exif.huge_counts,
    "png-chunks": png.chunks,
    "png-empty-idats": png.empty_idats,
    "png-text": png.text,
    "png-profile": png.profile,
    "png-rgb-flat": partial(png.flat, channels=3, color_type=2),
    "png-rgba-flat": partial(png.flat, channels=4, color_type=6),
    "png-16-bit-flat": partial(png.flat, channels=2, color_type=0, depth=16),
    "png-interlaced-flat": partial(png.flat, channels=1, color_type=0, interlaced=True),
    "webp-flat": partial(flat.encoded, "WEBP", "RGB", quality=10, method=0),
    "webp-lossless-flat": partial(flat.encoded, "WEBP", "RGB", lossless=True, method=0, quality=0),
    "gif-comments": gif.comments,
    "gif-frames": gif.frames,
    "gif-flat": partial(flat.encoded, "GIF", "P"),
    "tiff-strips": tiff.strips,
    "tiff-tags": tiff.tags,
    "tiff-loop": tiff.loop,
    "tiff-flat": partial(flat.encoded, "TIFF", "RGB", compression="tiff_adobe_deflate"),
    "tiff-float-flat": partial(flat.encoded, "TIFF", "F", compression="tiff_adobe_deflate"),
    "bmp-rle": bmp.run_length,
    "bmp-1-bit-flat": bmp.flat,
    "avif-flat": partial(flat.encoded, "AVIF", "RGB", speed=10, quality=1),
    "avif-lying-size": isobmff.lying_avif,
    "heic-lying-size": partial(isobmff.resized, heic.SAMPLE.read_bytes(), 9984),
    "heic-grid": heic.grid,
    "avif-boxes": isobmff.many_boxes,
}


@cache
def make_bomb(name: str) -> bytes:
    """Return the bomb of that name, one of `BOMBS`."""
    return BOMBS[name]()
