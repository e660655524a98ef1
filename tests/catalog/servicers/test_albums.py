"""Albums over the wire: created, listed, changed and deleted."""

from collections.abc import Sequence

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import album_service_pb2 as pb
from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.image_service_pb2 import DeleteImageRequest, GetImageRequest, ImageFilter, ListImagesRequest
from tests.catalog.asking import merge, person_of, refusal, rename, undo
from tests.catalog.conftest import World

UUID = "5b0c4f0e-52b0-4f4c-9d5e-0f3c3a1d2b6a"
GONE = "libraries/default/albums/aaaaaaaaaaaa"


async def create(world: World, name: str = "Summer", images: Sequence[str] = (), **fields: object) -> Album:
    album = Album(display_name=name, **fields)  # type: ignore[arg-type]
    made = (await world.albums.CreateAlbum(pb.CreateAlbumRequest(album=album))).album
    if not images:
        return made
    added = pb.AddAlbumImagesRequest(album=made.name, images=images)
    return (await world.albums.AddAlbumImages(added)).album


async def smart(world: World, expression: str, name: str = "Smart", **fields: object) -> Album:
    return await create(world, name, (), filter=ImageFilter(expression=expression), **fields)


async def get(world: World, album: Album, *paths: str) -> Album:
    request = pb.GetAlbumRequest(name=album.name, read_mask=FieldMask(paths=paths))
    return (await world.albums.GetAlbum(request)).album


async def update(world: World, album: Album, *paths: str) -> Album:
    request = pb.UpdateAlbumRequest(album=album, update_mask=FieldMask(paths=paths))
    return (await world.albums.UpdateAlbum(request)).album


async def photos(world: World, count: int, **fields: object) -> list[str]:
    return [(await world.index(world.script.photo(**fields))).name for _ in range(count)]  # type: ignore[arg-type]


async def listed(world: World, order_by: str = "album", **fields: str) -> list[str]:
    request = ListImagesRequest(filter=ImageFilter(**fields), order_by=order_by, page_size=2)
    names: list[str] = []
    while True:
        page = await world.images.ListImages(request)
        names += [image.name for image in page.images]
        if not page.next_page_token:
            return names
        request.page_token = page.next_page_token


async def names_of(world: World, **request: object) -> list[str]:
    asked = pb.ListAlbumsRequest(page_size=1, read_mask=FieldMask(paths=["display_name"]), **request)  # type: ignore[arg-type]
    names: list[str] = []
    while True:
        page = await world.albums.ListAlbums(asked)
        names += [album.display_name for album in page.albums]
        if not page.next_page_token:
            return names
        asked.page_token = page.next_page_token


async def test_an_album_is_what_was_said_of_it(world: World) -> None:
    first, second = await photos(world, 2)
    made = await create(world, "  Our   summer ", [second, first], description="By the sea\n\twith Ann")
    assert (made.display_name, made.description) == ("Our summer", "By the sea\n\twith Ann")
    assert (made.image_count, made.cover_image, made.cover_chosen) == (2, second, False)
    assert not made.HasField("filter")
    assert made.create_time.ToDatetime() <= made.update_time.ToDatetime()
    assert await get(world, made) == made
    assert list((await world.albums.ListAlbums(pb.ListAlbumsRequest())).albums) == [made]
    assert await listed(world, album=made.name) == [second, first]
    assert await listed(world, "album desc", album=made.name) == [first, second]
    assert await listed(world, "", album=made.name) == [first, second]


async def test_albums_are_listed_by_name_or_by_time(world: World) -> None:
    made = [await create(world, name) for name in ("beach", "Älps", "Zoo", "alps", "Beach")]
    assert await names_of(world) == ["Älps", "alps", "beach", "Beach", "Zoo"]
    assert await names_of(world, order_by="display_name desc") == ["Zoo", "Beach", "beach", "alps", "Älps"]
    assert await names_of(world, order_by="create_time") == ["beach", "Älps", "Zoo", "alps", "Beach"]
    await update(world, Album(name=made[1].name, display_name="Alps 2"))
    assert (await names_of(world, order_by="update_time desc"))[:2] == ["Alps 2", "Beach"]
    request = pb.ListAlbumsRequest(order_by="create_time", page_size=1)
    request.page_token = (await world.albums.ListAlbums(request)).next_page_token
    request.order_by = ""
    failure = await refusal(world.albums.ListAlbums(request))
    assert (failure.reason, failure.fields) == ("PAGE_TOKEN_INVALID", ["page_token"])


