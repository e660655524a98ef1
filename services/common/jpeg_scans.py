"""The scans of a JPEG's first picture: what each of them brings, and how much of it is in the file.

Source: ISO/IEC 10918-1, B.1.1, B.2.2, B.2.3, B.2.4.4, A.2, G.1.1.1.
"""

import itertools
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final, TypeAlias

from services.common import limits

# What ends compressed data: any marker but a stuffed zero, a restart and a filling byte.
_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_RESTART: Final = re.compile(rb"\xff[\xd0-\xd7]")
_RESTARTS: Final = 8
_FIRST_RESTART: Final = 0xD0
_END: Final = 0xD9
_SCAN: Final = 0xDA
_INTERVAL: Final = 0xDD
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Huffman or arithmetic coding, the coefficients of a block a few at a time.
_PROGRESSIVE: Final = frozenset({0xC2, 0xCA})
# Segments that may stand between two scans: tables, restart interval, comments, application data.
_BETWEEN_SCANS: Final = frozenset({0xC4, _SCAN, 0xDB, _INTERVAL, 0xFE, *range(0xE0, 0xF0)})
_COEFFICIENTS: Final = 64
_BLOCK: Final = 8

# How many blocks of a component an MCU has across and down.
_Sampling: TypeAlias = tuple[int, int]


