"""Makes the photos to measure with from the samples: the same on every machine."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from clients.cli.failure import CommandError

MIXTURE: Final = (
    "Every other photo has 12 megapixels, the rest 2; they take turns through the sample photos. Each is a crop of its "
    "sample (up to 6 % is cut off at each side), enlarged, half of them mirrored, with noise of up to 7 of 255 in each "
    "value, as a JPEG of quality 95. So no two photos have the same bytes or the same content."
)
_MEGAPIXELS: Final = (12, 2)
_LARGEST_CROP: Final = 0.06
_NOISE: Final = 7
_QUALITY: Final = 95
_SUFFIXES: Final = frozenset({".jpg", ".png"})


def make_photos(samples: Path, folder: Path, count: int, advance: Callable[[], None]) -> list[Path]:
    """Write `count` photos made of those in `samples` into `folder`; call `advance` after each.

    Raises:
        CommandError: there are no samples.

    """
    sources = sorted(path for path in samples.glob("*") if path.suffix in _SUFFIXES)
    if not sources:
        raise CommandError(f"There are no sample photos in {samples}.", advice="Run `albumen-models samples`.")
    folder.mkdir(parents=True)
    photos = []
    for index in range(count):
        photos.append(folder / f"{index:04}.jpg")
        pixels = _photo(sources, index)
        cv2.imwrite(str(photos[-1]), pixels, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))
        advance()
    return photos


def _photo(sources: Sequence[Path], index: int) -> NDArray[np.uint8]:
    """Return photo number `index`, uint8 [height, width, 3], BGR."""
    random = np.random.default_rng(index)
    pixels = np.asarray(cv2.imread(str(sources[index % len(sources)])), np.uint8)
    height, width = pixels.shape[:2]
    top, left, bottom, right = random.uniform(0, _LARGEST_CROP, 4) * (height, width, height, width)
    pixels = pixels[int(top) : height - int(bottom), int(left) : width - int(right)]
    if random.random() < 0.5:
        pixels = pixels[:, ::-1]
    height, width = pixels.shape[:2]
    # An odd number of samples and an even one of sizes: every sample comes in every size.
    scale = (_MEGAPIXELS[index % len(_MEGAPIXELS)] * 1e6 / (width * height)) ** 0.5
    size = (round(width * scale), round(height * scale))
    enlarged = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_CUBIC)
    noise = random.integers(-_NOISE, _NOISE, enlarged.shape, np.int8, endpoint=True)
    noisy: NDArray[np.int16] = enlarged.astype(np.int16) + noise
    return np.clip(noisy, 0, 255).astype(np.uint8)
