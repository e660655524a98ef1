"""JPEGs that end too early, or lack something in the middle: how much of the picture is not in the file."""

from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import Image

from services.common.damage import MAX_MISSING_SHARE, DamagedImageError
from services.common.jpeg_scans import JpegScans, begins_with_restarts, read_scans

_END: Final = b"\xff\xd9"
# Decoders draw these bytes as a pattern that no filling has, of many blocks. Two, as the codes of a progressive
# JPEG for thousands of blocks without anything may be what one of them happens to say.
_NOISE: Final = bytes(range(1, 255)) * 256
_NOISES: Final = (_NOISE, _NOISE[::-1])
# So many zeros are no picture, but a download's room for what never came.
_ZEROS: Final = b"\0" * 16
# The decoder blends the colours of units at least so large with those of the units beside and below.
_BLENDED_SIZE: Final = 16
_STRIP_ROWS: Final = 256
_Load = Callable[[bytes], Image.Image]


def lacks_intervals(jpeg: bytes) -> bool:
    """Return whether restart markers tell that parts of a JPEG are not there, even if it decodes."""
    # Nearly all have none, and to look at all their data takes three hundredths of what decoding does.
    scans = read_scans(jpeg) if begins_with_restarts(jpeg) else None
    return scans is not None and scans.absent_share() > 0


def decode_cut(jpeg: bytes, load: _Load) -> tuple[Image.Image, float]:
    """Decode a JPEG that is cut or damaged.

    A decoder fills what is missing, and does not say from where. So it is decoded with its end behind the data, and
    with noise in between: the first unit that differs is the first one that is not there, and all behind it are not
    there either, though both may be filled alike from the next restart on. Noise behind a whole interval is skipped;
    what is missing from there on, or in the middle, is told by the number of restart markers.

    Args:
        jpeg: the whole file.
        load: opens and decodes a file, at any scale.

    Returns:
        The picture, and the share of its pixels, 0 to 1, that are missing.

    Raises:
        DamagedImageError: there is no pixel in it, or the pixels lack detail.
        Exception: any of `image_header.DECODE_ERRORS`.

    """
    scans = read_scans(jpeg)
    if scans is None:
        raise DamagedImageError("it ends before its first pixel")
    data = _data(jpeg, scans)
    one = load(data + _END)
    noises = _NOISES if scans.progressive else _NOISES[:1]
    reached = min(_first_difference(one, load(data + noise + _END), scans) for noise in noises)
    missing = max(1 - reached, scans.absent_share())
    if scans.is_closed:
        # Who closed it may have left out detail on purpose.
        owes = False
    elif not scans.has_begun_all():
        return one, 1.0
    else:
        owes = scans.owes()
    lacking = 1.0 if owes else missing
    has_ground = scans.has_whole_ground() or missing <= MAX_MISSING_SHARE
    if scans.progressive and has_ground and lacking > MAX_MISSING_SHARE:
        raise DamagedImageError(f"the detail of {lacking:.1%} of its pixels is missing")
    return one, missing


def _data(jpeg: bytes, scans: JpegScans) -> bytes:
    """Return the file up to the end of the last scan's data."""
    last = scans.scans[-1]
    data = jpeg[last.start : last.end]
    if data.endswith(_ZEROS):
        data = data.rstrip(b"\0")
    # Half of a marker would make another one of what follows.
    return jpeg[: last.start] + data.rstrip(b"\xff")


def _first_difference(one: Image.Image, other: Image.Image, scans: JpegScans) -> float:
    """Return the share of pixels, 0 to 1, before the first unit of the last scan in which two pictures differ."""
    if one.size != other.size or one.mode != other.mode:
        return 0.0
    scale = max(round(scans.width / one.width), 1)
    width, height = (max(side // scale, 1) for side in scans.mcu_size(scans.scans[-1]))
    strip = height * max(_STRIP_ROWS // height, 1)
    # In strips, because a copy of a large picture, and of another one, is memory that a damaged file isn't worth.
    for top in range(0, one.height, strip):
        box = (0, top, one.width, min(top + strip, one.height))
        differ = (
            (np.asarray(one.crop(box)) != np.asarray(other.crop(box))).reshape(box[3] - top, one.width, -1).any(axis=2)
        )
        if height >= _BLENDED_SIZE:
            differ[height - 1 :: height] = False
        if width >= _BLENDED_SIZE:
            differ[:, width - 1 :: width] = False
        rows = np.flatnonzero(differ.any(axis=1))
        if rows.size:
            first = int(rows[0]) // height * height
            last = min(first + height, one.height - top)
            column = int(np.flatnonzero(differ[first:last].any(axis=0))[0]) // width * width
            return ((top + first) * one.width + (last - first) * column) / (one.width * one.height)
    return 1.0