@dataclass(slots=True)
class Scan:
    """One scan.

    Attributes:
        components: its components, by their ids.
        first: the first coefficient of a block that it brings; the last one is `last`.
        last: see `first`.
        low: how many of the lowest bits it leaves to later scans.
        interval: number of MCUs from one restart to the next; 0 if there are none.
        start: where its data begins in the file.
        end: where that ends.
        restarts: the numbers of the restart markers that are there, 0 to 7.

    """

    components: tuple[int, ...]
    first: int
    last: int
    low: int
    interval: int
    start: int
    end: int = -1
    restarts: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class JpegScans:
    """The first picture of a JPEG.

    Attributes:
        width: in pixels.
        height: in pixels.
        samplings: of each component, by its id.
        progressive: whether a scan may bring less than all of a block.
        scans: those whose data has begun; at least one.
        is_closed: whether the picture's end is marked behind the last one.

    """

    width: int
    height: int
    samplings: dict[int, _Sampling]
    progressive: bool
    scans: list[Scan]
    is_closed: bool

    @cached_property
    def _largest(self) -> _Sampling:
        across, down = zip(*self.samplings.values(), strict=True)
        return max(across), max(down)

    def mcu_size(self, scan: Scan) -> tuple[int, int]:
        """Return width and height, in pixels, of what is coded as one unit."""
        across, down = self._largest
        if len(scan.components) > 1:
            return _BLOCK * across, _BLOCK * down
        own_across, own_down = self.samplings[scan.components[0]]
        return max(_BLOCK * across // own_across, 1), max(_BLOCK * down // own_down, 1)

    def absent_share(self) -> float:
        """Return the share of pixels, 0 to 1, whose restart intervals are absent, in the scan that lacks most."""
        return max(self._absent_share(scan) for scan in self.scans)

    def _absent_share(self, scan: Scan) -> float:
        if not scan.interval:
            return 0.0
        width, height = self.mcu_size(scan)
        across = -(-self.width // width)
        units = across * -(-self.height // height)
        absent = -(-units // scan.interval) - 1 - len(scan.restarts)
        if absent <= 0:
            return 0.0
        # The numbers tell of those in the middle, but for eights; others are as if they were the last ones. Units at
        # the right and at the bottom are not all within the picture.
        skipped = sum((after - before - 1) % _RESTARTS for before, after in pairwise((-1, *scan.restarts)))
        skipped = min(skipped, absent)
        rows, columns = divmod((len(scan.restarts) + 1 + skipped) * scan.interval, across)
        reached = rows * height * self.width + max(min(height, self.height - rows * height), 0) * columns * width
        there = min(reached, self.width * self.height) - skipped * scan.interval * width * height
        return 1 - max(there, 0) / (self.width * self.height)

    def owes(self) -> bool:
        """Return whether scans have yet to come: for a component, a coefficient, or the lowest bits of one."""
        left = dict.fromkeys(((one, number) for one in self.samplings for number in range(_COEFFICIENTS)), 1)
        for scan in self.scans:
            brought = range(scan.first, scan.last + 1) if self.progressive else range(_COEFFICIENTS)
            left.update(((one, number), scan.low) for one in scan.components for number in brought)
        return any(left.values())

    def has_begun_all(self) -> bool:
        """Return whether there is something of every component."""
        return {one for scan in self.scans for one in scan.components} >= self.samplings.keys()

    def has_whole_ground(self) -> bool:
        """Return whether every component's mean of each block is there: the last scan only brings detail to it."""
        before = {one for scan in self.scans[:-1] for one in scan.components if not scan.first}
        return before >= self.samplings.keys()


def read_scans(jpeg: bytes) -> JpegScans | None:
    """Read the structure of a JPEG that may be cut or damaged; None if no pixel is in it.

    What cameras and phones hang behind a picture may itself contain pictures; it is not looked at.
    """
    try:
        return _read_scans(jpeg)
    except (struct.error, IndexError, KeyError, ValueError):
        return None


def begins_with_restarts(jpeg: bytes) -> bool:
    """Return whether the first scan has restart intervals, without a look at its data."""
    markers = (marker for marker, *_ in _segments(jpeg))
    return _INTERVAL in itertools.takewhile(lambda marker: marker != _SCAN, markers)


def _read_frame(jpeg: bytes, body: int) -> tuple[tuple[int, int], dict[int, _Sampling]]:
    """Return height and width, and the samplings."""
    height, width, count = struct.unpack_from(">HHB", jpeg, body + 3)
    parts = (jpeg[at : at + 2] for at in range(body + 8, body + 8 + 3 * count, 3))
    return (height, width), {one: (factors >> 4, factors & 15) for one, factors in parts}


def _segments(jpeg: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the marker of each segment, where it stands, and where its body begins; last, what ends the scans."""
    position, scanned = 2, False
    for _ in range(limits.MAX_JPEG_SEGMENTS):
        found = _MARKER.search(jpeg, position)
        if found is None:
            break
        marker, body = found[0][1], found.end()
        position = body + int.from_bytes(jpeg[body : body + 2])
        if scanned and (marker not in _BETWEEN_SCANS or position > len(jpeg)):
            yield marker if marker == _END else 0, found.start(), body
            return
        yield marker, found.start(), body
        scanned = scanned or marker == _SCAN
    yield 0, len(jpeg), len(jpeg)


def _read_scans(jpeg: bytes) -> JpegScans | None:
    marker, start, interval, progressive, size = 0, 0, 0, False, (0, 0)
    samplings: dict[int, _Sampling] = {}
    scans: list[Scan] = []
    for marker, start, body in _segments(jpeg):
        if scans and scans[-1].end < 0:
            scans[-1].end = start
        if marker in _FRAMES:
            progressive, (size, samplings) = marker in _PROGRESSIVE, _read_frame(jpeg, body)
        elif marker == _INTERVAL:
            (interval,) = struct.unpack_from(">H", jpeg, body + 2)
        elif marker == _SCAN:
            scans.append(_read_scan(jpeg, body, interval))
    for scan in scans:
        if scan.interval:
            scan.restarts = [one[0][1] - _FIRST_RESTART for one in _RESTART.finditer(jpeg, scan.start, scan.end)]
    if not scans or not all((*size, *(number for pair in samplings.values() for number in pair))):
        return None
    if not {one for scan in scans for one in scan.components} <= samplings.keys():
        return None
    return JpegScans(size[1], size[0], samplings, progressive, scans, marker == _END)


def _read_scan(jpeg: bytes, body: int, interval: int) -> Scan:
    length, count = struct.unpack_from(">HB", jpeg, body)
    first, last, bits = jpeg[body + 3 + 2 * count : body + 6 + 2 * count]
    components = tuple(jpeg[body + 3 : body + 3 + 2 * count : 2])
    return Scan(components, first, last, bits & 15, interval, body + length)
