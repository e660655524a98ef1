import io
import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import ImageLimits
from services.detector.detector import Detector
from services.detector.options import DetectOptions
from services.detector.photo import Photo
from tests.detector.photos import difference, encoded, heif, iou, portrait

FACES = DetectOptions(objects=None)


def _sixteen_bit(image: Image.Image) -> bytes:
    wide = np.asarray(image)[..., ::-1].astype(np.uint16) * 257
    return cv2.imencode(".png", wide)[1].tobytes()


def _translucent(image: Image.Image, mode: str) -> Image.Image:
    """The picture, with a see-through corner that hides noise."""
    layer = image.convert("RGBA")
    noise = Image.effect_noise((100, 100), 200).convert("RGBA")
    noise.putalpha(0)
    layer.paste(noise, (0, 0))
    return layer.convert(mode)


def _multi_picture(image: Image.Image) -> bytes:
    return encoded(image, "MPO", save_all=True, append_images=[image.rotate(90)])


VARIANTS: dict[str, Callable[[Image.Image], bytes]] = {
    "jpeg": lambda image: encoded(image, "JPEG", quality=92),
    "progressive jpeg": lambda image: encoded(image, "JPEG", progressive=True),
    "grey jpeg": lambda image: encoded(image.convert("L"), "JPEG"),
    "cmyk jpeg": lambda image: encoded(image.convert("CMYK"), "JPEG"),
    "jpeg with bytes after its end": lambda image: encoded(image, "JPEG") + b"\0phone" * 500,
    "multi-picture jpeg": _multi_picture,
    "png": lambda image: encoded(image, "PNG"),
    "grey png": lambda image: encoded(image.convert("L"), "PNG"),
    "16-bit grey png": lambda image: encoded(
        Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257), "PNG"
    ),
    "16-bit rgb png": _sixteen_bit,
    "grey png with alpha": lambda image: encoded(_translucent(image, "LA"), "PNG"),
    "png with alpha": lambda image: encoded(_translucent(image, "RGBA"), "PNG"),
    "palette png": lambda image: encoded(image.convert("P"), "PNG"),
    "palette png with alpha": lambda image: encoded(
        _translucent(image, "RGBA").quantize(method=Image.Quantize.FASTOCTREE), "PNG"
    ),
    "gif": lambda image: encoded(image, "GIF"),
    "animated gif": lambda image: encoded(image, "GIF", save_all=True, append_images=[Image.new("RGB", image.size)]),
    "animated webp": lambda image: encoded(image, "WEBP", save_all=True, append_images=[Image.new("RGB", image.size)]),
    "bmp": lambda image: encoded(image, "BMP"),
    "tiff": lambda image: encoded(image, "TIFF", compression="tiff_lzw"),
    "16-bit tiff": lambda image: encoded(
        Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257), "TIFF"
    ),
    "float tiff": lambda image: encoded(image.convert("F").point(lambda value: value / 255), "TIFF"),
    "webp": lambda image: encoded(image, "WEBP"),
    "animated png": lambda image: encoded(image, "PNG", save_all=True, append_images=[Image.new("RGB", image.size)]),
    "avif": lambda image: encoded(image, "AVIF"),
    "grey avif": lambda image: encoded(image.convert("L"), "AVIF"),
    "avif with alpha": lambda image: encoded(_translucent(image, "RGBA"), "AVIF"),
    "animated avif": lambda image: encoded(image, "AVIF", save_all=True, append_images=[Image.new("RGB", image.size)]),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_format_shows_the_face(variant: str, detector: Detector, samples_dir: Path) -> None:
    image = portrait(samples_dir)
    (expected,) = detector.detect(encoded(image, "PNG"), FACES).faces

    found = detector.detect(VARIANTS[variant](image), FACES)

    assert (found.width, found.height) == image.size
    (face,) = found.faces
    assert iou(face.box, expected.box) > 0.9


@pytest.mark.parametrize("name", ["orientation_1", "ten_bit", "grey", "alpha"])
def test_every_heif_shows_the_face(name: str, detector: Detector, samples_dir: Path) -> None:
    image = portrait(samples_dir).resize((228, 284))
    (expected,) = detector.detect(encoded(image, "PNG"), FACES).faces

    found = detector.detect(heif(name), FACES)

    assert (found.width, found.height) == image.size
    (face,) = found.faces
    assert iou(face.box, expected.box) > 0.9


def test_what_is_transparent_in_a_heif_is_white() -> None:
    assert (Photo(heif("alpha"), ImageLimits()).pixels(1)[4:36, 4:36] > 250).all()


@pytest.mark.parametrize("variant", ["16-bit grey png", "16-bit tiff", "float tiff"])
def test_deep_pixels_keep_their_range(variant: str, samples_dir: Path) -> None:
    image = portrait(samples_dir)

    pixels = Photo(VARIANTS[variant](image), ImageLimits()).pixels(1)

    assert difference(pixels, np.asarray(image.convert("L").convert("RGB"))) < 3


