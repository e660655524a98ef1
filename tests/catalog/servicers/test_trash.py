"""The trash over the API: what goes there, who sees it, and how it comes back or is erased."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from albumen.catalog.v1 import image_service_pb2 as pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import search_service_pb2 as search_pb
from albumen.catalog.v1.image_pb2 import Image
from tests.catalog.asking import edits, everything, faces, merge, people, person_of, refusal, undo
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script

UNKNOWN = f"libraries/default/images/{'0' * 64}"


async def images(world: World, **request: Any) -> list[Image]:
    return list((await world.images.ListImages(pb.ListImagesRequest(**request))).images)


async def delete(world: World, name: str) -> Image:
    return (await world.images.DeleteImage(pb.DeleteImageRequest(name=name))).image


async def undelete(world: World, name: str) -> Image:
    return (await world.images.UndeleteImage(pb.UndeleteImageRequest(name=name))).image


async def purge(world: World, *names: str, **request: Any) -> int:
    return (await world.images.PurgeImages(pb.PurgeImagesRequest(names=names, **request))).purged_count


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[World]:
    """A catalog that keeps nothing in the trash."""
    async with open_world(tmp_path / "hasty", Script(), trash_days=0) as world:
        yield world


async def test_a_deleted_photo_is_gone_for_all_who_do_not_ask_for_the_trash(world: World) -> None:
    ann = await person_of(world, "ann", display_name="Ann")
    gone, kept = await images(world)
    in_trash = await delete(world, gone.name)
    assert (in_trash.purge_time.ToDatetime() - in_trash.delete_time.ToDatetime()).days == 30
    assert in_trash.etag != gone.etag
    assert list(in_trash.faces) == []
    assert await images(world) == [kept]
    assert await images(world, show_deleted=True) == [in_trash, kept]
    assert await images(world, filter=pb.ImageFilter(expression="trashed = true")) == [in_trash]
    assert await images(world, filter=pb.ImageFilter(person=ann.name)) == [kept]
    assert (await world.images.GetImage(pb.GetImageRequest(name=gone.name))).image == in_trash
    (left,) = await people(world)
    assert (left.display_name, left.face_count, left.image_count) == ("Ann", 1, 1)
    assert [face.image for face in await faces(world)] == [kept.name]
    query = search_pb.SearchQuery(face=kept.faces[0].name)
    answer = await world.search.SearchFaces(search_pb.SearchFacesRequest(query=query))
    assert [list(result.matches) for result in answer.results] == [[]]
    library = (await world.libraries.GetLibrary(library_pb.GetLibraryRequest())).library
    assert (library.image_count, library.face_count, library.trashed_image_count) == (1, 1, 1)


async def test_a_person_whose_photos_are_all_in_the_trash_is_not_there_and_comes_back(world: World) -> None:
    ann = await person_of(world, "ann", display_name="Ann")
    before = await everything(world)
    one, other = await images(world)
    for image in (one, other):
        await delete(world, image.name)
    assert await people(world) == []
    failure = await refusal(world.people.GetPerson(people_pb.GetPersonRequest(name=ann.name)))
    assert failure.reason == "PERSON_NOT_FOUND"
    request = edits_pb.ReassignFacesRequest(faces=[one.faces[0].name], nobody={})
    assert (await refusal(world.edits.ReassignFaces(request))).reason == "FACE_NOT_FOUND"
    back = await undelete(world, one.name)
    assert [face.person for face in back.faces] == [ann.name]
    assert not back.HasField("delete_time")
    assert not back.HasField("purge_time")
    await undelete(world, other.name)
    after = await everything(world)
    assert after["people"] == before["people"]


async def test_what_is_said_of_people_meanwhile_holds_for_faces_in_the_trash_and_so_does_its_undoing(
    world: World,
) -> None:
    ann = await person_of(world, "ann", display_name="Ann")
    bob = await person_of(world, "bob", display_name="Bob")
    bobs = await images(world, filter=pb.ImageFilter(person=bob.name))
    for image in bobs[:-1]:
        await delete(world, image.name)
    await merge(world, ann, bob)
    merged = [face.person for face in (await undelete(world, bobs[0].name)).faces]
    assert merged == [ann.name]
    await delete(world, bobs[0].name)
    await undo(world, (await edits(world))[0])
    assert [face.person for face in (await undelete(world, bobs[0].name)).faces] == [bob.name]
    assert {one.display_name: one.face_count for one in await people(world)} == {"Ann": 2, "Bob": len(bobs)}


async def test_undoing_an_edit_whose_faces_are_all_in_the_trash_brings_back_who_was(world: World) -> None:
    ann = await person_of(world, "ann", photos=3, display_name="Ann")
    shown = await images(world)
    split = edits_pb.SplitPersonRequest(person=ann.name, faces=[shown[0].faces[0].name], display_name="Eve")
    await world.edits.SplitPerson(split)
    assert len(await people(world)) == 2
    await delete(world, shown[0].name)
    assert [one.display_name for one in await people(world)] == ["Ann"]
    await undo(world, (await edits(world))[0])
    assert [face.person for face in (await undelete(world, shown[0].name)).faces] == [ann.name]
    assert [(one.display_name, one.face_count) for one in await people(world)] == [("Ann", 3)]


async def test_a_photo_that_is_indexed_again_comes_back(world: World) -> None:
    photo = world.script.photo()
    image = await world.index(photo)
    await world.images.UpdateImage(pb.UpdateImageRequest(image=Image(name=image.name, favorite=True, tags=["sea"])))
    await delete(world, image.name)
    sources = pb.ListSourcesRequest()
    assert len((await world.images.ListSources(sources)).sources) == 0
    header = pb.ImageHeader(source_uri="file:///a.jpg", file_name="a.jpg", sha256=image.name.rpartition("/")[2])
    again = await world.images.IndexImage(iter([pb.IndexImageRequest(header=header)]))
    assert again.already_indexed
    assert not again.image.HasField("delete_time")
    assert (again.image.favorite, list(again.image.tags)) == (True, ["sea"])
    assert [one.name for one in await images(world)] == [image.name]


async def test_places_of_the_trash_are_known_and_can_be_forgotten(world: World) -> None:
    header = pb.ImageHeader(source_uri="file:///a.jpg")
    image = (
        await world.images.IndexImageBytes(pb.IndexImageBytesRequest(header=header, content=world.script.photo()))
    ).image
    forget = pb.ForgetSourcesRequest(uris=["file:///a.jpg"])
    await delete(world, image.name)
    assert [one.image for one in (await world.images.ListSources(pb.ListSourcesRequest())).sources] == [image.name]
    forgotten = await world.images.ForgetSources(forget)
    assert (forgotten.forgotten_count, list(forgotten.deleted_images)) == (1, [])
    assert [one.name for one in await images(world, show_deleted=True)] == [image.name]
    await undelete(world, image.name)
    await world.images.IndexImage(
        iter([pb.IndexImageRequest(header=pb.ImageHeader(source_uri="file:///a.jpg", sha256=image.name[-64:]))])
    )
    forgotten = await world.images.ForgetSources(forget)
    assert list(forgotten.deleted_images) == [image.name]
    (in_trash,) = await images(world, show_deleted=True)
    assert in_trash.HasField("purge_time")


async def test_other_bytes_in_the_place_of_a_photo_in_the_trash_leave_it_there(world: World) -> None:
    header = pb.ImageHeader(source_uri="file:///a.jpg")
    first, second = (pb.IndexImageBytesRequest(header=header, content=world.script.photo()) for _ in range(2))
    image = (await world.images.IndexImageBytes(first)).image
    await delete(world, image.name)
    assert (await world.images.IndexImageBytes(second)).replaced_image == ""
    assert len(await images(world, show_deleted=True)) == 2


async def test_purging_erases_what_is_in_the_trash_and_nothing_else(world: World) -> None:
    await person_of(world, "ann", photos=4)
    first, second, third, kept = [image.name for image in await images(world)]
    for name in (first, second, third):
        await delete(world, name)
    assert await purge(world, first, UNKNOWN, validate_only=True) == 1
    assert await purge(world, first, UNKNOWN) == 1
    assert await purge(world, first) == 0
    failure = await refusal(world.images.PurgeImages(pb.PurgeImagesRequest(names=[second, kept])))
    assert (failure.reason, failure.resources) == ("IMAGE_NOT_IN_TRASH", [kept])
    assert [image.name for image in await images(world, show_deleted=True)] == [second, third, kept]
    assert await purge(world, all_deleted=True, validate_only=True) == 2
    assert await purge(world, all_deleted=True) == 2
    assert [image.name for image in await images(world, show_deleted=True)] == [kept]
    assert (await refusal(world.images.UndeleteImage(pb.UndeleteImageRequest(name=first)))).reason == "IMAGE_NOT_FOUND"


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (pb.PurgeImagesRequest(), "IMAGES_EMPTY", "names"),
        (pb.PurgeImagesRequest(names=[UNKNOWN], all_deleted=True), "PURGE_AMBIGUOUS", "names"),
        (pb.PurgeImagesRequest(names=[UNKNOWN] * 1_001), "TOO_MANY_IMAGES", "names"),
        (pb.PurgeImagesRequest(names=["libraries/other/images/x"]), "RESOURCE_NAME_INVALID", "names[0]"),
        (pb.PurgeImagesRequest(parent="libraries/nope", all_deleted=True), "LIBRARY_NOT_FOUND", None),
    ],
)
async def test_wrong_purges(world: World, request_: pb.PurgeImagesRequest, reason: str, field: str | None) -> None:
    failure = await refusal(world.images.PurgeImages(request_))
    assert failure.reason == reason
    assert failure.fields == ([] if field is None else [field])


async def test_an_etag_of_before_changes_nothing(world: World) -> None:
    image = await world.index(world.script.photo())
    stale = (await delete(world, image.name)).etag
    await undelete(world, image.name)
    requests = (
        world.images.DeleteImage(pb.DeleteImageRequest(name=image.name, etag=stale)),
        world.images.UndeleteImage(pb.UndeleteImageRequest(name=image.name, etag=stale)),
    )
    for request in requests:
        assert (await refusal(request)).reason == "ETAG_MISMATCH"
    assert [one.name for one in await images(world)] == [image.name]


async def test_deleting_and_having_back_twice_changes_nothing_more(world: World) -> None:
    image = await world.index(world.script.photo())
    assert await undelete(world, image.name) == image
    once = await delete(world, image.name)
    assert await delete(world, image.name) == once
    back = await undelete(world, image.name)
    assert await undelete(world, image.name) == back
    assert back.etag not in (image.etag, once.etag)


async def test_without_a_trash_deleting_is_erasing(hasty: World) -> None:
    image = await hasty.index(hasty.script.photo())
    answer = await hasty.images.DeleteImage(pb.DeleteImageRequest(name=image.name))
    assert not answer.HasField("image")
    assert await images(hasty, show_deleted=True) == []


async def test_a_library_with_a_full_trash_is_not_empty(world: World) -> None:
    await world.libraries.CreateLibrary(library_pb.CreateLibraryRequest(library_id="a"))
    image = await world.index(world.script.photo(), "libraries/a")
    await delete(world, image.name)
    failure = await refusal(world.libraries.DeleteLibrary(library_pb.DeleteLibraryRequest(name="libraries/a")))
    assert failure.reason == "LIBRARY_NOT_EMPTY"


async def test_pages_of_the_trash_go_on_and_belong_to_it(world: World) -> None:
    names = [(await world.index(world.script.photo())).name for _ in range(4)]
    await delete(world, names[1])
    request = pb.ListImagesRequest(page_size=2, show_deleted=True)
    first = await world.images.ListImages(request)
    request.page_token = first.next_page_token
    second = await world.images.ListImages(request)
    assert [image.name for image in itertools.chain(first.images, second.images)] == names
    request.show_deleted = False
    assert (await refusal(world.images.ListImages(request))).reason == "PAGE_TOKEN_INVALID"
