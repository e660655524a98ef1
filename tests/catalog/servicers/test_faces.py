import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.rpc import code_pb2
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from albumen.catalog.v1 import people_service_pb2 as pb
from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.image_service_pb2 import GetImageRequest
from albumen.catalog.v1.person_pb2 import Person
from tests.catalog.asking import faces, names, people, person_of, refusal, rename
from tests.catalog.conftest import World

ALL = FieldMask(paths=["*"])


def reason_of(status: Status) -> str:
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    return str(info.reason)


async def test_the_cover_of_a_person_is_a_face_that_can_be_fetched(world: World) -> None:
    anna = await person_of(world, "anna")
    face = (await world.people.GetFace(pb.GetFaceRequest(name=anna.cover_face))).face
    assert (face.name, face.person) == (anna.cover_face, anna.name)
    assert not face.embedding
    whole = (await world.people.GetFace(pb.GetFaceRequest(name=anna.cover_face, read_mask=ALL))).face
    assert len(whole.embedding) == 2048
    assert whole.thumbnail.startswith(b"\xff\xd8")


async def test_people_carry_the_thumbnail_of_their_cover_only_if_asked(world: World) -> None:
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob")
    assert not any(person.cover_thumbnail for person in await people(world))
    mask = FieldMask(paths=["name", "cover_thumbnail"])
    listed = (await world.people.ListPeople(pb.ListPeopleRequest(read_mask=mask))).people
    covers = pb.BatchGetFacesRequest(names=[anna.cover_face, bob.cover_face], read_mask=ALL)
    expected = [result.face.thumbnail for result in (await world.people.BatchGetFaces(covers)).results]
    by_name = {person.name: person for person in listed}
    assert [by_name[person.name].cover_thumbnail for person in (anna, bob)] == expected
    assert by_name[anna.name] == Person(name=anna.name, cover_thumbnail=expected[0])
    got = (await world.people.GetPerson(pb.GetPersonRequest(name=anna.name, read_mask=mask))).person
    assert got == by_name[anna.name]
    assert not (await world.people.GetPerson(pb.GetPersonRequest(name=anna.name))).person.cover_thumbnail


async def test_faces_carry_the_name_of_their_person_wherever_they_are_sent(world: World) -> None:
    anna = await person_of(world, "anna", 2, "Anna")
    await person_of(world, "bob")
    new = await world.index(world.script.photo("anna", "carol"))
    assert sorted(face.person_display_name for face in new.faces) == ["", "Anna"]
    assert (await world.images.GetImage(GetImageRequest(name=new.name))).image == new
    assert [face.person_display_name for face in await faces(world)] == ["Anna", "Anna", "", "", "Anna", ""]
    await rename(world, anna.name, "Ann")
    mask = FieldMask(paths=["person_display_name"])
    face = (await world.people.GetFace(pb.GetFaceRequest(name=anna.cover_face, read_mask=mask))).face
    assert face == Face(person_display_name="Ann")


async def test_faces_that_are_gone_fail_alone_and_the_order_is_kept(world: World) -> None:
    await person_of(world, "anna", 3)
    first, second, third = await names(world)
    asked = [third, "libraries/default/faces/999", first, third]
    results = (await world.people.BatchGetFaces(pb.BatchGetFacesRequest(names=asked))).results
    assert [result.face.name for result in results] == [third, "", first, third]
    assert results[0].face == (await faces(world))[2]
    assert results[1].WhichOneof("result") == "error"
    assert (results[1].error.code, reason_of(results[1].error)) == (code_pb2.NOT_FOUND, "FACE_NOT_FOUND")
    assert second not in [result.face.name for result in results]


