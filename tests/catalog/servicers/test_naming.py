"""Naming and hiding people over the API: edits like the others."""

import uuid
from typing import TYPE_CHECKING

import grpc

from albumen.catalog.v1 import edit_pb2
from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as pb
from albumen.catalog.v1.person_pb2 import Person
from tests.catalog.asking import edits, everything, merge, people, person_of, refusal, rename, undo
from tests.catalog.conftest import World

if TYPE_CHECKING:
    from collections.abc import Awaitable


def named(person: Person, display_name: str, **more: object) -> pb.UpdatePersonRequest:
    request = pb.UpdatePersonRequest(person=Person(name=person.name, display_name=display_name))
    for field, value in more.items():
        setattr(request, field, value)
    return request


async def test_a_name_is_listed_and_taken_back(world: World) -> None:
    anna = await person_of(world, "anna")
    answer = await world.people.UpdatePerson(named(anna, "Anna"))
    (edit,) = await edits(world)
    assert answer.edit == edit
    assert edit.kind == edit_pb2.EDIT_KIND_UPDATE
    (change,) = edit.people
    assert (change.person, change.display_name_before, change.display_name_after) == (anna.name, "", "Anna")
    assert (edit.face_count, edit.person_count) == (0, 1)
    await undo(world, edit)
    (person,) = await people(world)
    assert person.display_name == ""


async def test_hiding_is_taken_back(world: World) -> None:
    anna = await person_of(world, "anna")
    hidden = pb.UpdatePersonRequest(person=Person(name=anna.name, hidden=True))
    edit = (await world.people.UpdatePerson(hidden)).edit
    assert (await world.people.ListPeople(pb.ListPeopleRequest())).people == []
    await undo(world, edit)
    assert [person.name for person in (await world.people.ListPeople(pb.ListPeopleRequest())).people] == [anna.name]


async def test_an_edit_tells_who_was_hidden_by_it_and_who_was_before(world: World) -> None:
    anna = await person_of(world, "anna")
    await world.people.UpdatePerson(pb.UpdatePersonRequest(person=Person(name=anna.name, hidden=True)))
    await world.people.UpdatePerson(named(anna, "Anna"))
    newer, older = await edits(world)
    assert [(change.hidden_before, change.hidden_after) for change in older.people] == [(False, True)]
    assert [(change.hidden_before, change.hidden_after) for change in newer.people] == [(True, True)]


async def test_a_rehearsed_name_changes_nothing(world: World) -> None:
    anna = await person_of(world, "anna")
    before = await everything(world)
    answer = await world.people.UpdatePerson(named(anna, "Anna", validate_only=True))
    assert (answer.edit.name, answer.person.display_name) == ("", "Anna")
    assert await everything(world) == before


async def test_a_name_that_is_the_persons_already_is_no_edit(world: World) -> None:
    anna = await person_of(world, "anna", display_name="Anna")
    before = await everything(world)
    answer = await world.people.UpdatePerson(named(anna, "Anna"))
    assert not answer.HasField("edit")
    assert answer.person.etag == anna.etag
    assert await everything(world) == before


async def test_a_retried_name_is_one_edit(world: World) -> None:
    anna = await person_of(world, "anna")
    request = named(anna, "Anna", request_id=str(uuid.uuid4()))
    first = await world.people.UpdatePerson(request)
    await rename(world, anna.name, "Annabel")
    again = await world.people.UpdatePerson(request)
    assert again.edit == first.edit
    assert again.person.display_name == "Annabel"


async def test_a_request_id_answers_no_other_request(world: World) -> None:
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob")
    request_id = str(uuid.uuid4())
    await world.people.UpdatePerson(named(anna, "Anna", request_id=request_id))
    before = await everything(world)
    others: list[Awaitable[object]] = [
        world.people.UpdatePerson(named(anna, "Other", request_id=request_id)),
        world.people.UpdatePerson(named(bob, "Anna", request_id=request_id)),
        world.edits.MergePeople(
            edits_pb.MergePeopleRequest(person=anna.name, others=[bob.name], request_id=request_id)
        ),
    ]
    for other in others:
        failure = await refusal(other)
        assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
        assert (failure.reason, failure.fields) == ("REQUEST_ID_REUSED", ["request_id"])
    assert await everything(world) == before


async def test_a_later_name_does_not_stand_in_the_way_of_an_older_undo(world: World) -> None:
    anna, bob = await person_of(world, "anna", display_name="Anna"), await person_of(world, "bob")
    merged = (await merge(world, anna, bob)).edit
    await rename(world, anna.name, "Annabel")
    await undo(world, merged)
    assert {person.name: person.display_name for person in await people(world)} == {
        anna.name: "Annabel",
        bob.name: "",
    }


async def test_the_older_of_two_names_is_undone_after_the_newer(world: World) -> None:
    anna = await person_of(world, "anna", display_name="Anna")
    await rename(world, anna.name, "Annabel")
    newer, older = await edits(world)
    failure = await refusal(undo(world, older))
    assert (failure.reason, failure.resources) == ("EDIT_SUPERSEDED", [newer.name])
    await undo(world, newer)
    await undo(world, older)
    (person,) = await people(world)
    assert person.display_name == ""
