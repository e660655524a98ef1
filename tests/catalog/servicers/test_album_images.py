"""Images of albums over the wire: added, moved and removed, each with what became of it."""

from typing import Any

import pytest
from google.protobuf.message import Message

from albumen.catalog.v1 import album_service_pb2 as pb
from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.image_service_pb2 import DeleteImageRequest, PurgeImagesRequest
from tests.catalog.asking import refusal
from tests.catalog.conftest import World
from tests.catalog.servicers.albuming import create, get, listed, photos, smart
from tests.serving import Failure

UNKNOWN = f"libraries/default/images/{'0' * 64}"


async def add(world: World, album: Album, *images: str, **where: str) -> pb.AddAlbumImagesResponse:
    return await world.albums.AddAlbumImages(pb.AddAlbumImagesRequest(album=album.name, images=images, **where))


async def move(world: World, album: Album, *images: str, **where: str) -> pb.MoveAlbumImagesResponse:
    return await world.albums.MoveAlbumImages(pb.MoveAlbumImagesRequest(album=album.name, images=images, **where))


async def remove(world: World, album: Album, *images: str, validate_only: bool = False) -> pb.RemoveAlbumImagesResponse:
    request = pb.RemoveAlbumImagesRequest(album=album.name, images=images, validate_only=validate_only)
    return await world.albums.RemoveAlbumImages(request)


def told(response: Any) -> list[object]:
    return [Failure(result.error).reason if result.HasField("error") else result.changed for result in response.results]


async def test_images_are_added_where_they_are_wanted(world: World) -> None:
    a, b, c, d, e = await photos(world, 5)
    made = await create(world)
    assert told(await add(world, made, a, b)) == [True, True]
    answer = await add(world, made, c, d, before=a)
    assert answer.album == await get(world, made)
    assert answer.album.image_count == 4
    assert answer.album.etag != made.etag
    assert answer.album.update_time.ToDatetime() > made.update_time.ToDatetime()
    await add(world, made, e, after=d)
    assert await listed(world, album=made.name) == [c, d, e, a, b]
    # What is there stays where it is, and nothing changes.
    before = await get(world, made)
    again = await add(world, made, b, c, before=a)
    assert (told(again), again.album) == ([False, False], before)
    assert await listed(world, album=made.name) == [c, d, e, a, b]


async def test_one_bad_image_fails_alone(world: World) -> None:
    a, b, other = await photos(world, 3)
    made = await create(world, "Summer", [a])
    assert told(await add(world, made, UNKNOWN, b, b)) == ["IMAGE_NOT_FOUND", True, False]
    assert told(await move(world, made, other, UNKNOWN, a)) == ["IMAGE_NOT_IN_ALBUM", "IMAGE_NOT_FOUND", True]
    assert await listed(world, album=made.name) == [b, a]
    assert told(await remove(world, made, UNKNOWN, other, b)) == ["IMAGE_NOT_FOUND", False, True]
    assert await listed(world, album=made.name) == [a]


async def test_a_rehearsed_removal_removes_nothing(world: World) -> None:
    a, b = await photos(world, 2)
    made = await create(world, "Summer", [a, b])
    answer = await remove(world, made, a, validate_only=True)
    assert (told(answer), answer.album) == ([True], made)
    assert await listed(world, album=made.name) == [a, b]


async def test_an_image_that_says_where_must_be_in_the_album(world: World) -> None:
    a, other = await photos(world, 2)
    made = await create(world, "Summer", [a])
    for change in (add(world, made, other, before=UNKNOWN), move(world, made, a, after=other)):
        failure = await refusal(change)
        assert failure.reason == "IMAGE_NOT_IN_ALBUM"
    assert failure.resources == [other]
    failure = await refusal(move(world, made, a, before=a))
    assert (failure.reason, failure.fields) == ("POSITION_INVALID", ["before"])
    await world.images.DeleteImage(DeleteImageRequest(name=a))
    await world.images.PurgeImages(PurgeImagesRequest(names=[a]))
    assert (await refusal(add(world, made, other, before=a))).reason == "IMAGE_NOT_IN_ALBUM"


async def test_a_smart_album_takes_no_images(world: World) -> None:
    (a,) = await photos(world, 1)
    made = await smart(world, "objects:dog")
    for change in (add(world, made, a), move(world, made, a), remove(world, made, a)):
        failure = await refusal(change)
        assert (failure.reason, failure.resources) == ("ALBUM_IS_SMART", [made.name])


async def test_an_album_holds_only_so_many_images(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalog.albums.members.MAX_ALBUM_IMAGES", 2)
    a, b, c = await photos(world, 3)
    made = await create(world)
    assert told(await add(world, made, a, b, c, a)) == [True, True, "ALBUM_FULL", False]
    assert told(await add(world, made, c, b)) == ["ALBUM_FULL", False]
    assert await listed(world, album=made.name) == [a, b]


@pytest.mark.parametrize("kind", [pb.AddAlbumImagesRequest, pb.RemoveAlbumImagesRequest, pb.MoveAlbumImagesRequest])
@pytest.mark.parametrize(
    ("images", "reason", "field"),
    [
        ([], "IMAGES_EMPTY", "images"),
        ([UNKNOWN] * 1_001, "TOO_MANY_IMAGES", "images"),
        (["libraries/other/images/x"], "RESOURCE_NAME_INVALID", "images[0]"),
        ([UNKNOWN, "libraries/default/people/x"], "RESOURCE_NAME_INVALID", "images[1]"),
    ],
)
async def test_what_is_no_list_of_images_is_refused(
    world: World, kind: type[Message], images: list[str], reason: str, field: str
) -> None:
    made = await create(world)
    ask: Any = getattr(world.albums, kind.DESCRIPTOR.name.removesuffix("Request"))
    failure = await refusal(ask(kind(album=made.name, images=images)))
    assert (failure.reason, failure.fields) == (reason, [field])
    assert await get(world, made) == made
