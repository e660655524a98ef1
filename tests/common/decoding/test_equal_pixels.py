"""Pixels do not depend on where they are decoded."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from services.common import limits
from services.common.decoding.child_decoders import ChildDecoders
from services.common.decoding.decoding_scale import SCALES
from services.common.decoding.shared_memory import is_supported
from services.common.decoding.thread_decoders import ThreadDecoders
from services.common.errors import InvalidArgumentError, Reason
from services.common.image_pixels import decode_pixels
from services.common.limits import MEBIBYTE, DecodeLimits, ImageLimits
from tests.bombs import saved
from tests.detector.photos import heif
from tests.detector.test_photo import VARIANTS

pytestmark = pytest.mark.skipif(not is_supported(), reason="decoders are threads here")

IMAGE = ImageLimits()
LIMITS = DecodeLimits(IMAGE, cpu_seconds=60, wall_seconds=600)
HERE = ThreadDecoders(LIMITS)


@pytest.fixture(scope="module")
def children() -> Iterator[ChildDecoders]:
    pool = ChildDecoders(1, LIMITS)
    yield pool
    pool.close()


def _picture(width: int = 517, height: int = 333) -> Image.Image:
    rng = np.random.default_rng(1)
    return Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8))


def _check(children: ChildDecoders, data: bytes) -> None:
    with children.lend(data) as child, HERE.lend(data) as here:
        header = here.header(IMAGE)
        assert child.header(IMAGE) == header
        assert child.camera_tags() == here.camera_tags()
        # Larger and larger, as a photo with small faces.
        for scale in reversed(SCALES):
            pixels, expected = child.pixels(header, scale), here.pixels(header, scale)
            assert pixels.shape == expected.shape
            assert (pixels == expected).all()
            assert not pixels.flags.writeable


@pytest.mark.parametrize("variant", VARIANTS)
def test_of_every_format(variant: str, children: ChildDecoders) -> None:
    _check(children, VARIANTS[variant](_picture()))


@pytest.mark.parametrize("name", ["orientation_1", "orientation_6", "ten_bit", "grey", "alpha"])
def test_of_every_heif(name: str, children: ChildDecoders) -> None:
    _check(children, heif(name))


def test_of_every_sample(children: ChildDecoders, samples_dir: Path) -> None:
    for path in samples_dir.iterdir():
        _check(children, path.read_bytes())


def test_refusals_are_the_same(children: ChildDecoders) -> None:
    whole = saved(_picture(), "PNG")
    for data in (whole[:20], whole[: len(whole) // 2], b"no image", b"\xff\xd8" + bytes(100)):
        refusals = []
        for decoders in (children, HERE):
            with pytest.raises(InvalidArgumentError) as caught, decoders.lend(data) as decoder:
                decoder.pixels(decoder.header(IMAGE, field="photo"), field="photo")
            refusals.append(caught.value)
        one, other = refusals
        assert (one.reason, one.message, one.violations) == (other.reason, other.message, other.violations)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "I;16"])
def test_large_photos_are_averaged_when_they_are_wanted_small(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.common.decoding.decoding_scale.WHOLE_PIXELS", 1_000_000)
    picture = _picture(2_051, 1_027)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)
    data = saved(picture if mode == "I;16" else picture.convert(mode), "PNG")
    whole = Image.fromarray(decode_pixels(data))

    with HERE.lend(data) as decoder:
        header = decoder.header(IMAGE)
        for scale in SCALES:
            assert (decoder.pixels(header, scale) == np.asarray(whole.reduce(round(1 / scale)))).all()


def test_wide_pictures_are_converted_in_parts() -> None:
    """One row of a panorama would be too much at once."""
    picture = _picture(20_001, 3)
    assert (decode_pixels(saved(picture, "PNG")) == np.asarray(picture)).all()
    assert (decode_pixels(saved(picture, "PNG"), reduction=4) == np.asarray(picture.reduce(4))).all()


def test_what_does_not_fit_comes_smaller_and_what_never_fits_is_refused() -> None:
    data = saved(_picture(2_000, 1_600), "PNG")
    needed = 4 * 2_000 * 1_600 + 2 * len(data) + 4 * MEBIBYTE
    # The scale at which the photo comes, and the memory of its pixels; one byte less, and it is the next scale.
    for scale, following in zip(SCALES, (*SCALES[1:], None), strict=True):
        memory = needed + round(3 * 2_000 * 1_600 * scale**2)
        assert _shape(data, memory) == (1_600 * scale, 2_000 * scale, 3)
        if following is not None:
            assert _shape(data, memory - 1) == (1_600 * following, 2_000 * following, 3)
            continue
        with pytest.raises(InvalidArgumentError) as caught:
            _shape(data, memory - 1)
        assert caught.value.reason is Reason.IMAGE_TOO_MUCH_MEMORY
        assert caught.value.metadata == {"limit": str(memory - 1), "value": str(memory)}


def _shape(data: bytes, memory: int) -> tuple[int, ...]:
    with ThreadDecoders(DecodeLimits(IMAGE, memory_bytes=memory)).lend(data) as decoder:
        return decoder.pixels(decoder.header(IMAGE)).shape


def test_defaults_hold_what_cameras_take() -> None:
    memory = limits.DECODE_MEMORY_MIB * MEBIBYTE
    # Bytes a pixel of PNG, HEIF and AVIF, with the pixels of the largest photo of that kind that is decoded whole.
    for each, megapixels in ((4, 24), (8, 24), (9.1, 24)):
        assert (each + 3) * megapixels * 1_000_000 < memory
