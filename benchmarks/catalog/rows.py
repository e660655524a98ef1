"""The rows of the made-up library, for both databases, in the order of the columns of schema version 4."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from benchmarks.catalog.recipe import OBJECTS_A_PHOTO, Block, sha256_of

Row = tuple[object, ...]

OBJECT_MODEL: Final = "made-up-objects"
FACE_MODEL: Final = "made-up-faces"
EMBEDDING_SPACE: Final = "made-up-space"
FOLDER: Final = "file:///photos/"

_WIDTH: Final = 4000
_HEIGHT: Final = 3000
_BYTES: Final = 3_000_000
_EPOCH: Final = datetime(2010, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_BETWEEN: Final = timedelta(minutes=37)
_CAMERAS: Final = (("Canon", "EOS 80D"), ("Apple", "iPhone 15"), ("FUJIFILM", "X-T5"), ("Google", "Pixel 9"))
# Where the eyes, the nose and the corners of the mouth are in a face's box.
_LANDMARKS: Final = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)


def image_rows(block: Block, photos: int) -> Iterator[Row]:
    """Yield a row of `image` for each photo; every other one has EXIF."""
    for number in _numbers(block):
        taken = _taken(number)
        exif: Row = (None,) * 6
        if number % 2:
            latitude, longitude = number % 17_000 / 100 - 85, number % 35_000 / 100 - 175
            exif = (taken, 60, *_CAMERAS[number // 2 % len(_CAMERAS)], latitude, longitude)
        yield (
            number, sha256_of(photos, number), _file_name(number), "image/jpeg", _size(number), _WIDTH, _HEIGHT,
            *exif, taken, OBJECT_MODEL, FACE_MODEL, False, None, 0,
        )  # fmt: skip


def source_rows(block: Block) -> Iterator[Row]:
    """Yield a row of `source` for each photo."""
    for number in _numbers(block):
        yield (number, uri_of(number), number, _file_name(number), _taken(number))


def object_rows(block: Block) -> Iterator[Row]:
    """Yield a row of `object` for each object."""
    labels, scores, boxes = block.labels.tolist(), block.object_scores.tolist(), block.boxes.tolist()
    for at, number in enumerate(_numbers(block)):
        for which in range(OBJECTS_A_PHOTO):
            yield (number, labels[at][which] + 1, scores[at][which], *boxes[at][1 + which])


def face_rows(block: Block) -> Iterator[Row]:
    """Yield a row of `face` for each photo."""
    people, scores, quality = block.people.tolist(), block.scores.tolist(), block.quality.tolist()
    boxes = block.boxes[:, 0]
    landmarks = boxes[:, np.newaxis, :2] + boxes[:, np.newaxis, 2:] * _LANDMARKS
    for at, number in enumerate(_numbers(block)):
        yield (
            number, number, people[at], scores[at], *boxes[at].tolist(), landmarks[at].astype("<f4").tobytes(),
            block.embeddings[at].astype("<f4").tobytes(), block.thumbnails[at], quality[at], False,
        )  # fmt: skip


def uri_of(number: int) -> str:
    """Return where the file of a photo is."""
    return f"{FOLDER}{_taken(number):%Y/%m}/{_file_name(number)}"


def file_of(number: int) -> tuple[str, int, float]:
    """Return where the file of a photo is below `FOLDER`, how many bytes it has, and when it changed, in Unix time."""
    return uri_of(number).removeprefix(FOLDER), _size(number), _taken(number).replace(tzinfo=UTC).timestamp()


def _size(number: int) -> int:
    return _BYTES + number % 997


def _numbers(block: Block) -> range:
    return range(block.first, block.first + len(block.people))


def _file_name(number: int) -> str:
    return f"IMG_{number:07}.jpg"


def _taken(number: int) -> datetime:
    return _EPOCH + (number - 1) % 200_000 * _BETWEEN