@pytest.mark.parametrize("variant", ["grey png with alpha", "png with alpha", "palette png with alpha"])
def test_what_is_transparent_is_white(variant: str, samples_dir: Path) -> None:
    pixels = Photo(VARIANTS[variant](portrait(samples_dir)), ImageLimits()).pixels(1)

    assert (pixels[:100, :100] == 255).all()


def test_a_large_jpeg_is_decoded_small_and_then_larger_once(samples_dir: Path) -> None:
    large = portrait(samples_dir).resize((3640, 4544))
    photo = Photo(encoded(large, "JPEG"), ImageLimits())

    assert photo.pixels(0.1).shape == (568, 455, 3)
    assert photo.pixels(0.3).shape == (2272, 1820, 3)
    assert photo.pixels(0.1).shape == (2272, 1820, 3)
    assert photo.pixels(0.6).shape == (4544, 3640, 3)
    assert photo.pixels(7).shape == (4544, 3640, 3)


@given(size=st.tuples(st.integers(1, 70), st.integers(1, 70)), scale=st.floats(0, 4))
def test_a_decode_has_the_scale_that_was_asked_for(size: tuple[int, int], scale: float) -> None:
    width, height = size
    photo = Photo(encoded(Image.new("RGB", size), "JPEG"), ImageLimits())

    rows, columns, _ = photo.pixels(scale).shape

    assert math.ceil(width * min(scale, 1)) <= columns <= width
    assert math.ceil(height * min(scale, 1)) <= rows <= height


def _reason(data: bytes, detector: Detector) -> Reason:
    with pytest.raises(InvalidArgumentError) as error:
        detector.detect(data, FACES)
    assert error.value.field == "content"
    return error.value.reason


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_truncated_file_is_refused(image_format: str, share: float, detector: Detector, samples_dir: Path) -> None:
    data = heif("orientation_1") if image_format == "HEIF" else encoded(portrait(samples_dir), image_format)

    # The header of a TIFF is at its end, so that without it there is no image at all.
    assert _reason(data[: int(len(data) * share)], detector) in {
        Reason.IMAGE_UNREADABLE,
        Reason.IMAGE_FORMAT_UNSUPPORTED,
    }


def test_a_jpeg_whose_end_is_zeros_is_refused(detector: Detector, samples_dir: Path) -> None:
    data = encoded(portrait(samples_dir), "JPEG")
    half = len(data) // 2

    assert _reason(data[:half] + bytes(half), detector) is Reason.IMAGE_UNREADABLE


def test_what_is_no_image_is_refused(detector: Detector) -> None:
    assert _reason(b"", detector) is Reason.IMAGE_EMPTY
    assert _reason(bytes(1000), detector) is Reason.IMAGE_FORMAT_UNSUPPORTED
    assert _reason(np.random.default_rng(1).bytes(5000), detector) is Reason.IMAGE_FORMAT_UNSUPPORTED
    assert _reason(encoded(Image.new("RGB", (9, 9)), "PPM"), detector) is Reason.IMAGE_FORMAT_UNSUPPORTED


def test_limits_are_kept(samples_dir: Path) -> None:
    data = (samples_dir / "obama.jpg").read_bytes()

    with pytest.raises(InvalidArgumentError, match="910 x 1137") as pixels:
        Photo(data, ImageLimits(max_pixels=1_000_000))
    with pytest.raises(InvalidArgumentError) as size:
        Photo(data, ImageLimits(max_bytes=len(data) - 1))

    assert pixels.value.reason is Reason.IMAGE_TOO_MANY_PIXELS
    assert size.value.reason is Reason.IMAGE_TOO_LARGE


def test_stray_bytes_that_a_camera_wrote_do_no_harm(samples_dir: Path) -> None:
    data = encoded(portrait(samples_dir), "JPEG")
    tables = data.index(b"\xff\xdb")

    pixels = Photo(data[:tables] + b"junk" + data[tables:], ImageLimits()).pixels(1)

    with Image.open(io.BytesIO(data)) as image:
        assert difference(pixels, np.asarray(image)) < 3


@settings(deadline=None)
@given(st.data())
def test_damage_is_refused_or_read_over(data: st.DataObject) -> None:
    rng = np.random.default_rng(0)
    image_format = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"]))
    picture = Image.fromarray(rng.integers(0, 255, (40, 50, 3), np.uint8))
    sound = heif("orientation_6") if image_format == "HEIF" else encoded(picture, image_format)
    damaged = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(0, len(sound) - 1))] = data.draw(st.integers(0, 255))

    try:
        photo = Photo(bytes(damaged), ImageLimits(max_pixels=100_000))
        assert photo.pixels(1).shape == (photo.height, photo.width, 3)
    except InvalidArgumentError:
        pass
