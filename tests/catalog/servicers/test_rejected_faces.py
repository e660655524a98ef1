"""Faces that nobody is to see, over the API."""

import uuid

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import edit_pb2
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_edit_service_pb2 as pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import search_service_pb2 as search_pb
from albumen.catalog.v1.face_pb2 import Face
from tests.catalog.asking import edits, everything, faces, names, people, person_of, refusal, rename, undo
from tests.catalog.conftest import World


async def rejected(world: World) -> list[Face]:
    request = people_pb.ListFacesRequest(filter=people_pb.FaceFilter(rejected=True))
    return list((await world.people.ListFaces(request)).faces)


async def reject(world: World, *faces: str, **options: object) -> pb.RejectFacesResponse:
    return await world.edits.RejectFaces(pb.RejectFacesRequest(faces=faces, **options))  # type: ignore[arg-type]


async def test_a_rejected_face_is_nowhere_but_where_it_is_asked_for(world: World) -> None:
    await person_of(world, "anna", 3, "Anna")
    image = await world.index(world.script.photo("anna", "poster"))
    poster = (await faces(world))[-1]
    answer = await reject(world, poster.name)
    assert (answer.edit.kind, answer.edit.face_count) == (edit_pb2.EDIT_KIND_REJECT, 1)
    assert poster.name not in await names(world)
    found = (await world.images.GetImage(image_pb.GetImageRequest(name=image.name))).image
    assert [face.name for face in found.faces] == [face.name for face in image.faces if face.name != poster.name]
    assert found.etag != image.etag
    library = (await world.libraries.GetLibrary(library_pb.GetLibraryRequest())).library
    assert (library.face_count, library.ungrouped_face_count) == (4, 0)
    query = search_pb.SearchQuery(content=world.script.photo("poster"))
    (result,) = (await world.search.SearchFaces(search_pb.SearchFacesRequest(query=query, max_distance=0.5))).results
    assert not result.matches
    alone = image_pb.ImageFilter(expression="face_count = 2")
    assert not (await world.images.ListImages(image_pb.ListImagesRequest(filter=alone))).images
    assert await rejected(world) == [poster]
    for failing in (
        world.people.GetFace(people_pb.GetFaceRequest(name=poster.name)),
        world.edits.RejectFaces(pb.RejectFacesRequest(faces=[poster.name])),
        world.edits.ReassignFaces(pb.ReassignFacesRequest(faces=[poster.name], nobody=pb.Nobody())),
    ):
        assert (await refusal(failing)).reason == "FACE_NOT_FOUND"


async def test_a_rejection_is_taken_back(world: World) -> None:
    anna = await person_of(world, "anna", 3, "Anna")
    before = await everything(world)
    answer = await reject(world, *await names(world, anna.name))
    assert await people(world) == []
    assert len(await rejected(world)) == 3
    await undo(world, answer.edit)
    after = await everything(world)
    assert (after["faces"], after["people"]) == (before["faces"], before["people"])
    assert await rejected(world) == []


async def test_clustering_decides_about_what_is_accepted(world: World) -> None:
    anna = await person_of(world, "anna", 3, "Anna")
    face, *_ = await names(world, anna.name)
    await reject(world, face)
    assert (await people(world))[0].face_count == 2
    answer = await world.edits.AcceptFaces(pb.AcceptFacesRequest(faces=[face]))
    assert (answer.edit.kind, answer.edit.face_count) == (edit_pb2.EDIT_KIND_ACCEPT, 1)
    assert min(await names(world, anna.name)) == face
    again = await world.edits.AcceptFaces(pb.AcceptFacesRequest(faces=[face]))
    assert not again.HasField("edit")
    await undo(world, answer.edit)
    assert [one.name for one in await rejected(world)] == [face]


async def test_the_trash_knows_what_was_rejected(world: World) -> None:
    image = await world.index(world.script.photo("anna", "poster"))
    anna, poster = await names(world)
    answer = await reject(world, poster)
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=image.name))
    assert (await rejected(world), await names(world)) == ([], [])
    await world.images.UndeleteImage(image_pb.UndeleteImageRequest(name=image.name))
    assert ([face.name for face in await rejected(world)], await names(world)) == ([poster], [anna])
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=image.name))
    await undo(world, answer.edit)
    await world.images.UndeleteImage(image_pb.UndeleteImageRequest(name=image.name))
    assert (await rejected(world), await names(world)) == ([], [anna, poster])


