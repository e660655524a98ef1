"""Ways to damage a file where its reader looks: its numbers and its parts; else a reader only sees the first of them.

Each takes bytes, a file to take parts from, and a generator, and returns other bytes; the same bytes where it finds
nothing to change.
"""

import zlib
from collections.abc import Callable
from random import Random
from typing import Final

from torture.images.anatomy import anatomy, png_chunks

_NEIGHBOURS: Final = (-2, -1, 1, 2, 256)
_EXTREMES: Final = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_MOST_FLIPS: Final = 8
_RIFF_HEADER: Final = 8

Surgery = Callable[[bytes, bytes, Random], bytes]


def set_number(data: bytes, _: bytes, generator: Random) -> bytes:
    """Make a number another: an extreme, a neighbour, or that of another place."""
    numbers = anatomy(data).numbers
    if not numbers:
        return data
    number, other = generator.choice(numbers), generator.choice(numbers)
    old = int.from_bytes(data[number.at : number.at + number.size], number.order)
    new = generator.choice((
        generator.choice(_EXTREMES),
        generator.choice(_EXTREMES),
        old + generator.choice(_NEIGHBOURS),
        old * 2,
        int.from_bytes(data[other.at : other.at + other.size], other.order),
        generator.getrandbits(8 * number.size),
    ))  # fmt: skip
    written = (new % (1 << 8 * number.size)).to_bytes(number.size, number.order)
    return data[: number.at] + written + data[number.at + number.size :]


def flip_part(data: bytes, _: bytes, generator: Random) -> bytes:
    """Flip bits of one part: a small one, such as metadata, as likely as the pixels."""
    changed = bytearray(data)
    for start, end in _some(data, generator, 1):
        for _number in range(generator.randint(1, _MOST_FLIPS)):
            changed[generator.randrange(start, end)] ^= 1 << generator.randrange(8)
    return bytes(changed)


def resize_part(data: bytes, _: bytes, generator: Random) -> bytes:
    """Let bytes come into a part, or go, whatever its length says."""
    for start, end in _some(data, generator, 1):
        at, size = generator.randrange(start, end), generator.choice((1, 2, 12, 100, 3_000))
        if generator.random() < 0.5:
            return data[:at] + data[min(end, at + size) :]
        return data[:at] + generator.choice((bytes(size), generator.randbytes(size))) + data[at:]
    return data


def move_parts(data: bytes, _: bytes, generator: Random) -> bytes:
    """Leave a part out, have it come again, or change places with another."""
    parts = _some(data, generator, 2)
    if len(parts) < 2:
        return data
    (start, end), (other, other_end) = sorted(parts)
    kind = generator.randrange(4)
    if kind == 0:
        return data[:start] + data[end:]
    if kind == 1:
        return data[:end] + data[start:end] * generator.choice((1, 2, 50)) + data[end:]
    if kind == 2 or end > other:
        return data[:other] + data[start:end] + data[other:]
    return data[:start] + data[other:other_end] + data[end:other] + data[start:end] + data[other_end:]


def graft(data: bytes, other: bytes, generator: Random) -> bytes:
    """Put a part of another file, of the same format or not, before a part or in its place."""
    given = _some(other, generator, 1)
    for start, end in _some(data, generator, 1):
        for first, last in given:
            return data[:start] + other[first:last] + data[generator.choice((start, end)) :]
    return data


def cut_in_part(data: bytes, _: bytes, generator: Random) -> bytes:
    """End the file near the beginning or the end of a part."""
    for part in _some(data, generator, 1):
        return data[: max(1, generator.choice(part) + generator.choice((-1, 0, 1, 4, 8, 9, 30)))]
    return data


SURGERIES: Final[tuple[Surgery, ...]] = (
    set_number, set_number, set_number, flip_part, flip_part, resize_part, move_parts, graft, cut_in_part,
)  # fmt: skip


def mended(data: bytes) -> bytes:
    """Return a file whose checksums fit what is in it, so that its reader goes on to what was damaged."""
    if data.startswith(b"\x89PNG"):
        changed = bytearray(data)
        for at, end in png_chunks(data):
            changed[end - 4 : end] = zlib.crc32(data[at + 4 : end - 4]).to_bytes(4)
        return bytes(changed)
    if data.startswith(b"RIFF") and len(data) > _RIFF_HEADER:
        return data[:4] + (len(data) - _RIFF_HEADER).to_bytes(4, "little") + data[_RIFF_HEADER:]
    return data


def _some(data: bytes, generator: Random, count: int) -> list[tuple[int, int]]:
    parts = anatomy(data).parts
    return generator.sample(parts, count) if len(parts) >= count else []
