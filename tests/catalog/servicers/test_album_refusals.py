"""What albums can not be, over the wire."""

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import album_service_pb2 as pb
from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.image_service_pb2 import ImageFilter, ListImagesRequest
from tests.catalog.asking import refusal
from tests.catalog.conftest import World
from tests.catalog.servicers.albuming import GONE, create, get, names_of, smart, update


async def test_an_update_needs_the_etag_that_it_names(world: World) -> None:
    made = await create(world)
    renamed = await update(world, Album(name=made.name, display_name="Winter", etag=made.etag))
    assert (renamed.display_name, renamed.create_time) == ("Winter", made.create_time)
    failure = await refusal(update(world, Album(name=made.name, display_name="Spring", etag=made.etag)))
    assert (failure.reason, failure.resources) == ("ETAG_MISMATCH", [made.name])
    assert (await get(world, made)).display_name == "Winter"


@pytest.mark.parametrize("path", ["filter", "*"])
async def test_a_smart_album_stays_one(world: World, path: str) -> None:
    made = await smart(world, "")
    failure = await refusal(update(world, Album(name=made.name, display_name="x"), path))
    assert (failure.reason, failure.resources) == ("ALBUM_IS_SMART", [made.name])
    assert await get(world, made) == made


@pytest.mark.parametrize("fields", [{"filter": ImageFilter()}, {"order_by": "create_time"}])
async def test_another_album_stays_without_a_filter(world: World, fields: dict[str, object]) -> None:
    made = await create(world)
    failure = await refusal(update(world, Album(name=made.name, **fields)))  # type: ignore[arg-type]
    assert (failure.reason, failure.resources) == ("ALBUM_NOT_SMART", [made.name])
    assert await get(world, made) == made


@pytest.mark.parametrize(
    ("fields", "reason", "at"),
    [
        ({"display_name": " "}, "DISPLAY_NAME_INVALID", "album.display_name"),
        ({"display_name": ""}, "DISPLAY_NAME_INVALID", "album.display_name"),
        ({"display_name": "n" * 201}, "DISPLAY_NAME_TOO_LONG", "album.display_name"),
        ({"description": "d" * 2_001}, "DESCRIPTION_TOO_LONG", "album.description"),
        ({"description": "a\0"}, "DESCRIPTION_INVALID", "album.description"),
        ({"order_by": "create_time"}, "ORDER_INVALID", "album.order_by"),
        ({"filter": ImageFilter(), "order_by": "album"}, "ORDER_INVALID", "album.order_by"),
        ({"filter": ImageFilter(), "order_by": "a, b"}, "ORDER_INVALID", "album.order_by"),
        ({"filter": ImageFilter(expression="(")}, "FILTER_INVALID", "album.filter.expression"),
        ({"filter": ImageFilter(expression="objects:x OR -(albums:a)")}, "FILTER_INVALID", "album.filter.expression"),
        ({"filter": ImageFilter(album=GONE)}, "FILTER_INVALID", "album.filter.album"),
        ({"filter": ImageFilter(person="libraries/b/people/x")}, "RESOURCE_NAME_INVALID", "album.filter.person"),
        ({"filter": ImageFilter(labels=["x"] * 101)}, "TOO_MANY_LABELS", "album.filter.labels"),
        ({"cover_image": "libraries/b/images/x"}, "RESOURCE_NAME_INVALID", "album.cover_image"),
    ],
)
async def test_what_can_be_no_album_is_refused(world: World, fields: dict[str, object], reason: str, at: str) -> None:
    album = Album(**({"display_name": "x"} | fields))  # type: ignore[arg-type]
    failure = await refusal(world.albums.CreateAlbum(pb.CreateAlbumRequest(album=album)))
    assert (failure.reason, failure.fields) == (reason, [at])
    made = await smart(world, "")
    if reason != "ORDER_INVALID" or "filter" in fields:
        album.name = made.name
        failure = await refusal(update(world, album, *fields))
        assert (failure.reason, failure.fields) == (reason, [at])
    assert await names_of(world) == ["Smart"]


@pytest.mark.parametrize(
    ("method", "request_of"),
    [
        ("GetAlbum", pb.GetAlbumRequest(name=GONE)),
        ("GetAlbum", pb.GetAlbumRequest(name=GONE, read_mask=FieldMask(paths=["name"]))),
        ("UpdateAlbum", pb.UpdateAlbumRequest(album=Album(name=GONE, display_name="x"))),
        ("DeleteAlbum", pb.DeleteAlbumRequest(name=GONE)),
        ("AddAlbumImages", pb.AddAlbumImagesRequest(album=GONE, images=["libraries/default/images/x"])),
        ("RemoveAlbumImages", pb.RemoveAlbumImagesRequest(album=GONE, images=["libraries/default/images/x"])),
        ("MoveAlbumImages", pb.MoveAlbumImagesRequest(album=GONE, images=["libraries/default/images/x"])),
    ],
)
async def test_an_album_that_there_is_not(world: World, method: str, request_of: object) -> None:
    failure = await refusal(getattr(world.albums, method)(request_of))
    assert (failure.reason, failure.resources) == ("ALBUM_NOT_FOUND", [GONE])


async def test_there_are_only_so_many_albums(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalog.albums.writer.MAX_ALBUMS", 2)
    await create(world, "a")
    made = await create(world, "b")
    failure = await refusal(create(world, "c"))
    assert (failure.reason, failure.infos[0].metadata["limit"]) == ("TOO_MANY_ALBUMS", "2")
    await world.albums.DeleteAlbum(pb.DeleteAlbumRequest(name=made.name))
    assert (await create(world, "c")).name != made.name


async def test_an_order_of_an_album_needs_an_album(world: World) -> None:
    for fields in ({}, {"expression": "albums:x"}):
        request = ListImagesRequest(filter=ImageFilter(**fields), order_by="album desc")
        failure = await refusal(world.images.ListImages(request))
        assert (failure.reason, failure.fields) == ("ORDER_INVALID", ["order_by"])
