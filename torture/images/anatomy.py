"""Where the numbers and the parts of a file are, for every format that is read: what to damage, if not at random.

Files may be damaged already: whatever is found before the damage is told.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

_ROOT: Final = 8
_CONTAINERS: Final = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"moov": 0, b"dinf": 0}
_TIFF_MARKS: Final = {b"II*\0": "little", b"MM\0*": "big"}
_TIFF_SIZES: Final = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8)
_SUB_DIRECTORIES: Final = {0x8769, 0x8825, 0xA005, 0x014A}
# Where strips and tiles begin, and how many bytes each has.
_PIXELS: Final = (0x0111, 0x0117, 0x0144, 0x0145)
_MOST_STRIPS: Final = 16
_MOST_DIRECTORIES: Final = 8
_MOST_PARTS: Final = 400
_BMP_FIELDS: Final = ((2, 4), (10, 4), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2), (30, 4), (34, 4), (46, 4), (50, 4))
_BMP_HEADER: Final = 54

Order = Literal["big", "little"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a file: a length, a size, a count, an offset, or what names a part.

    Attributes:
        at: its first byte.
        size: in bytes.
        order: of its bytes.

    """

    at: int
    size: int
    order: Order = "big"


@dataclass(slots=True)
class Anatomy:
    """What a file is made of.

    Attributes:
        numbers: of the file.
        parts: first byte and end of each segment, chunk, block, box or entry; some lie within others.

    """

    numbers: list[Number] = field(default_factory=list)
    parts: list[tuple[int, int]] = field(default_factory=list)

    def bytes(self, start: int, end: int) -> None:
        """Take each byte as a number."""
        self.numbers += [Number(at, 1) for at in range(start, end)]


def anatomy(data: bytes) -> Anatomy:
    """Return what is known of a file; nothing if it is of no format that is read."""
    found = Anatomy()
    for is_of, explore in _FORMATS:
        if is_of(data):
            explore(data, found)
            break
    # EXIF data are TIFF directories, in whatever they lie.
    for mark in _TIFF_MARKS:
        at = data.find(mark, 1)
        if at > 0:
            _tiff(data, found, at)
    found.numbers = [number for number in found.numbers if number.at + number.size <= len(data)]
    found.parts = [(start, end) for start, end in found.parts if 0 <= start < end <= len(data)][:_MOST_PARTS]
    return found


def _jpeg(data: bytes, found: Anatomy) -> None:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4])
        found.numbers += [Number(at + 1, 1), Number(at + 2, 2)]
        if not 0xE0 <= marker <= 0xFE:
            # Sizes, samplings, tables and scans.
            found.numbers += [Number(at + 5, 2), Number(at + 7, 2)]
            found.bytes(at + 4, min(end, at + 24))
        if marker == 0xDA:
            while end + 1 < len(data) and (data[end] != 0xFF or data[end + 1] in {0, *range(0xD0, 0xD8)}):
                end += 1
        found.parts.append((at, end))
        at = end


def _png(data: bytes, found: Anatomy) -> None:
    for at, end in png_chunks(data):
        found.numbers += [Number(at, 4), Number(at + 4, 4)]
        if data[at + 4 : at + 8] == b"IHDR":
            found.numbers += [Number(at + 8, 4), Number(at + 12, 4)]
            found.bytes(at + 16, at + 21)
        found.parts.append((at, end))


