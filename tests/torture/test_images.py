"""Damaged pictures: where they are damaged, and how far their readers get."""

import io
import zlib
from random import Random

import pytest
from PIL import Image

from torture.images.anatomy import anatomy, png_chunks
from torture.images.mutations import mutated
from torture.images.samples import CODECS, sample
from torture.images.surgery import SURGERIES, mended


@pytest.mark.parametrize("codec", CODECS)
def test_numbers_and_parts_of_every_codec_are_found(codec: str) -> None:
    data = sample(codec)
    found = anatomy(data)
    assert len(found.numbers) > 10
    assert found.parts
    # Pixels are in one of them.
    assert max(end - start for start, end in found.parts) > len(data) / 8


@pytest.mark.parametrize("codec", ["jpeg", "png", "webp", "avif", "heic"])
def test_what_exif_says_is_found_wherever_it_lies(codec: str) -> None:
    data = sample(codec)
    place = max(data.find(b"II*\0"), data.find(b"MM\0*"))
    numbers = anatomy(data).numbers
    assert sum(place <= number.at < place + 400 and number.size == 4 for number in numbers) > 2


@pytest.mark.parametrize("codec", CODECS)
def test_every_surgery_changes_every_codec(codec: str) -> None:
    data, other = sample(codec), sample("jpeg" if codec != "jpeg" else "png")
    whole = len(anatomy(data).parts) < 2
    for surgery in dict.fromkeys(SURGERIES):
        made = {surgery(data, other, Random(seed)) for seed in range(30)} - {data}
        assert len(made) >= (0 if whole and surgery.__name__ == "move_parts" else 3), surgery.__name__


@pytest.mark.parametrize("codec", CODECS)
def test_a_damaged_file_is_damaged(codec: str) -> None:
    data = sample(codec)
    assert all(mutated(data, sample("png"), Random(seed)) != data for seed in range(60))


def test_checksums_of_a_damaged_png_fit_so_that_its_reader_goes_on() -> None:
    data = bytearray(sample("png"))
    data[24] = 1  # the depth is that of IHDR
    sound = mended(bytes(data))
    for at, end in png_chunks(sound):
        assert sound[end - 4 : end] == zlib.crc32(sound[at + 4 : end - 4]).to_bytes(4)
    assert mended(sample("png")) == sample("png")


def test_the_length_of_a_damaged_webp_fits() -> None:
    shorter = sample("webp")[:-10]
    assert int.from_bytes(mended(shorter)[4:8], "little") == len(shorter) - 8


@pytest.mark.parametrize("codec", ["gif", "webp-animated", "tiff-pages"])
def test_pictures_of_several_frames_have_them(codec: str) -> None:
    with Image.open(io.BytesIO(sample(codec))) as image:
        assert getattr(image, "n_frames", 1) == 3


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n\0", b"II*\0", b"MM\0*\0\0\0\x08\xff\xff", b"RIFF", b"BM"])
def test_what_ends_early_is_told_as_far_as_it_goes(data: bytes) -> None:
    found = anatomy(data)
    assert all(number.at + number.size <= len(data) for number in found.numbers)
    assert all(0 <= start < end <= len(data) for start, end in found.parts)