async def test_what_is_rejected_stays_so_when_its_file_is_edited(world: World) -> None:
    old = await world.index(world.script.photo("anna", "poster"), source_uri="file:///a.png")
    poster = (await names(world))[1]
    answer = await reject(world, poster)
    new = await world.index(world.script.photo("anna", "poster"), source_uri="file:///a.png")
    assert old.name != new.name
    assert len(await names(world)) == 1
    (face,) = await rejected(world)
    assert (face.image, face.name == poster) == (new.name, False)
    await undo(world, answer.edit)
    assert (await rejected(world), len(await names(world))) == ([], 2)


async def test_an_older_edit_of_a_rejected_face_is_undone_after_the_rejection(world: World) -> None:
    anna = await person_of(world, "anna", 3, "Anna")
    face, *_ = await names(world, anna.name)
    taken = (await world.edits.SplitPerson(pb.SplitPersonRequest(person=anna.name, faces=[face]))).edit
    thrown = (await reject(world, face)).edit
    failure = await refusal(undo(world, taken))
    assert (failure.reason, failure.resources) == ("EDIT_SUPERSEDED", [thrown.name])
    await undo(world, thrown)
    await undo(world, taken)
    assert len(await names(world, anna.name)) == 3


async def test_a_rehearsal_and_a_retry(world: World) -> None:
    anna = await person_of(world, "anna", 3)
    face, *_ = await names(world, anna.name)
    before = await everything(world)
    answer = await reject(world, face, validate_only=True)
    assert (answer.edit.name, answer.edit.face_count) == ("", 1)
    assert await everything(world) == before
    request_id = str(uuid.uuid4())
    first = await reject(world, face, request_id=request_id)
    assert await reject(world, face, request_id=request_id) == first
    assert len(await edits(world)) == 1
    other = pb.AcceptFacesRequest(faces=[face], request_id=request_id)
    assert (await refusal(world.edits.AcceptFaces(other))).reason == "REQUEST_ID_REUSED"


async def test_a_name_outlives_the_rejection_of_all_faces(world: World) -> None:
    anna = await person_of(world, "anna")
    await rename(world, anna.name, "Anna")
    answer = await reject(world, *await names(world))
    await undo(world, answer.edit)
    assert [person.display_name for person in await people(world)] == ["Anna"]


async def test_thumbnails_of_rejected_faces_can_be_asked_for(world: World) -> None:
    await world.index(world.script.photo("anna"))
    await reject(world, *await names(world))
    request = people_pb.ListFacesRequest(
        filter=people_pb.FaceFilter(rejected=True), read_mask=FieldMask(paths=["name", "thumbnail"])
    )
    (face,) = (await world.people.ListFaces(request)).faces
    assert face.thumbnail.startswith(b"\xff\xd8")


_NONE = pb.RejectFacesRequest(), "FACES_EMPTY"
_MANY = pb.RejectFacesRequest(faces=["libraries/default/faces/1"] * 10_001), "TOO_MANY_FACES"
_WRONG = pb.RejectFacesRequest(faces=["libraries/other/faces/1"]), "RESOURCE_NAME_INVALID"
_UNKNOWN = pb.RejectFacesRequest(faces=["libraries/default/faces/99"]), "FACE_NOT_FOUND"


@pytest.mark.parametrize(("request_", "reason"), [_NONE, _MANY, _WRONG, _UNKNOWN], ids=lambda value: str(value)[:20])
async def test_what_can_not_be_rejected_or_accepted(world: World, request_: pb.RejectFacesRequest, reason: str) -> None:
    accepting = pb.AcceptFacesRequest(faces=request_.faces)
    for call in (world.edits.RejectFaces(request_), world.edits.AcceptFaces(accepting)):
        failure = await refusal(call)
        assert failure.reason == reason
        expected = grpc.StatusCode.NOT_FOUND if reason == "FACE_NOT_FOUND" else grpc.StatusCode.INVALID_ARGUMENT
        assert failure.code == expected.value[0]
