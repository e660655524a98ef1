"""What the tables surely take: asked of an image whose rows reach them only after it was acknowledged."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from services.catalog.vocabulary import Box, DetectedFace, DetectedObject, ImageAnalysis

_SMALLINT: Final = 2**15
_INTEGER: Final = 2**31
_BIGINT: Final = 2**63
# Well within what a FLOAT holds.
_LARGEST: Final = 1e30


def surely_storable(analysis: ImageAnalysis) -> bool:
    """Return whether no column and no condition of a table refuses an image; False where only the tables can tell."""
    exif = analysis.exif
    texts = (
        analysis.sha256, analysis.source.uri, analysis.source.file_name, analysis.mime_type, exif.camera_make or "",
        exif.camera_model or "", analysis.object_model, analysis.face_model,
    )  # fmt: skip
    seen: list[DetectedObject | DetectedFace] = [*analysis.objects, *analysis.faces]
    numbers = [number for found in seen for number in _numbers(found.box)]
    return (
        all(map(_is_plain, texts))
        and 0 < analysis.width < _INTEGER
        and 0 < analysis.height < _INTEGER
        and 0 <= analysis.size_bytes < _BIGINT
        and -_SMALLINT <= (exif.utc_offset_minutes or 0) < _SMALLINT
        and _is_whole(exif.capture_time)
        # None of these comparisons holds for what is no number.
        and all(0 <= found.score <= 1 for found in seen)
        and all(-_LARGEST < number < _LARGEST for number in numbers)
    )


def _numbers(box: Box) -> Iterable[float]:
    return (box.left, box.top, box.width, box.height)


def _is_plain(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _is_whole(time: datetime | None) -> bool:
    """Return whether a time is naive, as a column's are."""
    return time is None or time.tzinfo is None
