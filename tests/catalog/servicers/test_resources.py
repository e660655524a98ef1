from collections.abc import Awaitable, Callable

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.library_pb2 import Library
from albumen.catalog.v1.person_pb2 import Person
from tests.catalog.conftest import World
from tests.serving import Failure, failure_of


async def refusal(call: Awaitable[object]) -> Failure:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return failure_of(caught.value)


async def people(world: World, *, show_hidden: bool = False) -> list[Person]:
    request = people_pb.ListPeopleRequest(show_hidden=show_hidden)
    return list((await world.people.ListPeople(request)).people)


async def test_faces_alike_are_one_person_who_can_be_named_and_hidden(world: World) -> None:
    for faces in (("anna", "bob"), ("anna",), ("anna", "carl")):
        await world.index(world.script.photo(*faces))
    (anna,) = await people(world)
    assert (anna.display_name, anna.face_count, anna.image_count) == ("", 3, 3)
    request = people_pb.UpdatePersonRequest(person=Person(name=anna.name, display_name="Anna", etag=anna.etag))
    named = (await world.people.UpdatePerson(request)).person
    assert (named.name, named.display_name) == (anna.name, "Anna")
    assert named.etag != anna.etag
    hidden = people_pb.UpdatePersonRequest(
        person=Person(name=anna.name, hidden=True), update_mask=FieldMask(paths=["hidden"])
    )
    assert (await world.people.UpdatePerson(hidden)).person.display_name == "Anna"
    assert await people(world) == []
    assert [person.name for person in await people(world, show_hidden=True)] == [anna.name]
    assert (await world.people.GetPerson(people_pb.GetPersonRequest(name=anna.name))).person.hidden


async def test_a_stale_etag_aborts(world: World) -> None:
    for _ in range(2):
        await world.index(world.script.photo("anna"))
    (anna,) = await people(world)
    update = people_pb.UpdatePersonRequest(person=Person(name=anna.name, display_name="Anna", etag="old"))
    failure = await refusal(world.people.UpdatePerson(update))
    assert (failure.code, failure.reason) == (grpc.StatusCode.ABORTED.value[0], "ETAG_MISMATCH")


async def test_deleting_images_removes_faces_and_empty_people_at_once(world: World) -> None:
    first, second = [await world.index(world.script.photo("anna")) for _ in range(2)]
    (anna,) = await people(world)
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=first.name))
    assert len((await world.people.ListFaces(people_pb.ListFacesRequest())).faces) == 1
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=second.name))
    assert await people(world, show_hidden=True) == []
    assert not (await world.people.ListFaces(people_pb.ListFacesRequest())).faces
    failure = await refusal(world.people.GetPerson(people_pb.GetPersonRequest(name=anna.name)))
    assert (failure.reason, failure.resources) == ("PERSON_NOT_FOUND", [anna.name])
    await world.images.PurgeImages(image_pb.PurgeImagesRequest(all_deleted=True))
    gone = await refusal(world.images.GetImage(image_pb.GetImageRequest(name=first.name)))
    assert (gone.reason, gone.resources) == ("IMAGE_NOT_FOUND", [first.name])


async def test_faces_carry_embedding_and_thumbnail_only_if_asked(world: World) -> None:
    image = await world.index(world.script.photo("anna", "bob"))
    (plain, _) = (await world.people.ListFaces(people_pb.ListFacesRequest())).faces
    assert not plain.embedding
    assert not plain.thumbnail
    assert plain.image == image.name
    mask = FieldMask(paths=["embedding", "thumbnail", "name"])
    (full, _) = (await world.people.ListFaces(people_pb.ListFacesRequest(read_mask=mask))).faces
    assert len(full.embedding) == 2048
    assert full.thumbnail.startswith(b"\xff\xd8")
    assert not full.HasField("box")


