"""Albums over the wire: created, listed, changed and deleted."""

from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import album_service_pb2 as pb
from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.image_service_pb2 import DeleteImageRequest, GetImageRequest, ImageFilter, ListImagesRequest
from tests.catalog.asking import merge, person_of, refusal, rename, undo
from tests.catalog.conftest import World
from tests.catalog.servicers.albuming import UUID, create, get, listed, names_of, photos, smart, update


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
