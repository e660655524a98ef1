"""Files whose structure asks for absurd work are refused before it is done, and no others."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from services.common import limits
from services.common.decoding.work import check_work, keeps_coefficients
from services.common.errors import InvalidArgumentError, Reason
from services.common.image_header import read_header
from services.common.limits import ImageLimits
from tests import bombs
from tests.bombs import saved
from tests.detector.test_photo import VARIANTS

BOMBS: dict[str, Callable[[], bytes]] = {
    "scans": lambda: bombs.scans(20_000),
    "few scans of many pixels": lambda: bombs.scans(11),
    "chunks": lambda: bombs.png_chunks(2_500_000),
    "chunks before the pixels": lambda: bombs.png_chunks(200_000, b"teSt"),
    "strips": lambda: bombs.tiff_strips(3_000_000),
    "comments": lambda: bombs.gif_comments(3_000_000),
    "runs of many pixels": bombs.bmp_runs,
    "many runs": lambda: bombs.bmp_runs(100, 3_000_000),
    "segments": lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 5_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_absurd_work_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        read_header(BOMBS[name](), ImageLimits(), field="photo")

    assert (caught.value.reason, caught.value.field) == (Reason.IMAGE_TOO_COSTLY, "photo")
    assert int(caught.value.metadata["value"]) > int(caught.value.metadata["limit"])


def _noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8))


@pytest.mark.parametrize("variant", VARIANTS)
def test_ordinary_work_is_done(variant: str) -> None:
    check_work(VARIANTS[variant](_noise(300, 200)))


def test_honest_structure_is_far_below_the_bounds() -> None:
    check_work(bombs.scans(0))
    check_work(bombs.png_chunks(32 * limits.MEBIBYTE // 8_192))
    check_work(bombs.tiff_strips(65_535))
    check_work(bombs.gif_frames(300_000))
    check_work(bombs.bmp_runs(2_000))


def test_what_ends_in_the_middle_of_its_structure_is_left_to_its_decoder() -> None:
    for data in (bombs.scans(2), bombs.png_chunks(3), bombs.tiff_strips(3), bombs.gif_comments(3), bombs.bmp_runs(9)):
        for size in range(60):
            check_work(data[:size])
        for size in range(60, len(data), 17):
            check_work(data[:size])


def test_pictures_within_a_jpeg_and_behind_it_are_not_its_scans() -> None:
    picture = _noise(40, 30)
    exif = Image.Exif()
    exif[0x9C9B] = saved(picture, "JPEG", progressive=True)
    whole = saved(picture, "JPEG", exif=exif)
    assert not keeps_coefficients(whole + saved(picture, "JPEG", progressive=True) * 3)
    assert keeps_coefficients(saved(picture, "JPEG", exif=exif, progressive=True))
    check_work(whole + bombs.scans(11))


def test_an_end_within_a_comment_hides_no_scans() -> None:
    data = bombs.scans(11)
    with pytest.raises(InvalidArgumentError):
        check_work(data[:2] + b"\xff\xfe\0\4\xff\xd9" + data[2:])


def test_memory_of_coefficients_follows_from_how_colours_are_stored() -> None:
    pixels = 400 * 320
    for subsampling, bytes_a_pixel in ((0, 6), (1, 4), (2, 3)):
        data = saved(_noise(400, 320), "JPEG", progressive=True, subsampling=subsampling)
        assert read_header(data, ImageLimits()).codec_bytes / pixels == pytest.approx(bytes_a_pixel + 0.3, abs=0.01)
    with Image.open(io.BytesIO(saved(_noise(400, 320), "JPEG"))) as image:
        assert read_header(saved(image, "JPEG"), ImageLimits()).codec_bytes / pixels == pytest.approx(0.3, abs=0.01)