async def test_faces_are_filtered(world: World) -> None:
    first = await world.index(world.script.photo("anna", "bob"))
    await world.index(world.script.photo("anna"))
    (anna,) = await people(world)

    async def count(**conditions: str | bool) -> int:
        face_filter = people_pb.FaceFilter(**conditions)  # type: ignore[arg-type]
        return len((await world.people.ListFaces(people_pb.ListFacesRequest(filter=face_filter))).faces)

    assert await count(person=anna.name) == 2
    assert await count(image=first.name) == 2
    assert await count(person=anna.name, image=first.name) == 1
    assert await count(ungrouped=True) == 1


async def test_faces_that_can_hardly_be_seen_belong_to_nobody(world: World) -> None:
    world.script.blurred.add("crowd")
    images = [await world.index(world.script.photo("anna", "crowd", "crowd")) for _ in range(2)]
    (anna,) = await people(world)
    assert anna.face_count == 2
    faces = (await world.people.ListFaces(people_pb.ListFacesRequest())).faces
    assert [(face.person, round(face.quality_score, 3)) for face in faces] == [(anna.name, 1), ("", 0.1), ("", 0.1)] * 2
    for image in images:
        await world.images.DeleteImage(image_pb.DeleteImageRequest(name=image.name))
    assert await people(world) == []


async def test_images_are_filtered_by_labels_and_person(world: World) -> None:
    for faces, objects in ((("anna",), ("cat",)), (("anna",), ("cat", "dog")), ((), ("cat",))):
        await world.index(world.script.photo(*faces, objects=objects))
    (anna,) = await people(world)

    async def count(**conditions: object) -> int:
        image_filter = image_pb.ImageFilter(**conditions)  # type: ignore[arg-type]
        return len((await world.images.ListImages(image_pb.ListImagesRequest(filter=image_filter))).images)

    assert await count(labels=["cat"]) == 3
    assert await count(labels=["dog", "cat"]) == 1
    assert await count(labels=["cat"], person=anna.name) == 2
    assert await count(labels=["horse"]) == 0


async def test_pages_hold_every_image_once(world: World) -> None:
    names = [(await world.index(world.script.photo(objects=("cat",)))).name for _ in range(7)]
    seen: list[str] = []
    token = ""
    while True:
        request = image_pb.ListImagesRequest(page_size=3, page_token=token, read_mask=FieldMask(paths=["name"]))
        page = await world.images.ListImages(request)
        assert all(not image.objects for image in page.images)
        seen += [image.name for image in page.images]
        token = page.next_page_token
        if not token:
            break
    assert seen == names


async def test_libraries_are_apart(world: World) -> None:
    created = await world.libraries.CreateLibrary(
        library_pb.CreateLibraryRequest(library_id="family", library=Library(display_name="The family"))
    )
    assert created.library.name == "libraries/family"
    await world.index(world.script.photo("anna"), parent="libraries/family")
    listed = (await world.libraries.ListLibraries(library_pb.ListLibrariesRequest())).libraries
    assert [(library.name, library.image_count) for library in listed] == [
        ("libraries/default", 0),
        ("libraries/family", 1),
    ]
    delete = library_pb.DeleteLibraryRequest(name="libraries/family")
    assert (await refusal(world.libraries.DeleteLibrary(delete))).reason == "LIBRARY_NOT_EMPTY"
    delete.force = True
    delete.validate_only = True
    assert (await world.libraries.DeleteLibrary(delete)).library.image_count == 1
    delete.validate_only = False
    await world.libraries.DeleteLibrary(delete)
    get = library_pb.GetLibraryRequest(name="libraries/family")
    assert (await refusal(world.libraries.GetLibrary(get))).reason == "LIBRARY_NOT_FOUND"


