import io

import numpy as np
import pytest
from PIL import ExifTags, Image

from services.common.decoding.thread_decoders import ThreadDecoders
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import DecodeLimits
from services.embedder.face_image import FACE_BYTES, FACE_LIMITS, decode_face, face_from_rgb

HERE = ThreadDecoders(DecodeLimits(FACE_LIMITS))


def _picture(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[:height, :width]
    return Image.fromarray(np.stack([x * 255 // width, y * 255 // height, x * 0], 2).astype(np.uint8))


def _file(image: Image.Image, image_format: str = "PNG", orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    buffer = io.BytesIO()
    image.save(buffer, image_format, exif=exif)
    return buffer.getvalue()


def test_raw_pixels_are_taken_as_they_are() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (160, 160, 3), np.uint8)

    assert (face_from_rgb(pixels.tobytes()) == pixels).all()


@pytest.mark.parametrize("size", [0, 1, FACE_BYTES - 1, FACE_BYTES + 1])
def test_raw_pixels_of_another_size_are_refused(size: int) -> None:
    with pytest.raises(InvalidArgumentError, match="76,800") as error:
        face_from_rgb(bytes(size), field="faces[3].rgb")

    assert error.value.reason is Reason.FACE_IMAGE_SIZE
    assert error.value.field == "faces[3].rgb"


@pytest.mark.parametrize("size", [(160, 160), (320, 200), (31, 47), (1, 1)])
def test_a_file_is_stretched(size: tuple[int, int]) -> None:
    face = decode_face(_file(_picture(*size)), HERE)

    assert face.shape == (160, 160, 3)
    assert face.dtype == np.uint8


def test_a_file_of_the_right_size_is_unchanged() -> None:
    image = _picture(160, 160)

    assert (decode_face(_file(image), HERE) == np.asarray(image)).all()


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "JPEG"])
def test_a_file_is_turned_upright(image_format: str) -> None:
    image = _picture(200, 160)
    upright = decode_face(_file(image, image_format), HERE).astype(np.int16)

    turned = decode_face(_file(image.transpose(Image.Transpose.ROTATE_90), image_format, orientation=6), HERE)

    assert np.abs(turned - upright).mean() < 4


def _reason(data: bytes) -> Reason:
    with pytest.raises(InvalidArgumentError) as error:
        decode_face(data, HERE, field="faces[0].content")
    assert error.value.field == "faces[0].content"
    return error.value.reason


def test_bad_files_are_refused() -> None:
    sound = _file(_picture(200, 200), "JPEG")

    assert _reason(b"") is Reason.IMAGE_EMPTY
    assert _reason(b"no image at all") is Reason.IMAGE_FORMAT_UNSUPPORTED
    assert _reason(sound[: len(sound) // 2]) is Reason.IMAGE_UNREADABLE
    assert _reason(sound + bytes(1024 * 1024)) is Reason.IMAGE_TOO_LARGE
    assert _reason(_file(Image.new("RGB", (2001, 2000)))) is Reason.IMAGE_TOO_MANY_PIXELS
