"""How much of a JPEG is missing is counted as a comparison with the whole photo does."""

import io
import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from services.common.cut_jpeg import decode_cut, lacks_intervals
from services.common.errors import InvalidArgumentError
from services.common.image_header import FORMATS
from services.common.image_pixels import decode_pixels

WIDTH, HEIGHT = 500, 401
NOISE = 12


def _saved(form: str = "RGB", **options: Any) -> bytes:
    generator = np.random.default_rng(2)
    slope = np.add.outer(np.linspace(150, 230, HEIGHT), np.linspace(0, 25, WIDTH))[..., None]
    picture = np.clip(slope + generator.normal(0, 9, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(picture).convert(form).save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


BASELINE = {
    "plain": _saved(),
    "4:4:4": _saved(subsampling=0),
    "4:2:2": _saved(subsampling=1),
    "grey": _saved("L", restart_marker_rows=1),
    "cmyk": _saved("CMYK", restart_marker_rows=3),
    "a restart a row": _saved(restart_marker_rows=1),
    "a restart a unit": _saved(restart_marker_blocks=1),
    "a restart every four units": _saved(restart_marker_blocks=4),
    "4:4:4, a restart in the middle of rows": _saved(subsampling=0, restart_marker_blocks=100),
    "a restart every five rows": _saved(restart_marker_rows=5, optimize=True),
}
PROGRESSIVE = {
    "progressive": _saved(progressive=True),
    "progressive with restarts": _saved(progressive=True, restart_marker_rows=2),
}


def _load(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    image.load()
    return image


def _differing(pixels: NDArray[np.uint8], whole: NDArray[np.uint8]) -> float:
    return float((np.abs(pixels.astype(int) - whole).max(axis=2) > NOISE).mean())


@pytest.mark.parametrize("name", BASELINE)
@pytest.mark.parametrize("scale", [1, 8])
def test_what_is_told_of_a_cut_jpeg_is_what_differs_from_the_whole_one(name: str, scale: int) -> None:
    data = BASELINE[name]
    size = (-(-WIDTH // scale), -(-HEIGHT // scale))
    whole = decode_pixels(data, draft=size)
    # Of all places, with the last bytes, at which marker and byte stand a cut behind each other.
    begins = data.index(b"\xff\xda") + 30
    for length in (*range(begins, len(data), len(data) // 23), *range(len(data) - 4, len(data))):
        cut = data[:length]
        kept, missing = decode_cut(cut, lambda part: _drafted(part, size))
        truth = _differing(np.asarray(kept.convert("RGB")), whole)
        assert missing == pytest.approx(truth, abs=0.01), length
        if missing > 0.01:
            with pytest.raises(InvalidArgumentError, match=re.escape(f"({missing:.1%} of its pixels are missing)")):
                decode_pixels(cut, draft=size)
        else:
            assert _differing(decode_pixels(cut, draft=size), whole) <= 0.01, length


def _drafted(data: bytes, size: tuple[int, int]) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    image.draft(None, size)
    image.load()
    return image


@pytest.mark.parametrize("name", [name for name in BASELINE if "restart" in name])
def test_a_cut_at_a_restart_marker_is_counted(name: str) -> None:
    data = BASELINE[name]
    whole = decode_pixels(data)
    markers = [found.start() for found in re.finditer(rb"\xff[\xd0-\xd7]", data)]
    for at in markers[:: max(len(markers) // 4, 1)]:
        for length in (at, at + 1, at + 2):
            for end in (b"", b"\xff\xd9", b"\0" * 900):
                kept, missing = decode_cut(data[:length] + end, _load)
                truth = _differing(np.asarray(kept.convert("RGB")), whole)
                assert missing == pytest.approx(truth, abs=0.01), (length, end[:2])


@pytest.mark.parametrize("name", PROGRESSIVE)
def test_a_cut_progressive_jpeg_is_read_only_if_it_is_as_good_as_whole(name: str) -> None:
    data = PROGRESSIVE[name]
    whole = decode_pixels(data)
    scans = [found.start() for found in re.finditer(rb"\xff\xda", data)]
    refused = []
    for length in (*range(scans[0] + 40, len(data), len(data) // 13), *scans[1:]):
        try:
            pixels = decode_pixels(data[:length])
        except InvalidArgumentError as error:
            refused.append(error.message)
        else:
            assert _differing(pixels, whole) <= 0.01, length
    assert len(refused) >= len(scans[1:]) + 11
    assert all("of its pixels " in message for message in refused)
    assert (decode_pixels(data[:-2]) == whole).all()


@pytest.mark.parametrize("name", ["a restart a row", "a restart every four units"])
@pytest.mark.parametrize("lost", [1, 2, 5, 8])
def test_intervals_that_are_missing_in_the_middle_are_counted(name: str, lost: int) -> None:
    data = BASELINE[name]
    markers = [found.start() for found in re.finditer(rb"\xff[\xd0-\xd7]", data)]
    damaged = data[: markers[9]] + data[markers[9 + lost] :]
    assert lacks_intervals(damaged)
    assert not lacks_intervals(data)
    share = lost / (len(markers) + 1)

    _, missing = decode_cut(damaged, _load)

    # Eight numbers later the markers look the same: what is not there is missing at the end, of units with few pixels.
    assert lost == 8 or missing == pytest.approx(share, rel=0.1)
    if lost != 8 and share > 0.015:
        with pytest.raises(InvalidArgumentError, match="of its pixels are missing"):
            decode_pixels(damaged)


def test_the_words_of_a_codec_are_not_told() -> None:
    header = BASELINE["plain"][: BASELINE["plain"].index(b"\xff\xda") + 5]
    with pytest.raises(InvalidArgumentError) as caught:
        decode_pixels(header)
    assert caught.value.message.startswith("The image is truncated or damaged and can't be decoded")
    assert not re.search("Truncated File Read|broken data stream|[Ff]ile is truncated|cannot", caught.value.message)
