"""A HEIC of one small tile that is said to cover a large picture many times."""

import struct
from pathlib import Path
from typing import Final

# No encoder of HEIC is free of patents: the picture that the tests of its reader use.
SAMPLE: Final = Path(__file__).parents[2] / "tests" / "detector" / "heif" / "orientation_1.heic"
_FLAGS_BYTES: Final = 4
# Of the first item, in the box iloc of the sample.
_LENGTH: Final = slice(22, 26)


def grid(width: int = 7900, height: int = 7900) -> bytes:
    """Return a HEIC of so many pixels whose every tile is the same bytes; libheif takes a thousand items at most."""
    sample = SAMPLE.read_bytes()
    kind, start = sample[: int.from_bytes(sample[:4])], sample.index(b"mdat") + 4
    tile = sample[start : start + int.from_bytes(_inside(sample, b"iloc")[_LENGTH])]
    size = _inside(sample, b"ispe")
    columns, rows = -(-width // int.from_bytes(size[4:8])), -(-height // int.from_bytes(size[8:12]))
    layout = struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, width, height)
    # The place of the tile is known once the size of all that is before it is.
    before = len(kind) + len(_meta(sample, rows * columns, 0, len(tile), layout)) + 8
    return kind + _meta(sample, rows * columns, before, len(tile), layout) + _box(b"mdat", tile)


def _meta(sample: bytes, tiles: int, place: int, length: int, layout: bytes) -> bytes:
    numbers, whole = range(1, tiles + 1), tiles + 1
    items = b"".join(_item(number, b"hvc1") for number in numbers) + _item(whole, b"grid")
    places = b"".join(struct.pack(">HHHHII", number, 0, 0, 1, place, length) for number in numbers)
    # The last item lies within the box idat.
    places += struct.pack(">HHHHII", whole, 1, 0, 1, 0, len(layout))
    properties = b"".join(_box(kind, _inside(sample, kind)) for kind in (b"hvcC", b"ispe", b"pixi"))
    properties += _box(b"ispe", bytes(_FLAGS_BYTES) + layout[4:])
    uses = (
        b"".join(struct.pack(">H", number) + b"\3\x81\2\3" for number in numbers) + struct.pack(">H", whole) + b"\2\4\3"
    )
    count = struct.pack(">H", tiles + 1)
    references = struct.pack(">HH", whole, tiles) + b"".join(struct.pack(">H", number) for number in numbers)
    return _full(
        b"meta",
        _box(b"hdlr", _inside(sample, b"hdlr"))
        + _full(b"pitm", struct.pack(">H", whole))
        + _full(b"iloc", b"\x44\0" + count + places, version=1)
        + _full(b"iinf", count + items)
        + _box(b"iprp", _box(b"ipco", properties) + _full(b"ipma", struct.pack(">I", tiles + 1) + uses))
        + _full(b"iref", _box(b"dimg", references))
        + _box(b"idat", layout),
    )


def _item(number: int, kind: bytes) -> bytes:
    return _full(b"infe", struct.pack(">HH", number, 0) + kind + b"\0", version=2)


def _inside(data: bytes, kind: bytes) -> bytes:
    """Return what the first box of that kind holds."""
    at = data.index(kind)
    return data[at + 4 : at - 4 + int.from_bytes(data[at - 4 : at])]


def _full(kind: bytes, data: bytes, version: int = 0) -> bytes:
    return _box(kind, bytes((version,)) + bytes(_FLAGS_BYTES - 1) + data)


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data
