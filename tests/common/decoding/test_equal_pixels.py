"""Pixels do not depend on where they are decoded."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from services.common import limits
from services.common.decoding.child_decoders import ChildDecoders
from services.common.decoding.decode import decode
from services.common.decoding.decoding_scale import SCALES, fitting_scale
from services.common.decoding.shared_memory import is_supported
from services.common.decoding.thread_decoders import ThreadDecoders
from services.common.errors import InvalidArgumentError, Reason
from services.common.image_header import ImageHeader, read_header
from services.common.image_pixels import decode_pixels, new_pixels
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
def test_pixels_are_averaged_where_they_come_smaller(mode: str) -> None:
    picture = _picture(2_051, 1_027)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)
    data = saved(picture if mode == "I;16" else picture.convert(mode), "PNG")
    whole = Image.fromarray(decode_pixels(data))

    for scale in SCALES:
        found = decode(data, read_header(data, IMAGE), scale, new_pixels)
        assert (found == np.asarray(whole.reduce(round(1 / scale)))).all()


def test_wide_pictures_are_converted_in_parts() -> None:
    """One row of a panorama would be too much at once."""
    picture = _picture(20_001, 3)
    assert (decode_pixels(saved(picture, "PNG")) == np.asarray(picture)).all()
    assert (decode_pixels(saved(picture, "PNG"), reduction=4) == np.asarray(picture.reduce(4))).all()


def test_what_does_not_fit_comes_smaller_and_what_never_fits_is_refused() -> None:
    data = saved(_picture(2_000, 1_600), "PNG")
    needed = 4 * 2_000 * 1_600 + 3 * len(data) + 4 * MEBIBYTE
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


def test_what_would_come_at_the_same_scale_again_is_not_decoded_again(children: ChildDecoders) -> None:
    data = saved(_picture(), "PNG")
    for decoders in (children, HERE):
        with decoders.lend(data) as decoder:
            header = decoder.header(IMAGE)
            assert decoder.pixels(header, 1 / 8) is decoder.pixels(header)


@pytest.mark.parametrize(
    ("form", "mode", "codec_bytes", "megapixels", "scale"),
    [
        ("PNG", "RGB", 4.0, 50, 1),
        ("PNG", "RGB", 4.0, 100, 1 / 4),
        ("GIF", "P", 2.1, 80, 1),
        ("HEIF", "RGB", 7.6, 36, 1),
        # The largest photos of telephones.
        ("HEIF", "RGB", 7.6, 48, 1 / 2),
        ("AVIF", "RGB", 9.1, 24, 1),
        ("WEBP", "RGB", 16.5, 20, 1),
        ("JPEG", "RGB", 0.3, 100, 1),
        ("JPEG", "RGB", 3.3, 100, 1 / 2),
    ],
)
def test_the_default_memory_holds_what_cameras_take(
    form: str, mode: str, codec_bytes: float, megapixels: int, scale: float
) -> None:
    width = 10_000
    header = ImageHeader(form, "", mode, width, megapixels * 100, 1, round(codec_bytes * megapixels * 1_000_000))
    assert fitting_scale(header, 2 * MEBIBYTE, 1.0, limits.DECODE_MEMORY_MIB * MEBIBYTE)[0] == scale