MANY = ["libraries/default/faces/1"] * 251
REFUSED = {
    "none": (pb.BatchGetFacesRequest(), "FACES_EMPTY", ["names"]),
    "too many": (pb.BatchGetFacesRequest(names=MANY), "TOO_MANY_FACES", ["names"]),
    "a hundred thousand": (pb.BatchGetFacesRequest(names=["x"] * 100_000), "TOO_MANY_FACES", ["names"]),
    "wrong names": (
        pb.BatchGetFacesRequest(names=["x", "libraries/default/faces/1", "libraries/other/faces/1"]),
        "RESOURCE_NAME_INVALID",
        ["names[0]", "names[2]"],
    ),
    "all at once": (
        pb.BatchGetFacesRequest(names=["x"], read_mask=FieldMask(paths=["box.left"])),
        "RESOURCE_NAME_INVALID",
        ["names[0]", "read_mask"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_names_are_counted_and_checked_before_a_face_is_read(world: World, case: str) -> None:
    request, reason, fields = REFUSED[case]
    failure = await refusal(world.people.BatchGetFaces(request))
    assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert (failure.reason, failure.fields) == (reason, fields)


async def test_a_face_that_is_not_there_is_not_found(world: World) -> None:
    failure = await refusal(world.people.GetFace(pb.GetFaceRequest(name="libraries/default/faces/5")))
    assert (failure.reason, failure.resources) == ("FACE_NOT_FOUND", ["libraries/default/faces/5"])
    failure = await refusal(world.people.GetFace(pb.GetFaceRequest(name="libraries/default/faces/x")))
    assert (failure.reason, failure.fields) == ("RESOURCE_NAME_INVALID", ["name"])


async def test_people_are_fetched_by_the_batch_and_those_who_are_gone_fail_alone(world: World) -> None:
    anna, bob = await person_of(world, "anna", 2, "Anna"), await person_of(world, "bob")
    asked = [bob.name, "libraries/default/people/nobody", anna.name, bob.name]
    results = (await world.people.BatchGetPeople(pb.BatchGetPeopleRequest(names=asked))).results
    assert [result.person.name for result in results] == [bob.name, "", anna.name, bob.name]
    assert results[2].person == anna
    assert (results[1].error.code, reason_of(results[1].error)) == (code_pb2.NOT_FOUND, "PERSON_NOT_FOUND")
    mask = FieldMask(paths=["cover_thumbnail"])
    (cover,) = (await world.people.BatchGetPeople(pb.BatchGetPeopleRequest(names=[anna.name], read_mask=mask))).results
    assert cover.person == Person(cover_thumbnail=cover.person.cover_thumbnail)
    assert cover.person.cover_thumbnail.startswith(b"\xff\xd8")
    for wrong in ([], [anna.name] * 501):
        failure = await refusal(world.people.BatchGetPeople(pb.BatchGetPeopleRequest(names=wrong)))
        assert (failure.reason, failure.fields) == ("PEOPLE_INVALID", ["names"])


async def test_a_person_is_found_by_name_and_people_are_ordered(world: World) -> None:
    await person_of(world, "bob", 3, "Bob")
    anna, _ = await person_of(world, "anna", 2, "Anna"), await person_of(world, "carol", 2)
    wanted = pb.ListPeopleRequest(filter=pb.PeopleFilter(display_name="a*A"))
    assert [person.name for person in (await world.people.ListPeople(wanted)).people] == [anna.name]
    listed = pb.ListPeopleRequest(order_by="display_name", page_size=1)
    found = []
    for _ in range(3):
        page = await world.people.ListPeople(listed)
        found += [person.display_name for person in page.people]
        listed.page_token = page.next_page_token
    assert (found, page.next_page_token) == (["Anna", "Bob", ""], "")
    named = pb.ListPeopleRequest(filter=pb.PeopleFilter(named=True), order_by="face_count")
    assert [person.display_name for person in (await world.people.ListPeople(named)).people] == ["Anna", "Bob"]
    failure = await refusal(world.people.ListPeople(pb.ListPeopleRequest(order_by="beauty")))
    assert (failure.reason, failure.fields) == ("ORDER_INVALID", ["order_by"])
