from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from services.common.image_pixels import upright
from services.detector.detector import Detector
from services.detector.options import DetectOptions, FaceOptions
from tests.detector.photos import difference, encoded, heif, iou, portrait

# What turns an upright picture into the one that is stored with that orientation.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
_MOST_DIFFERENCE = 8


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return exif


def _stored(image: Image.Image, orientation: int) -> Image.Image:
    method = STORED[orientation]
    return image if method is None else image.transpose(method)


@pytest.mark.parametrize("orientation", STORED)
def test_pixels_turn_as_pillow_turns_them(orientation: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (5, 7, 3), np.uint8)
    image = Image.fromarray(pixels)
    image.getexif()[ExifTags.Base.Orientation] = orientation

    turned = ImageOps.exif_transpose(image)

    assert (upright(pixels, orientation) == np.asarray(turned)).all()
    assert (upright(np.asarray(_stored(image, orientation)), orientation) == pixels).all()


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_boxes_are_in_the_upright_frame(
    orientation: int, image_format: str, detector: Detector, samples_dir: Path
) -> None:
    image = portrait(samples_dir)
    options = DetectOptions(faces=FaceOptions(include_crops=True))
    expected = detector.detect(encoded(image, "PNG"), options)

    found = detector.detect(
        encoded(_stored(image, orientation), image_format, exif=_exif(orientation), quality=95), options
    )

    assert (found.width, found.height) == image.size
    assert {item.label for item in found.objects} == {item.label for item in expected.objects}
    (face,), (expected_face,) = found.faces, expected.faces
    assert iou(face.box, expected_face.box) > 0.95
    assert face.landmarks is not None
    assert expected_face.landmarks is not None
    assert face.landmarks.nose.x == pytest.approx(expected_face.landmarks.nose.x, abs=3)
    assert face.landmarks.nose.y == pytest.approx(expected_face.landmarks.nose.y, abs=3)
    assert face.crop is not None
    assert expected_face.crop is not None
    # What compression changes moves a crop by a pixel or two: up to 5.6 with fp32 weights, 6.1 with int8.
    assert difference(face.crop.rgb, expected_face.crop.rgb) < _MOST_DIFFERENCE
    for turned in (face.crop.rgb[::-1], face.crop.rgb[:, ::-1], face.crop.rgb.transpose(1, 0, 2)):
        assert difference(turned, expected_face.crop.rgb) > 2 * _MOST_DIFFERENCE


@pytest.mark.parametrize("orientation", STORED)
def test_a_heif_is_turned_once(orientation: int, detector: Detector) -> None:
    """These files say their orientation twice, as a transformation and in EXIF, as those of phones do."""
    (expected,) = detector.detect(heif("orientation_1"), DetectOptions(objects=None)).faces

    found = detector.detect(heif(f"orientation_{orientation}"), DetectOptions(objects=None))

    assert (found.width, found.height) == (228, 284)
    (face,) = found.faces
    assert face.landmarks is not None
    assert face.landmarks.left_eye.y < face.landmarks.mouth_left.y
    assert iou(face.box, expected.box) > 0.95


@pytest.mark.parametrize("orientation", STORED)
def test_a_decode_at_a_smaller_scale_is_turned_too(orientation: int, detector: Detector, samples_dir: Path) -> None:
    image = portrait(samples_dir).resize((1365, 1704))
    (expected,) = detector.detect(encoded(image, "PNG"), DetectOptions(objects=None)).faces

    stored = encoded(_stored(image, orientation), "JPEG", exif=_exif(orientation), quality=90)
    (face,) = detector.detect(stored, DetectOptions(objects=None)).faces

    assert iou(face.box, expected.box) > 0.95
