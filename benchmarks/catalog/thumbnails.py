"""Thumbnails of faces: as large as real ones, each different, and made faster than a JPEG is encoded."""

import io
from functools import cache
from typing import Final

import numpy as np
from PIL import Image

SIDE: Final = 160

_QUALITY: Final = 85
_MEAN_BYTES: Final = 4000
_SPREAD_BYTES: Final = 900
_LEAST_BYTES: Final = 1500
_END: Final = b"\xff\xd9"
_SCAN: Final = b"\xff\xda"


def make_thumbnails(generator: np.random.Generator, count: int) -> list[bytes]:
    """Return `count` JPEGs of about 4,000 bytes: real headers, and drawn bytes for what follows them.

    The catalog's thumbnails of 299 faces, of all sizes on real photos, had 3,819 bytes each, with a spread of 934.
    What a JPEG's scan holds can't be compressed any further, and neither can these. No byte of it is 255, which would
    begin a marker.
    """
    header = _header()
    lengths = generator.normal(_MEAN_BYTES - len(header), _SPREAD_BYTES, count)
    ends = np.maximum(lengths, _LEAST_BYTES - len(header)).astype(int).cumsum()
    scans = generator.integers(0, 255, int(ends[-1]), np.uint8).tobytes()
    starts = [0, *ends[:-1].tolist()]
    return [header + scans[start:end] + _END for start, end in zip(starts, ends.tolist(), strict=True)]


@cache
def _header() -> bytes:
    """Return a JPEG up to where its scan begins."""
    file = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE)).save(file, "JPEG", quality=_QUALITY)
    encoded = file.getvalue()
    scan = encoded.index(_SCAN)
    return encoded[: scan + 2 + int.from_bytes(encoded[scan + 2 : scan + 4], "big")]
