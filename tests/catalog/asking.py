"""What tests ask a catalog again and again."""

from collections.abc import Awaitable

import grpc
import pytest

from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.edit_pb2 import Edit
from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.person_pb2 import Person
from tests.catalog.conftest import World
from tests.serving import Failure, failure_of


async def refusal(call: Awaitable[object]) -> Failure:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return failure_of(caught.value)


async def people(world: World) -> list[Person]:
    return list((await world.people.ListPeople(people_pb.ListPeopleRequest(show_hidden=True))).people)


async def faces(world: World, person: str = "") -> list[Face]:
    face_filter = people_pb.FaceFilter(person=person)
    return list((await world.people.ListFaces(people_pb.ListFacesRequest(filter=face_filter))).faces)


async def names(world: World, person: str = "") -> list[str]:
    return [face.name for face in await faces(world, person)]


async def edits(world: World) -> list[Edit]:
    return list((await world.edits.ListEdits(edits_pb.ListEditsRequest())).edits)


async def rename(world: World, person: str, display_name: str) -> Person:
    changed = Person(name=person, display_name=display_name)
    return (await world.people.UpdatePerson(people_pb.UpdatePersonRequest(person=changed))).person


async def person_of(world: World, who: str, photos: int = 2, display_name: str = "") -> Person:
    """Index photos of somebody new, and return the person that they make."""
    before = {person.name for person in await people(world)}
    for _ in range(photos):
        await world.index(world.script.photo(who))
    (new,) = [person for person in await people(world) if person.name not in before]
    return await rename(world, new.name, display_name) if display_name else new


async def everything(world: World) -> dict[str, object]:
    """What users see of people and faces, but for etags, which only ever change."""
    return {
        "faces": {face.name: (face.person, face.pinned) for face in await faces(world)},
        "people": {
            person.name: (person.display_name, person.hidden, person.face_count, person.cover_face)
            for person in await people(world)
        },
        "edits": [(edit.name, edit.undone) for edit in await edits(world)],
    }


async def undo(world: World, edit: Edit, *, validate_only: bool = False) -> Edit:
    return (await world.edits.UndoEdit(edits_pb.UndoEditRequest(name=edit.name, validate_only=validate_only))).edit


async def merge(world: World, person: Person, *others: Person) -> edits_pb.MergePeopleResponse:
    request = edits_pb.MergePeopleRequest(person=person.name, others=[other.name for other in others])
    return await world.edits.MergePeople(request)
