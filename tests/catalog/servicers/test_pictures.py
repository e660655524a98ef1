"""Pictures of images by name, of real files, decoded by real decoder processes."""

import io
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, ImageOps

from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import picture_pb2
from albumen.catalog.v1 import picture_service_pb2 as pb
from services.common.drawing.palette import NEUTRAL, color_of
from services.common.image_pixels import decode_pixels
from services.common.limits import PICTURE_CHUNK_BYTES
from tests.catalog.asking import person_of, refusal
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.servicers.picturing import (
    LARGE,
    WEBP,
    content,
    corners,
    difference,
    four_corners,
    put,
    refused,
    saved,
    shown,
    thumbnail,
)
from tests.detector.photos import heif
from tests.detector.test_orientation import STORED


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
async def world(tmp_path: Path, photos: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path / "libraries", Script(), picture_roots=(photos,), **LARGE) as world:
        yield world


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
async def test_a_picture_is_upright(world: World, photos: Path, form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    method = STORED[orientation]
    picture = four_corners()
    stored = saved(picture if method is None else picture.transpose(method), form, exif=exif)
    name = await put(world, photos / "a", stored, (400, 300))
    made = await thumbnail(world, name, max_side=100)
    assert corners(made.content) == ["red", "lime", "white", "blue"]
    assert shown(made.content).shape == (75, 100, 3)
    assert (made.picture.size.width, made.picture.size.height, made.picture.mime_type) == (100, 75, "image/jpeg")
    _, large = await content(world, name, format=WEBP)
    assert corners(large) == ["red", "lime", "white", "blue"]
    assert shown(large).shape == (300, 400, 3)
    for one in (made.content, large):
        assert not dict(Image.open(io.BytesIO(one)).getexif())


@pytest.mark.parametrize("orientation", STORED)
async def test_a_heic_is_turned_once(world: World, photos: Path, orientation: int) -> None:
    expected = np.asarray(Image.fromarray(decode_pixels(heif("orientation_1"))).resize((114, 142)), np.int16)
    name = await put(world, photos / "a.heic", heif(f"orientation_{orientation}"), (228, 284))
    made = await thumbnail(world, name, max_side=142)
    assert shown(made.content).shape == expected.shape
    assert difference(shown(made.content), expected) < 6


def _sixteen_bits() -> bytes:
    grey = np.asarray(four_corners().convert("L")).astype(np.uint16) * 257
    return saved(Image.fromarray(grey), "PNG")


def _clear_png() -> bytes:
    picture = four_corners().convert("RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    return saved(picture, "PNG")


def _animated(form: str) -> bytes:
    others = [Image.new("RGB", (400, 300), "black")] * 2
    return saved(four_corners(), form, save_all=True, append_images=others, duration=50, **LOSSLESS.get(form, {}))


LOSSLESS: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}}
GREY = np.asarray(four_corners().convert("L").convert("RGB"), np.int16)
KINDS: dict[str, tuple[Callable[[], bytes], NDArray[np.int16] | None]] = {
    "cmyk": (lambda: saved(four_corners().convert("CMYK"), "JPEG", quality=95), np.asarray(four_corners(), np.int16)),
    "grey": (lambda: saved(four_corners().convert("L"), "JPEG", quality=95), GREY),
    "16 bits": (_sixteen_bits, GREY),
    "clear": (_clear_png, np.full((300, 400, 3), 255, np.int16)),
    "palette": (lambda: saved(four_corners().convert("P"), "PNG"), np.asarray(four_corners(), np.int16)),
    "one bit": (lambda: saved(four_corners().convert("1"), "PNG"), None),
    "GIF": (lambda: _animated("GIF"), np.asarray(four_corners(), np.int16)),
    "WebP": (lambda: _animated("WEBP"), np.asarray(four_corners(), np.int16)),
    "APNG": (lambda: _animated("PNG"), np.asarray(four_corners(), np.int16)),
    "AVIF": (lambda: saved(four_corners(), "AVIF"), np.asarray(four_corners(), np.int16)),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_photo_has_a_picture_of_its_first_frame(world: World, photos: Path, kind: str) -> None:
    make, expected = KINDS[kind]
    name = await put(world, photos / "a", make(), (400, 300))
    _, sent = await content(world, name)
    assert sent == (photos / "a").read_bytes()
    made = await thumbnail(world, name, max_side=400, format=WEBP)
    assert shown(made.content).shape == (300, 400, 3)
    if expected is not None:
        assert difference(shown(made.content), expected) < 8


async def test_colors_of_another_space_become_those_of_srgb(world: World, photos: Path) -> None:
    swapped = _swapped_profile()
    for form in ("JPEG", "PNG", "WEBP", "TIFF"):
        stored = saved(four_corners(), form, icc_profile=swapped, **LOSSLESS.get(form, {}))
        name = await put(world, photos / f"a.{form}", stored, (400, 300))
        made = (await thumbnail(world, name, max_side=200)).content
        assert corners(made) == ["lime", "red", "white", "blue"], form
        assert "icc_profile" not in Image.open(io.BytesIO(made)).info
    for number, broken in enumerate(
        (b"no profile", swapped[:200], ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())
    ):
        stored = saved(four_corners(), "PNG", icc_profile=broken)
        name = await put(world, photos / f"{number}.png", stored, (400, 300))
        assert corners((await thumbnail(world, name)).content) == ["red", "lime", "white", "blue"]


def _swapped_profile() -> bytes:
    """A profile whose red and green are in each other's place, which can't be overlooked."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in ((b"rXYZ", b"-XYZ"), (b"gXYZ", b"rXYZ"), (b"-XYZ", b"gXYZ")):
        profile = profile.replace(old, new)
    return profile.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))


async def test_a_large_photo_is_decoded_as_small_as_serves_and_looks_the_same(
    world: World, photos: Path, samples_dir: Path
) -> None:
    with Image.open(samples_dir / "biden.jpg") as sample:
        photo = sample.convert("RGB").resize((3000, 2000))
    name = await put(world, photos / "a.jpg", saved(photo, "JPEG", quality=92), photo.size)
    for side in (64, 256, 375, 1000, 1024):
        made = await thumbnail(world, name, max_side=side)
        expected = ImageOps.contain(photo, (side, side), Image.Resampling.LANCZOS)
        assert shown(made.content).shape[:2] == (round(side * 2 / 3), side)
        assert difference(shown(made.content), np.asarray(expected.resize((side, round(side * 2 / 3))), np.int16)) < 6
    square = await thumbnail(world, name, max_side=128, square=True)
    middle = photo.crop((500, 0, 2500, 2000)).resize((128, 128), Image.Resampling.LANCZOS)
    assert difference(shown(square.content), np.asarray(middle, np.int16)) < 6
    picture, _ = await content(world, name, max_side=4096)
    assert (picture.size.width, picture.size.height) == (3000, 2000)


async def test_boxes_and_names_are_drawn(world: World, photos: Path) -> None:
    anna = await person_of(world, "anna", display_name="Anna")
    stored = saved(Image.new("RGB", (128, 128), "gray"), "PNG")
    name = await put(world, photos / "a.png", stored, (128, 128), "anna", objects=("cat",))
    plain = await thumbnail(world, name, max_side=128, format=WEBP)
    drawn = await thumbnail(world, name, max_side=128, annotated=True, format=WEBP)
    # The color depends on the id of the person.
    assert difference(shown(plain.content), shown(drawn.content)) > 3
    assert plain.picture.etag != drawn.picture.etag
    for color in (color_of("cat"), color_of(anna.name)):
        assert np.abs(shown(drawn.content) - color).max(axis=2).min() < 40
    picture, _ = await content(world, name, max_side=64, annotated=True)
    assert picture.etag != (await content(world, name, max_side=64))[0].etag


async def test_who_is_hidden_is_not_named(world: World, photos: Path) -> None:
    anna = await person_of(world, "anna", display_name="Anna")
    stored = saved(Image.new("RGB", (256, 256), "black"), "PNG")
    name = await put(world, photos / "a.png", stored, (256, 256), "anna")
    before = await thumbnail(world, name, annotated=True)
    anna.hidden = True
    await world.people.UpdatePerson(people_pb.UpdatePersonRequest(person=anna))
    after = await thumbnail(world, name, annotated=True, known_etag=before.picture.etag)
    assert not after.unchanged
    pixels = shown(after.content)
    assert np.abs(pixels - color_of(anna.name)).max(axis=2).min() > 40
    assert np.abs(pixels - NEUTRAL).max(axis=2).min() < 40


async def test_what_a_client_keeps_is_not_made_again(world: World, photos: Path) -> None:
    name = await put(world, photos / "a.jpg", saved(four_corners(), "JPEG"), (400, 300))
    first = await thumbnail(world, name)
    (photos / "a.jpg").unlink()
    again = await thumbnail(world, name, known_etag=first.picture.etag)
    assert again == pb.GetThumbnailResponse(picture=picture_pb2.Picture(etag=first.picture.etag), unchanged=True)
    other = pb.GetThumbnailRequest(name=name, known_etag=first.picture.etag, max_side=128)
    assert (await refusal(world.pictures.GetThumbnail(other))).infos[0].reason == "PICTURE_UNAVAILABLE"


async def test_an_original_comes_in_chunks(world: World, photos: Path) -> None:
    stored = saved(Image.fromarray(np.random.default_rng(0).integers(0, 256, (800, 1200, 3), np.uint8)), "PNG")
    assert len(stored) > 2 * PICTURE_CHUNK_BYTES
    name = await put(world, photos / "a.png", stored, (1200, 800))
    picture, sent = await content(world, name)
    assert sent == stored
    assert (picture.mime_type, picture.size.width, picture.size.height) == ("image/png", 1200, 800)
    assert picture.sha256 == name.rpartition("/")[2]


async def test_the_next_place_serves_where_one_does_not(world: World, photos: Path) -> None:
    stored = saved(four_corners(), "PNG")
    name = await put(world, photos / "first.png", stored, (400, 300))
    changed = bytes([*stored[:-1], stored[-1] ^ 1])
    for place, what in (("second.png", changed), ("third.png", stored[:-1])):
        assert await put(world, photos / place, stored, (400, 300)) == name
        (photos / place).write_bytes(what)
    os.mkfifo(photos / "pipe.png")
    for uri in ((photos / "pipe.png").as_uri(), photos.as_uri(), "https://example.com/a.png", "file://nas/a.png"):
        await world.index(stored, source_uri=uri)
    assert (await content(world, name))[1] == stored
    assert corners((await thumbnail(world, name)).content)[0] == "red"
    (photos / "first.png").unlink()
    for failure in (await refused(world, name), await refused(world, name, max_side=100)):
        assert failure.code == grpc.StatusCode.FAILED_PRECONDITION.value[0]
        assert failure.infos[0].reason == "IMAGE_CONTENT_CHANGED"
        assert failure.resources == [name]
        assert failure.resource_types == ["albumen.internal/Image"]
        assert str(photos) not in failure.message