async def test_a_smart_album_is_always_current(world: World) -> None:
    (dog,) = await photos(world, 1, objects=("dog",))
    await photos(world, 1, objects=("cat",))
    made = await smart(world, "objects:dog", order_by="create_time desc")
    assert (made.image_count, made.cover_image) == (1, dog)
    assert made.filter == ImageFilter(expression="objects:dog")
    (other,) = await photos(world, 1, objects=("dog", "cat"))
    now = await get(world, made)
    assert (now.image_count, now.cover_image, now.etag) == (2, other, made.etag)
    assert await listed(world, album=made.name) == [other, dog]
    assert await listed(world, "album desc", album=made.name) == [dog, other]
    assert await listed(world, "", album=made.name, expression="objects:cat") == [other]
    assert await listed(world, "", expression="albums:SMART objects:cat") == [other]
    assert await listed(world, "", expression=f'-albums:"{made.name}" objects:dog') == []
    # An empty filter is one, too.
    everything = await create(world, "All", filter=ImageFilter())
    assert (everything.image_count, everything.HasField("filter")) == (3, True)
    changed = await update(world, Album(name=made.name, display_name="Cats", filter=ImageFilter(labels=["cat"])), "*")
    assert (changed.image_count, list(changed.filter.labels), changed.order_by) == (2, ["cat"], "")


async def test_all_smart_albums_of_a_name_are_meant(world: World) -> None:
    (dog,) = await photos(world, 1, objects=("dog",))
    (cat,) = await photos(world, 1, objects=("cat",))
    (bird,) = await photos(world, 1, objects=("bird",))
    await smart(world, "objects:dog", "Pets 1")
    await create(world, "Pets 2", [bird])
    assert await listed(world, "", expression="albums:pets*") == [dog, bird]
    # Whoever asks for any album means what somebody put there.
    assert await listed(world, "", expression="-albums:*") == [dog, cat]
    for number in range(100):
        await smart(world, "objects:cat", f"Pets {number + 3}")
    failure = await refusal(world.images.ListImages(ListImagesRequest(filter=ImageFilter(expression="albums:pets*"))))
    assert (failure.reason, failure.fields) == ("FILTER_INVALID", ["filter.expression"])
    assert await listed(world, "", expression='albums:"pets 1*"') == [dog, cat]


async def test_a_smart_album_of_somebody_who_is_gone_finds_nothing_until_an_undo(world: World) -> None:
    anna = await person_of(world, "anna", display_name="Anna")
    bob = await person_of(world, "bob", display_name="Bob")
    of_bob = await create(world, "Bob", filter=ImageFilter(person=bob.name))
    by_name = await smart(world, "people:Anna")
    assert (of_bob.image_count, by_name.image_count) == (2, 2)
    merged = (await merge(world, anna, bob)).edit
    assert (await get(world, of_bob)).image_count == 0
    assert (await get(world, of_bob)).cover_image == ""
    assert (await get(world, by_name)).image_count == 4
    await undo(world, merged)
    assert [(await get(world, album)).image_count for album in (of_bob, by_name)] == [2, 2]
    await rename(world, anna.name, "Ann")
    assert (await get(world, by_name)).image_count == 0


