"""Makes the faces and photos to send from the samples."""

from collections.abc import Iterator
from itertools import count, cycle, permutations
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clients.cli.failure import CommandError

FACE_SIZE: Final = 160

_PORTRAITS: Final = ("biden.jpg", "obama.jpg", "obama2.jpg")
_PAIR_HEIGHT: Final = 1000
_TILE: Final = 96
_COLUMNS: Final = 8
_QUALITY: Final = (cv2.IMWRITE_JPEG_QUALITY, 90)


class Material:
    """What requests hold.

    Args:
        samples: folder of the sample photos.

    Raises:
        CommandError: there are no samples.

    """

    def __init__(self, samples: Path) -> None:
        paths = [samples / name for name in _PORTRAITS]
        if not all(path.is_file() for path in paths):
            raise CommandError(f"There are no sample photos in {samples}.", advice="Run `albumen-models samples`.")
        self._portraits = [np.asarray(cv2.imread(str(path)), np.uint8) for path in paths]
        self._serial = count()

    def faces(self) -> list[NDArray[np.uint8]]:
        """Return a crop of each portrait, uint8 [160, 160, 3], RGB."""
        return [np.ascontiguousarray(_square(portrait, FACE_SIZE)[:, :, ::-1]) for portrait in self._portraits]

    def pairs(self) -> Iterator[bytes]:
        """Yield JPEGs without end that show two people each, no two with the same bytes."""
        files = [_jpeg(np.hstack([_scaled(left), _scaled(right)])) for left, right in permutations(self._portraits, 2)]
        for file in cycle(files):
            yield self._unique(file)

    def crowd(self, faces: int) -> bytes:
        """Return a small JPEG that shows `faces` faces in rows of eight, never the same bytes twice."""
        tiles = [_square(self._portraits[index % len(self._portraits)], _TILE) for index in range(faces)]
        blank = np.full((_TILE, _TILE, 3), 127, np.uint8)
        tiles += [blank] * (-faces % _COLUMNS)
        rows = [np.hstack(tiles[start : start + _COLUMNS]) for start in range(0, len(tiles), _COLUMNS)]
        return self._unique(_jpeg(np.vstack(rows)))

    def _unique(self, file: bytes) -> bytes:
        # What follows the end of a JPEG's picture is not part of the picture.
        return file + next(self._serial).to_bytes(8)


def _square(portrait: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Return the upper middle of a portrait, where the face is."""
    height, width = portrait.shape[:2]
    side = round(min(height, width) * 0.75)
    left = (width - side) // 2
    return np.asarray(cv2.resize(portrait[:side, left : left + side], (size, size)), np.uint8)


def _scaled(portrait: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = portrait.shape[:2]
    return np.asarray(cv2.resize(portrait, (round(width * _PAIR_HEIGHT / height), _PAIR_HEIGHT)), np.uint8)


def _jpeg(pixels: NDArray[np.uint8]) -> bytes:
    _, encoded = cv2.imencode(".jpg", pixels, _QUALITY)
    return encoded.tobytes()
