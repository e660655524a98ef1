"""JPEGs with more parts than pixels."""

import io
from typing import Final

from PIL import Image

_SIDE: Final = 9984
_SOS: Final = b"\xff\xda"
_EOI: Final = b"\xff\xd9"


def repeated_scans(scans: int = 20_000, side: int = _SIDE) -> bytes:
    """Return a progressive JPEG whose last scan comes `scans` times: each passes over all pixels anew."""
    file = io.BytesIO()
    Image.new("L", (side, side), 128).save(file, "JPEG", progressive=True, optimize=True)
    data = file.getvalue()
    last = data.rindex(_SOS)
    end = data.rindex(_EOI)
    return data[:last] + data[last:end] * scans + _EOI


def comments(count: int = 4_000_000) -> bytes:
    """Return a small JPEG after `count` empty comments."""
    file = io.BytesIO()
    Image.new("L", (16, 16)).save(file, "JPEG")
    data = file.getvalue()
    return data[:2] + b"\xff\xfe\x00\x02" * count + data[2:]
