"""The Exif block of an opened image file, found without decoding a pixel."""

import zlib

from PIL import Image

# Neither has a place for Exif, and what they call comments needn't be searched for it.
_WITHOUT_EXIF = frozenset({"GIF", "BMP"})


def read_exif_block(image: Image.Image, data: bytes) -> Image.Exif:
    """Return the Exif block of `image`, opened from the bytes `data` and not loaded; empty if there is none.

    Its orientation may also come from XMP. Pillow bounds the block's tags by the block's own size.

    Raises:
        Exception: any of `image_header.DECODE_ERRORS`, if the block is broken.

    """
    if image.format in _WITHOUT_EXIF:
        return Image.Exif()
    # The base class's, because PNG's own decodes the whole picture, of whatever size, to look behind it.
    block = Image.Image.getexif(image)
    if image.format == "PNG" and not block:
        block.load(_exif_behind_pixels(data))
    return block


def _exif_behind_pixels(png: bytes) -> bytes:
    """Return the Exif chunk that some programs write behind the pixels; empty if there is none."""
    start = png.rfind(b"eXIf")
    end = start + 4 + int.from_bytes(png[max(start - 4, 0) : max(start, 0)])
    sound = start >= 0 and zlib.crc32(png[start:end]) == int.from_bytes(png[end : end + 4])
    return png[start + 4 : end] if sound else b""
