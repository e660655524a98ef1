"""Ways to damage a file: each takes bytes and a generator, and returns other bytes."""

from collections.abc import Callable
from random import Random
from typing import Final

from torture.images.surgery import SURGERIES, mended

_MOST_FLIPS: Final = 32
_HEAD: Final = 256
_EXTREMES: Final = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
# What segments, chunks, blocks and boxes of the formats begin with.
_MARKS: Final = (
    b"\xff\xc0", b"\xff\xc2", b"\xff\xc4", b"\xff\xda", b"\xff\xdb", b"\xff\xe1", b"\xff\xd9", b"Exif", b"IHDR",
    b"IDAT", b"PLTE", b"IEND", b"eXIf", b"VP8 ", b"VP8L", b"VP8X", b"ANMF", b"\x21\xf9", b"\x2c", b"II*\0", b"\0\1\3\0",
    b"\x11\1", b"BM", b"ftyp", b"meta", b"iloc", b"iinf", b"iprp", b"ispe", b"ipma", b"mdat", b"hvcC", b"av1C",
)  # fmt: skip

Mutation = Callable[[bytes, Random], bytes]


def flip_bits(data: bytes, generator: Random) -> bytes:
    """Flip some bits anywhere."""
    return _flipped(data, generator, len(data))


def flip_head(data: bytes, generator: Random) -> bytes:
    """Flip some bits of the header."""
    return _flipped(data, generator, min(_HEAD, len(data)))


def truncate(data: bytes, generator: Random) -> bytes:
    """Cut the end off."""
    return data[: generator.randrange(len(data))]


def cut_out(data: bytes, generator: Random) -> bytes:
    """Leave a part out."""
    start, end = _range(data, generator)
    return data[:start] + data[end:]


def repeat(data: bytes, generator: Random) -> bytes:
    """Have a part come several times."""
    start, end = _range(data, generator)
    return data[:end] + data[start:end] * generator.choice((1, 2, 30)) + data[end:]


def swap(data: bytes, generator: Random) -> bytes:
    """Let two parts change places."""
    a, b, c, d = sorted(generator.randrange(len(data) + 1) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def overwrite(data: bytes, generator: Random) -> bytes:
    """Put random bytes in the place of a part."""
    start, end = _range(data, generator)
    return data[:start] + generator.randbytes(end - start) + data[end:]


def extreme_number(data: bytes, generator: Random) -> bytes:
    """Put the largest, smallest and their neighbours where a number may be: anywhere, or behind a mark."""
    size = generator.choice((1, 2, 4))
    number = (generator.choice(_EXTREMES) & ((1 << 8 * size) - 1)).to_bytes(size, generator.choice(("big", "little")))
    at = generator.choice([*_marks(data), generator.randrange(len(data)), generator.randrange(min(_HEAD, len(data)))])
    at = max(0, at + generator.choice((-4, -4, 0, 2, 4, 4, 8, 12)))
    return data[:at] + number + data[at + size :]


def cut_at_marks(data: bytes, generator: Random) -> bytes:
    """Leave out, repeat, or swap what lies between marks."""
    places = sorted({*_marks(data), len(data)})
    if len(places) < 3:
        return swap(data, generator)
    parts = [data[start:end] for start, end in zip([0, *places], places, strict=False)]
    first, second = generator.sample(range(len(parts)), 2)
    kind = generator.randrange(3)
    if kind == 0:
        del parts[first]
    elif kind == 1:
        parts.insert(second, parts[first])
    else:
        parts[first], parts[second] = parts[second], parts[first]
    return b"".join(parts)


MUTATIONS: Final[tuple[Mutation, ...]] = (
    flip_bits, flip_head, truncate, cut_out, repeat, swap, overwrite, extreme_number, extreme_number, cut_at_marks,
)  # fmt: skip


def mutated(data: bytes, other: bytes, generator: Random) -> bytes:
    """Return `data` damaged in one to three ways, half of them blind, one of which may be a part of `other`."""
    while True:
        damaged = _damaged(data, other, generator)
        # A way may find nothing to change, and what two ways do may cancel out.
        if damaged != data:
            return damaged


def _damaged(data: bytes, other: bytes, generator: Random) -> bytes:
    for _ in range(generator.choice((1, 1, 1, 2, 3))):
        if generator.random() < 0.5:
            data = generator.choice(MUTATIONS)(data, generator) or b"\0"
        else:
            data = generator.choice(SURGERIES)(data, other, generator) or b"\0"
    if generator.random() < 0.6:
        data = mended(data)
    if generator.random() < 0.1:
        start, end = _range(other, generator)
        at = generator.randrange(len(data) + 1)
        data = data[:at] + other[start:end] + data[at:]
    return data


def _flipped(data: bytes, generator: Random, reach: int) -> bytes:
    changed = bytearray(data)
    for _ in range(generator.randint(1, _MOST_FLIPS)):
        changed[generator.randrange(reach)] ^= 1 << generator.randrange(8)
    return bytes(changed)


def _range(data: bytes, generator: Random) -> tuple[int, int]:
    start = generator.randrange(len(data))
    return start, min(len(data), start + generator.choice((1, 2, 4, 16, 64, 512, 4096)))


def _marks(data: bytes) -> list[int]:
    found: list[int] = []
    for mark in _MARKS:
        at = data.find(mark)
        while at >= 0 and len(found) < 400:
            found.append(at)
            at = data.find(mark, at + 1)
    return found
