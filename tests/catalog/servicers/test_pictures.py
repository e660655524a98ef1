"""Pictures of images by name, of real files, decoded by real decoder processes."""

import asyncio
import hashlib
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

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import picture_pb2
from albumen.catalog.v1 import picture_service_pb2 as pb
from services.catalog import __main__ as catalog_root
from services.common.drawing.palette import NEUTRAL, color_of
from services.common.image_pixels import decode_pixels
from services.common.limits import PICTURE_CHUNK_BYTES
from tests import bombs
from tests.catalog.asking import person_of, refusal
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.detector.photos import heif
from tests.detector.test_orientation import STORED
from tests.serving import Failure, failure_of

LARGE = {"max_image_bytes": 4_000_000, "max_image_pixels": 100_000_000}
WEBP, JPEG = picture_pb2.PICTURE_FORMAT_WEBP, picture_pb2.PICTURE_FORMAT_JPEG
MISSING = f"libraries/default/images/{'0' * 64}"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
async def world(tmp_path: Path, photos: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path / "libraries", Script(), picture_roots=(photos,), **LARGE) as world:
        yield world


def four_corners(width: int = 400, height: int = 300) -> Image.Image:
    """Red, green, blue and white, from the top left on."""
    picture = Image.new("RGB", (width, height), "white")
    for color, place in (("red", (0, 0)), ("lime", (width // 2, 0)), ("blue", (0, height // 2))):
        picture.paste(color, (*place, place[0] + width // 2, place[1] + height // 2))
    return picture


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


async def put(world: World, path: Path, content: bytes, size: tuple[int, int], *faces: str, **seen: Any) -> str:
    """Index a file where it is; return the name of its image."""
    path.write_bytes(content)  # noqa: ASYNC240
    world.script.know(content, size, *faces, **seen)
    return (await world.index(content, source_uri=path.as_uri())).name


async def thumbnail(world: World, name: str, **options: Any) -> pb.GetThumbnailResponse:
    return await world.pictures.GetThumbnail(pb.GetThumbnailRequest(name=name, **options))


async def content(world: World, name: str, **form: Any) -> tuple[picture_pb2.Picture, bytes]:
    request = pb.GetImageContentRequest(name=name, form=pb.PictureForm(**form) if form else None)
    first, *parts = [response async for response in world.pictures.GetImageContent(request)]
    assert not first.content
    assert not any(part.HasField("picture") for part in parts)
    assert all(0 < len(part.content) <= PICTURE_CHUNK_BYTES for part in parts)
    sent = b"".join(part.content for part in parts)
    assert (first.picture.size_bytes, first.picture.sha256) == (len(sent), hashlib.sha256(sent).hexdigest())
    return first.picture, sent


async def refused(world: World, name: str, **form: Any) -> Failure:
    request = pb.GetImageContentRequest(name=name, form=pb.PictureForm(**form) if form else None)
    return await refusal(world.pictures.GetImageContent(request).read())


async def read_all(call: Any) -> None:
    while await call.read() is not grpc.aio.EOF:
        pass


def shown(picture: bytes) -> NDArray[np.int16]:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), np.int16)


def corners(picture: bytes) -> list[str]:
    """The colors in the corners of a picture, clockwise from the top left."""
    pixels = shown(picture)
    names = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
    rows, columns = pixels.shape[0] // 8, pixels.shape[1] // 8
    places = [(rows, columns), (rows, -columns), (-rows, -columns), (-rows, columns)]
    return [min(names, key=lambda name: np.abs(pixels[place] - names[name]).sum()) for place in places]


def difference(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    return float(np.abs(one - other).mean())


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
    assert difference(shown(plain.content), shown(drawn.content)) > 5
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


@pytest.mark.parametrize(
    "place", ["../photos_private/a.png", "link.png", "folder/a.png", "%2e%2e/photos_private/a.png"]
)
async def test_nothing_beside_the_folders_is_read(world: World, photos: Path, place: str) -> None:
    private = photos.parent / "photos_private"
    private.mkdir()
    stored = saved(four_corners(), "PNG")
    (private / "a.png").write_bytes(stored)
    (photos / "link.png").symlink_to("../photos_private/a.png")
    (photos / "folder").symlink_to("../photos_private")
    world.script.know(stored, (400, 300))
    name = (await world.index(stored, source_uri=f"{photos.as_uri()}/{place}")).name
    assert (await refused(world, name)).infos[0].reason == "PICTURE_UNAVAILABLE"
    await world.index(stored, source_uri=(private / "a.png").as_uri())
    failure = await refusal(world.pictures.GetThumbnail(pb.GetThumbnailRequest(name=name)))
    assert failure.infos[0].reason == "PICTURE_UNAVAILABLE"
    assert "ALBUMEN_CATALOG_PICTURE_ROOTS" in failure.message
    assert str(photos.parent) not in failure.message


@pytest.mark.parametrize("is_shorter", [False, True])
async def test_a_file_that_changes_while_it_is_sent_ends_the_call(
    tmp_path: Path, photos: Path, is_shorter: bool
) -> None:
    # More than the transport takes of what its client does not read.
    stored = saved(four_corners(), "JPEG") + bytes(30_000_000)
    bounds = LARGE | {"max_image_bytes": 32_000_000}
    async with open_world(tmp_path / "libraries", Script(), picture_roots=(photos,), **bounds) as world:
        name = await put(world, photos / "a.jpg", stored, (400, 300))
        call = world.pictures.GetImageContent(pb.GetImageContentRequest(name=name))
        first: Any = await call.read()
        assert first.picture.size_bytes == len(stored)
        with (photos / "a.jpg").open("r+b") as file:
            if is_shorter:
                file.truncate(len(stored) - 1)
            else:
                file.seek(-1, os.SEEK_END)
                file.write(b"?")
        failure = await refusal(read_all(call))
        assert failure.infos[0].reason == "IMAGE_CONTENT_CHANGED"


async def test_a_bomb_takes_no_more_than_its_decoder_has(tmp_path: Path, photos: Path) -> None:
    # What it takes of memory is the question, and not how long on a machine that does other things.
    patience = {"decode_cpu_seconds": 60, "decode_wall_seconds": 100}
    async with open_world(tmp_path / "libraries", Script(), picture_roots=(photos,), **LARGE, **patience) as world:
        name = await put(world, photos / "bomb.png", bombs.png("RGBA", 9_984), (9_984, 9_984))
        made = await thumbnail(world, name)
        assert (made.picture.size.width, made.picture.size.height) == (256, 256)
        # A quarter, because half of its pixels would not fit.
        picture, _ = await content(world, name, max_side=4096)
        assert (picture.size.width, picture.size.height) == (2496, 2496)


async def test_a_damaged_original_is_the_callers_to_know(world: World, photos: Path) -> None:
    stored = saved(Image.effect_noise((400, 300), 90), "JPEG")
    damaged = stored[: len(stored) // 2]
    name = await put(world, photos / "a.jpg", damaged, (400, 300))
    failure = await refusal(world.pictures.GetThumbnail(pb.GetThumbnailRequest(name=name)))
    assert (failure.code, failure.infos[0].reason) == (3, "IMAGE_UNREADABLE")
    assert (await content(world, name))[1] == damaged


INVALID = [
    ({"name": "wrong"}, "RESOURCE_NAME_INVALID", "name"),
    ({"name": ""}, "RESOURCE_NAME_INVALID", "name"),
    ({"name": "libraries/default/faces/1"}, "RESOURCE_NAME_INVALID", "name"),
    ({"max_side": 63}, "PARAMETER_OUT_OF_RANGE", "max_side"),
    ({"max_side": -1}, "PARAMETER_OUT_OF_RANGE", "max_side"),
    ({"max_side": 5000}, "PARAMETER_OUT_OF_RANGE", "max_side"),
    ({"format": 3}, "PICTURE_FORMAT_INVALID", "format"),
    ({"format": -1}, "PICTURE_FORMAT_INVALID", "format"),
]


@pytest.mark.parametrize(("wrong", "reason", "field"), INVALID)
async def test_what_is_refused_is_refused_by_name(world: World, wrong: dict[str, Any], reason: str, field: str) -> None:
    request = pb.GetThumbnailRequest(**({"name": MISSING} | wrong))
    failure = await refusal(world.pictures.GetThumbnail(request))
    assert (failure.code, failure.infos[0].reason, failure.fields) == (3, reason, [field])
    form = {key: value for key, value in wrong.items() if key != "name"}
    failure = await refused(world, wrong.get("name", MISSING), **(form or {"max_side": 64}))
    assert (failure.code, failure.infos[0].reason) == (3, reason)
    assert failure.fields == [field if field == "name" else f"form.{field}"]


@pytest.mark.parametrize("side", [64, 1_024])
async def test_a_thumbnail_has_64_to_1024_pixels(world: World, photos: Path, side: int) -> None:
    name = await put(world, photos / "a.png", saved(four_corners(2000, 1000), "PNG"), (2000, 1000))
    assert (await thumbnail(world, name, max_side=side)).picture.size.width == side
    wrong = pb.GetThumbnailRequest(name=name, max_side=side + (1 if side > 64 else -1))
    failure = await refusal(world.pictures.GetThumbnail(wrong))
    assert failure.infos[0].metadata["limit"] == "1024"


async def test_a_picture_has_4096_pixels_at_most(world: World) -> None:
    failure = await refused(world, MISSING, max_side=4_097)
    assert failure.infos[0].metadata == {"limit": "4096", "value": "4097"}


async def test_what_is_not_there_is_not_found(world: World) -> None:
    for name, reason in ((MISSING, "IMAGE_NOT_FOUND"), (MISSING.replace("default", "x"), "LIBRARY_NOT_FOUND")):
        failure = await refusal(world.pictures.GetThumbnail(pb.GetThumbnailRequest(name=name)))
        assert (failure.code, failure.infos[0].reason) == (5, reason)
        for form in ({}, {"max_side": 100}):
            failure = await refused(world, name, **form)
            assert (failure.code, failure.infos[0].reason) == (5, reason)


async def test_a_full_house_is_told_when_to_come_again(tmp_path: Path, photos: Path) -> None:
    bounds = LARGE | {"picture_workers": 1, "queue": 1}
    async with open_world(tmp_path / "libraries", Script(), picture_roots=(photos,), **bounds) as world:
        name = await put(world, photos / "a.png", saved(four_corners(3000, 2000), "PNG"), (3000, 2000))
        answers = await asyncio.gather(*(thumbnail(world, name) for _ in range(12)), return_exceptions=True)
        busy = [one for one in answers if isinstance(one, grpc.aio.AioRpcError)]
        assert busy
        assert len(busy) < len(answers)
        assert {one.code() for one in busy} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
        assert all(failure_of(one).delays for one in busy)


async def test_large_pictures_on_their_way_are_bounded(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog_root, "PICTURE_SENDING_BYTES", 100_000)
    noise = saved(Image.fromarray(np.random.default_rng(0).integers(0, 256, (900, 900, 3), np.uint8)), "PNG")
    async with open_world(tmp_path / "libraries", Script(), picture_roots=(photos,), **LARGE) as world:
        name = await put(world, photos / "a.png", noise, (900, 900))
        failure = await refused(world, name, max_side=900)
        assert (failure.code, failure.infos[0].reason) == (8, "OVERLOADED")
        assert failure.delays
        for _ in range(20):
            await content(world, name, max_side=200)
        # What is read from the disk bit by bit needs no room.
        assert (await content(world, name))[1] == noise


async def test_a_preview_serves_without_the_original(tmp_path: Path, photos: Path) -> None:
    preview = {"preview_pixels": 200, "picture_roots": (photos,)}
    async with open_world(tmp_path / "libraries", Script(), **LARGE, **preview) as world:
        photo = four_corners(801, 600)
        name = await put(world, photos / "a.jpg", saved(photo, "JPEG", quality=95), photo.size)
        large = await thumbnail(world, name, max_side=400)
        assert (large.picture.size.width, large.picture.size.height) == (400, 300)
        (photos / "a.jpg").unlink()
        for side, form in ((64, JPEG), (200, JPEG), (200, WEBP), (150, WEBP)):
            made = await thumbnail(world, name, max_side=side, format=form)
            assert (made.picture.size.width, made.picture.size.height) == (side, round(side * 600 / 801))
            assert shown(made.content).shape[:2] == (made.picture.size.height, side)
            assert corners(made.content) == ["red", "lime", "white", "blue"]
        square = await thumbnail(world, name, max_side=100, square=True)
        assert shown(square.content).shape[:2] == (100, 100)
        small = await thumbnail(world, name, max_side=400)
        assert (small.picture.size.width, small.picture.size.height) == (200, 150)
        assert small.picture.etag != large.picture.etag
        again = await thumbnail(world, name, max_side=400, known_etag=large.picture.etag)
        assert again.unchanged
        assert (await content(world, name, max_side=150))[0].size.width == 150
        for larger in (await refused(world, name), await refused(world, name, max_side=400)):
            assert larger.infos[0].reason == "PICTURE_UNAVAILABLE"


async def test_without_settings_there_are_no_pictures(tmp_path: Path, photos: Path) -> None:
    async with open_world(tmp_path / "libraries", Script(), **LARGE) as world:
        name = await put(world, photos / "a.png", saved(four_corners(), "PNG"), (400, 300))
        failure = await refusal(world.pictures.GetThumbnail(pb.GetThumbnailRequest(name=name)))
        assert (failure.code, failure.infos[0].reason) == (9, "PICTURE_UNAVAILABLE")
        assert "ALBUMEN_CATALOG_PICTURE_ROOTS" in failure.message
        assert "ALBUMEN_CATALOG_PREVIEW_PIXELS" in failure.message


async def test_a_photo_whose_preview_fails_is_indexed_all_the_same(tmp_path: Path) -> None:
    async with open_world(tmp_path / "libraries", Script(), preview_pixels=200, **LARGE) as world:
        stored = saved(Image.effect_noise((400, 300), 90), "JPEG")
        damaged = stored[: len(stored) // 2]
        world.script.know(damaged, (400, 300))
        name = (await world.index(damaged)).name
        failure = await refusal(world.pictures.GetThumbnail(pb.GetThumbnailRequest(name=name)))
        assert failure.infos[0].reason == "PICTURE_UNAVAILABLE"
        await world.images.DeleteImage(image_pb.DeleteImageRequest(name=name))