def png_chunks(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the chunks of a PNG begin and end."""
    at = _ROOT
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        if end > len(data):
            return
        yield at, end
        at = end


def _riff(data: bytes, found: Anatomy) -> None:
    found.numbers.append(Number(4, 4, "little"))
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        found.numbers += [Number(at, 4), Number(at + 4, 4, "little")]
        found.bytes(at + 8, min(end, at + 32))
        found.parts.append((at, end))
        at = end


def _boxes(data: bytes, found: Anatomy, start: int = 0, end: int | None = None) -> None:
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = int.from_bytes(data[start : start + 4]), data[start + 4 : start + 8]
        stop = start + (size or end - start)
        found.numbers += [Number(start, 4), Number(start + 4, 4)]
        found.parts.append((start, stop))
        if stop > end or stop < start + 8:
            return
        if kind in _CONTAINERS:
            _boxes(data, found, start + 8 + _CONTAINERS[kind], stop)
        elif kind != b"mdat":
            found.bytes(start + 8, min(stop, start + 16))
            found.numbers += [Number(at, size) for at in range(start + 8, min(stop, start + 48), 2) for size in (2, 4)]
        start = stop


def _gif(data: bytes, found: Anatomy) -> None:
    found.numbers += [Number(6, 2, "little"), Number(8, 2, "little"), Number(10, 1), Number(11, 1)]
    at = 13 + (3 << (data[10] & 7) + 1 if len(data) > 10 and data[10] & 0x80 else 0)
    while at + 10 < len(data) and data[at] in b"\x21\x2c":
        start = at
        if data[at] == 0x2C:
            found.numbers += [Number(at + place, 2, "little") for place in (1, 3, 5, 7)]
            found.bytes(at + 9, at + 11)
            at += 11 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0)
        else:
            found.numbers.append(Number(at + 1, 1))
            at += 2
        while at < len(data) and data[at]:
            found.numbers.append(Number(at, 1))
            at += 1 + data[at]
        at += 1
        found.parts.append((start, at))


def _bmp(data: bytes, found: Anatomy) -> None:
    found.numbers += [Number(at, size, "little") for at, size in _BMP_FIELDS]
    pixels = int.from_bytes(data[10:14], "little")
    found.parts += [(14, _BMP_HEADER), (_BMP_HEADER, pixels), (pixels, len(data))]


def _tiff(data: bytes, found: Anatomy, base: int = 0) -> None:
    order: Order = "little" if data[base : base + 2] == b"II" else "big"

    def read(at: int, size: int) -> int:
        found.numbers.append(Number(at, size, order))
        return int.from_bytes(data[at : at + size], order)

    directories = [base + read(base + 4, 4)]
    for place in directories:
        entries = min(read(place, 2), _MOST_PARTS)
        pixels: dict[int, list[int]] = {}
        for entry in range(place + 2, place + 2 + 12 * entries, 12):
            tag, kind, count, value = (read(entry + at, size) for at, size in ((0, 2), (2, 2), (4, 4), (8, 4)))
            found.parts.append((entry, entry + 12))
            size = count * (_TIFF_SIZES[kind] if kind < len(_TIFF_SIZES) else 1)
            if tag in _PIXELS:
                first, width = (base + value, size // max(1, count)) if size > 4 else (entry + 8, 4)
                pixels[tag] = [read(first + width * at, width) for at in range(min(count, _MOST_STRIPS))]
            if size > 4:
                found.parts.append((base + value, base + value + size))
                # Of places and sizes of strips and tiles, as of numerators and denominators, each is a number.
                found.numbers += [Number(base + value + at, 4, order) for at in range(0, min(size, 64), 4)]
            if tag in _SUB_DIRECTORIES:
                directories.append(base + value)
        for starts, sizes in zip(_PIXELS[::2], _PIXELS[1::2], strict=True):
            pairs = zip(pixels.get(starts, ()), pixels.get(sizes, ()), strict=False)
            found.parts += [(base + start, base + start + size) for start, size in pairs]
        following = read(place + 2 + 12 * entries, 4)
        if following:
            directories.append(base + following)
        if len(directories) > _MOST_DIRECTORIES:
            return


_FORMATS: Final[tuple[tuple[Callable[[bytes], bool], Callable[[bytes, Anatomy], None]], ...]] = (
    (lambda data: data.startswith(b"\xff\xd8"), _jpeg),
    (lambda data: data.startswith(b"\x89PNG"), _png),
    (lambda data: data.startswith(b"RIFF"), _riff),
    (lambda data: data[4:8] == b"ftyp", _boxes),
    (lambda data: data.startswith(b"GIF8"), _gif),
    (lambda data: data.startswith(b"BM"), _bmp),
    (lambda data: data[:4] in _TIFF_MARKS, _tiff),
)
