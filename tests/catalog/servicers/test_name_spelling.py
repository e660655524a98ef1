"""A resource has one name: no other spelling of its number stands for it."""

from collections.abc import Awaitable, Callable

import grpc
import pytest

from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import search_service_pb2 as search_pb
from tests.catalog.asking import everything, merge, names, person_of, refusal
from tests.catalog.conftest import World

SPELLINGS: list[Callable[[str], str]] = [
    lambda number: f"0{number}",
    lambda number: f"000000{number}",
    lambda number: f"+{number}",
    lambda number: f"-{number}",
    lambda number: f" {number}",
    lambda number: f"{number}.0",
    lambda number: f"{number}\n",
    # Digits too, but not of ASCII: fullwidth and Arabic.
    lambda number: "".join(chr(0xFF10 + int(digit)) for digit in number),
    lambda number: "".join(chr(0x0660 + int(digit)) for digit in number),
]
CALLS: dict[str, tuple[str, str, Callable[[World, str, str], Awaitable[object]]]] = {
    "GetFace": (
        "faces", "name", lambda world, _, name: world.people.GetFace(people_pb.GetFaceRequest(name=name))
    ),
    "BatchGetFaces": (
        "faces", "names[0]",
        lambda world, _, name: world.people.BatchGetFaces(people_pb.BatchGetFacesRequest(names=[name])),
    ),
    "ReassignFaces": (
        "faces", "faces[0]",
        lambda world, _, name: world.edits.ReassignFaces(
            edits_pb.ReassignFacesRequest(faces=[name], nobody=edits_pb.Nobody())
        ),
    ),
    "SplitPerson": (
        "faces", "faces[0]",
        lambda world, person, name: world.edits.SplitPerson(
            edits_pb.SplitPersonRequest(person=person, faces=[name])
        ),
    ),
    "SearchFaces": (
        "faces", "query.face",
        lambda world, _, name: world.search.SearchFaces(
            search_pb.SearchFacesRequest(query=search_pb.SearchQuery(face=name))
        ),
    ),
    "GetEdit": ("edits", "name", lambda world, _, name: world.edits.GetEdit(edits_pb.GetEditRequest(name=name))),
    "UndoEdit": ("edits", "name", lambda world, _, name: world.edits.UndoEdit(edits_pb.UndoEditRequest(name=name))),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLS)
async def test_a_number_has_one_spelling(world: World, case: str) -> None:
    anna, bob = await person_of(world, "anna", 3), await person_of(world, "bob")
    edit = (await merge(world, anna, bob)).edit
    collection, field, call = CALLS[case]
    name = {"faces": (await names(world, anna.name))[0], "edits": edit.name}[collection]
    parent, _, number = name.rpartition("/")
    before = await everything(world)
    for spell in SPELLINGS:
        other = f"{parent}/{spell(number)}"
        failure = await refusal(call(world, anna.name, other))
        assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0], other
        assert (failure.reason, failure.fields) == ("RESOURCE_NAME_INVALID", [field])
        assert f"libraries/{{library}}/{collection}/{{number}}" in failure.message
        assert await everything(world) == before
    await call(world, anna.name, name)
