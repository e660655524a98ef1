"""Pictures that there are not: what is refused, what is bounded, and what serves without an original."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import psutil
import pytest
from PIL import Image

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import picture_service_pb2 as pb
from services.catalog.composition import services
from tests import bombs
from tests.catalog.asking import refusal
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.servicers.picturing import (
    JPEG,
    LARGE,
    MISSING,
    WEBP,
    content,
    corners,
    four_corners,
    put,
    read_all,
    refused,
    saved,
    shown,
    thumbnail,
)
from tests.serving import failure_of


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
async def world(tmp_path: Path, photos: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path / "libraries", Script(), picture_roots=(photos,), **LARGE) as world:
        yield world


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
    monkeypatch.setattr(services, "PICTURE_SENDING_BYTES", 100_000)
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


async def test_who_takes_nothing_for_too_long_is_sent_no_more(tmp_path: Path, photos: Path) -> None:
    # More than the transport takes of what its client does not read.
    stored = saved(four_corners(), "JPEG") + bytes(30_000_000)
    bounds = LARGE | {"max_image_bytes": 32_000_000, "stream_idle_seconds": 0.5}
    async with open_world(tmp_path / "libraries", Script(), picture_roots=(photos,), **bounds) as world:
        name = await put(world, photos / "a.jpg", stored, (400, 300))
        call = world.pictures.GetImageContent(pb.GetImageContentRequest(name=name))
        await call.read()
        await asyncio.sleep(2)
        failure = await refusal(read_all(call))
        assert (failure.code, failure.infos[0].reason) == (4, "RESPONSE_STALLED")
        # What it held is given back at once.
        opened = [file.path for file in psutil.Process().open_files()]
        assert str(photos / "a.jpg") not in opened
        assert (await content(world, name))[1] == stored


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
        for known in (large.picture.etag, small.picture.etag):
            again = await thumbnail(world, name, max_side=400, known_etag=known)
            assert (again.unchanged, again.content, again.picture.etag) == (True, b"", known)
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
