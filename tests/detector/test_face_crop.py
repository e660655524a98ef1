from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from services.common.limits import ImageLimits
from services.detector.detections import Box
from services.detector.detector import Detector
from services.detector.face_crop import cut, cut_faces, grow
from services.detector.options import DetectOptions, FaceOptions
from services.detector.photo import Photo
from tests.detector.photos import Pixels, difference, encoded, portrait

CROPS = DetectOptions(objects=None, faces=FaceOptions(include_crops=True))
coordinate = st.floats(-3000, 3000, allow_nan=False)
extent = st.floats(1e-3, 3000, allow_nan=False)


def _gradient(height: int, width: int) -> Pixels:
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 255 / width, y * 255 / height, x * 0], 2).astype(np.uint8)


def test_the_margin_is_even_about_the_centre() -> None:
    region = grow(Box(100, 200, 50, 80))

    assert region.left + region.width / 2 == 125
    assert region.top + region.height / 2 == 240
    assert 1.2 < region.width / 50 < 1.5
    assert 1.1 < region.height / 80 < 1.5


def test_a_region_inside_is_the_picture_itself() -> None:
    pixels = _gradient(400, 500)

    crop = cut(pixels, Box(30, 50, 160, 160), 1, 1)

    assert (crop.rgb == pixels[50:210, 30:190]).all()
    assert crop.region == Box(30, 50, 160, 160)


def test_edge_pixels_are_repeated_over_the_border() -> None:
    pixels = _gradient(400, 500)

    crop = cut(pixels, Box(-80, -40, 160, 160), 1, 1)

    assert (crop.rgb[40:, 80:] == pixels[:120, :80]).all()
    assert (crop.rgb[40:, :80] == pixels[:120, :1]).all()
    assert (crop.rgb[:40, 80:] == pixels[:1, :80]).all()
    assert crop.region == Box(-80, -40, 160, 160)


@given(left=coordinate, top=coordinate, width=extent, height=extent, scale=st.sampled_from([1.0, 0.5, 0.125]))
def test_any_region_gives_a_crop(left: float, top: float, width: float, height: float, scale: float) -> None:
    crop = cut(_gradient(30, 40), Box(left, top, width, height), scale, scale)

    assert crop.rgb.shape == (160, 160, 3)
    assert crop.region.width > 0
    assert abs(crop.region.left - left) <= 0.51 / scale


def test_a_small_face_in_a_large_photo_is_cut_from_full_detail(detector: Detector, samples_dir: Path) -> None:
    canvas = Image.new("RGB", (4000, 3000), (90, 110, 130))
    canvas.paste(portrait(samples_dir), (1800, 1200))
    data = encoded(canvas, "JPEG", quality=95)

    (face,) = detector.detect(data, CROPS).faces

    assert face.crop is not None
    scale = np.asarray(canvas)
    exact = cut(scale, face.crop.region, 1, 1).rgb
    thumbnail = Photo(data, ImageLimits()).pixels(0.25)
    coarse = cut(thumbnail, face.crop.region, 0.25, 0.25).rgb
    assert face.box.width < 250
    assert difference(face.crop.rgb, exact) < 2
    assert difference(coarse, exact) > 2 * difference(face.crop.rgb, exact)


def test_a_large_face_is_cut_from_the_decode_at_hand(samples_dir: Path) -> None:
    large = portrait(samples_dir).resize((3640, 4544))
    photo = Photo(encoded(large, "JPEG"), ImageLimits())
    at_hand = photo.pixels(0.25)

    (crop,) = cut_faces(photo, [Box(1400, 400, 1000, 1400)])

    assert photo.pixels(0).shape == at_hand.shape
    assert crop.rgb.shape == (160, 160, 3)


def test_a_face_at_the_border_keeps_its_proportions(detector: Detector, samples_dir: Path) -> None:
    data = (samples_dir / "obama_partial_face.jpg").read_bytes()

    (face,) = detector.detect(data, CROPS).faces

    assert face.crop is not None
    assert face.box.left == 0
    assert face.crop.region.left < 0