REFUSED: dict[str, tuple[Callable[[World, Message], Awaitable[object]], Message, str]] = {
    "page size": (
        lambda world, request: world.images.ListImages(request),  # type: ignore[arg-type]
        image_pb.ListImagesRequest(page_size=-1),
        "PAGE_SIZE_INVALID",
    ),
    "page token": (
        lambda world, request: world.people.ListPeople(request),  # type: ignore[arg-type]
        people_pb.ListPeopleRequest(page_token="nonsense"),  # noqa: S106
        "PAGE_TOKEN_INVALID",
    ),
    "labels": (
        lambda world, request: world.images.ListImages(request),  # type: ignore[arg-type]
        image_pb.ListImagesRequest(filter=image_pb.ImageFilter(labels=["cat"] * 101)),
        "TOO_MANY_LABELS",
    ),
    "read mask": (
        lambda world, request: world.people.ListFaces(request),  # type: ignore[arg-type]
        people_pb.ListFacesRequest(read_mask=FieldMask(paths=["soul"])),
        "READ_MASK_INVALID",
    ),
    "update mask": (
        lambda world, request: world.people.UpdatePerson(request),  # type: ignore[arg-type]
        people_pb.UpdatePersonRequest(
            person=Person(name="libraries/default/people/x"), update_mask=FieldMask(paths=["face_count"])
        ),
        "UPDATE_MASK_INVALID",
    ),
    "image name": (
        lambda world, request: world.images.GetImage(request),  # type: ignore[arg-type]
        image_pb.GetImageRequest(name="libraries/default/people/x"),
        "RESOURCE_NAME_INVALID",
    ),
    "person of another library": (
        lambda world, request: world.images.ListImages(request),  # type: ignore[arg-type]
        image_pb.ListImagesRequest(filter=image_pb.ImageFilter(person="libraries/other/people/x")),
        "RESOURCE_NAME_INVALID",
    ),
    "library id": (
        lambda world, request: world.libraries.CreateLibrary(request),  # type: ignore[arg-type]
        library_pb.CreateLibraryRequest(library_id="../escape"),
        "LIBRARY_ID_INVALID",
    ),
    "display name": (
        lambda world, request: world.libraries.CreateLibrary(request),  # type: ignore[arg-type]
        library_pb.CreateLibraryRequest(library_id="a", library=Library(display_name="n" * 201)),
        "DISPLAY_NAME_TOO_LONG",
    ),
    "existing library": (
        lambda world, request: world.libraries.CreateLibrary(request),  # type: ignore[arg-type]
        library_pb.CreateLibraryRequest(library_id="default"),
        "LIBRARY_EXISTS",
    ),
    "unknown library": (
        lambda world, request: world.images.ListImages(request),  # type: ignore[arg-type]
        image_pb.ListImagesRequest(parent="libraries/none"),
        "LIBRARY_NOT_FOUND",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_refused_is_refused_by_name(world: World, case: str) -> None:
    call, request, reason = REFUSED[case]
    assert (await refusal(call(world, request))).reason == reason


async def test_a_page_token_serves_its_own_query_only(world: World) -> None:
    for _ in range(2):
        await world.index(world.script.photo(objects=("cat",)))
    token = (await world.images.ListImages(image_pb.ListImagesRequest(page_size=1))).next_page_token
    other = image_pb.ListImagesRequest(page_token=token, filter=image_pb.ImageFilter(labels=["cat"]))
    failure = await refusal(world.images.ListImages(other))
    assert (failure.reason, failure.fields) == ("PAGE_TOKEN_INVALID", ["page_token"])


async def test_all_that_is_wrong_with_a_new_library_is_told_at_once(world: World) -> None:
    request = library_pb.CreateLibraryRequest(library_id="No", library=Library(display_name="n" * 201))
    failure = await refusal(world.libraries.CreateLibrary(request))
    assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT.value[0], "LIBRARY_ID_INVALID")
    assert failure.fields == ["library_id", "library.display_name"]
    assert len((await world.libraries.ListLibraries(library_pb.ListLibrariesRequest())).libraries) == 1


async def test_all_that_is_wrong_with_a_reclustering_is_told_at_once(world: World) -> None:
    request = library_pb.ReclusterLibraryRequest(name="default", eps=-1, min_samples=2**31 - 1)
    failure = await refusal(world.libraries.ReclusterLibrary(request).read())
    assert failure.fields == ["name", "eps", "min_samples"]
