"""Small image files that take a decoder minutes or gigabytes, made when they are needed."""

import io
import struct
import zlib
from functools import cache
from typing import Any, Final

from PIL import Image

SIDE: Final = 9_984


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def deflated_zeros(size: int) -> bytes:
    """So many zeros as a zlib stream, without compressing them all."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block, rest = 2**20, size % 2**20
    whole = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    last = end.compress(bytes(rest)) + end.flush()
    checksum = 1
    for _ in range(size // block):
        checksum = zlib.adler32(bytes(block), checksum)
    return head + whole * (size // block) + last + struct.pack(">I", zlib.adler32(bytes(rest), checksum))


_COLOURS: Final = {"L": 0, "RGB": 2, "P": 3, "RGBA": 6}
_CHANNELS: Final = {"L": 1, "RGB": 3, "P": 1, "RGBA": 4}


def png(mode: str = "RGB", side: int = SIDE) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, _COLOURS[mode], 0, 0, 0)
    palette = chunk(b"PLTE", bytes(3 * 256)) if mode == "P" else b""
    packed = deflated_zeros(side * (1 + _CHANNELS[mode] * side))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + palette + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def tiff(side: int = SIDE, strips: int = 64, channels: int = 3) -> bytes:
    """A TIFF whose strips are all in one place."""
    packed = deflated_zeros(side * side * channels // strips)
    count = struct.pack("<" + "I" * strips, *[len(packed)] * strips)
    places = struct.pack("<" + "I" * strips, *[8] * strips)
    at = 8 + len(packed)
    entries = [
        (256, 4, 1, side), (257, 4, 1, side), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 2), (273, 4, strips, at),
        (277, 3, 1, channels), (278, 4, 1, side // strips), (279, 4, strips, at + len(places)),
    ]  # fmt: skip
    directory = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    start = at + len(places) + len(count)
    return (
        struct.pack("<2sHI", b"II", 42, start) + packed + places + count
        + struct.pack("<H", len(entries)) + directory + bytes(4)
    )  # fmt: skip


def webp(side: int = SIDE) -> bytes:
    """A lossless WebP of one colour, of which no pixel takes a bit."""
    small = bytearray(saved(Image.new("RGB", (16, 16), "red"), "WEBP", lossless=True))
    size = small.index(b"VP8L") + 9
    bits = int.from_bytes(small[size : size + 4], "little") >> 28 << 28
    small[size : size + 4] = (bits | (side - 1) << 14 | (side - 1)).to_bytes(4, "little")
    return bytes(small)


@cache
def gif(side: int = SIDE) -> bytes:
    return saved(Image.new("P", (side, side)), "GIF")


@cache
def avif(side: int = SIDE) -> bytes:
    return saved(Image.new("RGB", (side, side)), "AVIF", speed=10)


def lying_avif(side: int) -> bytes:
    """An AVIF that says that it is 64 pixels wide and high."""
    data = avif(side)
    place = data.index(b"ispe") + 8
    return data[:place] + struct.pack(">II", 64, 64) + data[place + 8 :]


def scans(count: int, side: int = SIDE) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    data = saved(Image.new("L", (64, 64), 90), "JPEG", progressive=True)
    frame = data.index(b"\xff\xc2") + 5
    data = data[:frame] + struct.pack(">HH", side, side) + data[frame + 4 :]
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + data[-2:]


def png_chunks(count: int, kind: bytes = b"IDAT") -> bytes:
    sound = saved(Image.new("RGB", (8, 8)), "PNG")
    end = sound.index(b"IEND") - 4
    return sound[:end] + chunk(kind, b"") * count + sound[end:]


def tiff_strips(count: int) -> bytes:
    array = bytes(4 * count)
    entries = [
        (256, 4, 1, 8), (257, 4, 1, count), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, count, 8),
        (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, count, 8),
    ]  # fmt: skip
    directory = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = struct.pack("<2sHI", b"II", 42, 8 + len(array))
    return head + array + struct.pack("<H", len(entries)) + directory + bytes(4)


def gif_comments(count: int) -> bytes:
    comment = b"!\xfe" + b"\x01x\0"
    return b"GIF89a\x08\0\x08\0\0\0\0" + comment * count + saved(Image.new("P", (8, 8)), "GIF")[13 + 3 * 256 :]


def gif_frames(count: int) -> bytes:
    frame = b",\0\0\0\0\1\0\1\0\0\x02\x02\x44\x01\0"
    return saved(Image.new("P", (8, 8)), "GIF")[:-1] + frame * count + b";"


def bmp_runs(side: int = SIDE, size: int = 0) -> bytes:
    """A BMP whose rows are all ended at once, and filled pixel by pixel."""
    rows = b"\0\0" * max(side, size // 2)
    offset = 14 + 40 + 4 * 256
    head = struct.pack("<2sIHHI", b"BM", offset + len(rows), 0, 0, offset)
    info = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, len(rows), 0, 0, 256, 0)
    return head + info + bytes(range(256)) * 4 + rows


FLAT: Final = {"png": png, "tiff": tiff, "webp": webp, "gif": gif, "avif": avif}