async def test_a_cover_is_chosen_and_given_up(world: World) -> None:
    first, second, other = await photos(world, 3, objects=("dog",))
    made = await create(world, "Summer", [first, second])
    chosen = await update(world, Album(name=made.name, cover_image=second))
    assert (chosen.cover_image, chosen.cover_chosen) == (second, True)
    assert chosen.etag != made.etag
    assert await update(world, Album(name=made.name, cover_image=second)) == chosen
    assert (await update(world, Album(name=made.name), "cover_image")).cover_image == first
    failure = await refusal(update(world, Album(name=made.name, cover_image=other)))
    assert (failure.reason, failure.resources) == ("COVER_NOT_IN_ALBUM", [other])
    of_dogs = await smart(world, "objects:dog", cover_image=other)
    assert (of_dogs.cover_image, of_dogs.cover_chosen) == (other, True)
    failure = await refusal(smart(world, "objects:cat", cover_image=other))
    assert failure.reason == "COVER_NOT_IN_ALBUM"
    # As long as it is in the album.
    of_cats = await update(world, Album(name=of_dogs.name, filter=ImageFilter(labels=["cat"])))
    assert (of_cats.cover_image, of_cats.cover_chosen) == ("", False)
    await world.images.DeleteImage(DeleteImageRequest(name=first))
    assert (await get(world, made)).cover_image == second


async def test_a_cover_has_a_thumbnail_if_it_shows_a_face(world: World) -> None:
    face, no_face = (await world.index(world.script.photo("anna"))).name, (await photos(world, 1))[0]
    made = await create(world, "Summer", [face, no_face])
    assert made.cover_thumbnail == b""
    assert (await get(world, made, "cover_thumbnail")).cover_thumbnail.startswith(b"\xff\xd8")
    await update(world, Album(name=made.name, cover_image=no_face))
    assert (await get(world, made, "*")).cover_thumbnail == b""


async def test_an_image_tells_its_albums_if_it_is_asked(world: World) -> None:
    first, second = await photos(world, 2)
    made = [await create(world, name, [first]) for name in ("Summer", "Anna's")]
    await create(world, "Winter", [second])
    await create(world, "All", filter=ImageFilter())
    plain = (await world.images.GetImage(GetImageRequest(name=first))).image
    assert list(plain.albums) == []
    mask = FieldMask(paths=["name", "albums"])
    asked = (await world.images.GetImage(GetImageRequest(name=first, read_mask=mask))).image
    assert list(asked.albums) == [album.name for album in made]
    page = await world.images.ListImages(ListImagesRequest(read_mask=mask))
    assert [len(image.albums) for image in page.images] == [2, 1]
    for number in range(101):
        await create(world, str(number), [second])
    asked = (await world.images.GetImage(GetImageRequest(name=second, read_mask=mask))).image
    assert len(asked.albums) == 100


async def test_a_request_that_comes_again_makes_no_second_album(world: World) -> None:
    request = pb.CreateAlbumRequest(album=Album(display_name="Summer"), request_id=UUID)
    first = (await world.albums.CreateAlbum(request)).album
    await update(world, Album(name=first.name, display_name="Winter"))
    again = (await world.albums.CreateAlbum(request)).album
    assert (again.name, again.display_name) == (first.name, "Winter")
    request.album.display_name = "Spring"
    failure = await refusal(world.albums.CreateAlbum(request))
    assert (failure.reason, failure.fields) == ("REQUEST_ID_REUSED", ["request_id"])
    assert len(await names_of(world)) == 1


async def test_what_is_only_validated_changes_nothing(world: World) -> None:
    await photos(world, 2, objects=("dog",))
    dogs = Album(display_name="Dogs", filter=ImageFilter(labels=["dog"]))
    tried = (await world.albums.CreateAlbum(pb.CreateAlbumRequest(album=dogs, validate_only=True))).album
    assert (tried.name, tried.etag, tried.image_count) == ("", "", 2)
    assert await names_of(world) == []
    made = await create(world)
    request = pb.DeleteAlbumRequest(name=made.name, validate_only=True)
    assert (await world.albums.DeleteAlbum(request)).album == made
    assert await names_of(world) == ["Summer"]


async def test_a_deleted_album_leaves_its_images(world: World) -> None:
    images = await photos(world, 2)
    made = await create(world, "Summer", images)
    failure = await refusal(world.albums.DeleteAlbum(pb.DeleteAlbumRequest(name=made.name, etag="x")))
    assert (failure.reason, failure.resources) == ("ETAG_MISMATCH", [made.name])
    assert (await world.albums.DeleteAlbum(pb.DeleteAlbumRequest(name=made.name, etag=made.etag))).album == made
    assert await listed(world, "") == images
    assert await listed(world, album=made.name) == []
    assert await listed(world, "", expression="albums:*") == []


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
