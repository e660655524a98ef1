"""Edits as requests: rehearsed, repeated, refused, listed, and undone in their order."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest

from albumen.catalog.v1 import edit_pb2
from albumen.catalog.v1 import people_edit_service_pb2 as pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.person_pb2 import Person
from tests.catalog.asking import edits, everything, merge, names, people, person_of, refusal, rename, undo
from tests.catalog.conftest import World

NOBODY = "libraries/default/people/nobody"

Rehearsal = Callable[[Person, Person, list[str]], tuple[str, Any]]
REHEARSALS: dict[str, Rehearsal] = {
    "merge": lambda anna, bob, _: ("MergePeople", pb.MergePeopleRequest(person=anna.name, others=[bob.name])),
    "split": lambda anna, _, some: (
        "SplitPerson",
        pb.SplitPersonRequest(person=anna.name, faces=some[:1], display_name="New"),
    ),
    "to a person": lambda _, bob, some: ("ReassignFaces", pb.ReassignFacesRequest(faces=some, person=bob.name)),
    "to a new person": lambda _, __, some: (
        "ReassignFaces",
        pb.ReassignFacesRequest(faces=some, new_person=pb.NewPerson(display_name="New")),
    ),
    "to nobody": lambda _, __, some: ("ReassignFaces", pb.ReassignFacesRequest(faces=some, nobody=pb.Nobody())),
    "separate": lambda anna, bob, _: ("SeparatePeople", pb.SeparatePeopleRequest(people=[anna.name, bob.name])),
}


@pytest.mark.parametrize("case", REHEARSALS)
async def test_a_rehearsal_tells_what_would_happen_and_changes_nothing(world: World, case: str) -> None:
    anna, bob = await person_of(world, "anna", 3, "Anna"), await person_of(world, "bob", 3, "Bob")
    some = (await names(world, anna.name))[:2]
    before, etags = await everything(world), [person.etag for person in await people(world)]
    method, request = REHEARSALS[case](anna, bob, some)
    request.validate_only = True
    rehearsed = await getattr(world.edits, method)(request)
    assert await everything(world) == before
    assert [person.etag for person in await people(world)] == etags
    request.validate_only = False
    done = await getattr(world.edits, method)(request)
    old = {anna.name, bob.name}
    new = [change for change in done.edit.people if change.person not in old]
    for change in new:
        change.person = ""
    expected, actual = done.edit, rehearsed.edit
    assert actual.name == ""
    assert (actual.kind, actual.face_count) == (expected.kind, expected.face_count)
    assert sorted(map(str, actual.people)) == sorted(map(str, expected.people))
    edit = (await edits(world))[0]
    done_state = await everything(world)
    assert (await undo(world, edit, validate_only=True)).undone
    assert await everything(world) == done_state
    await undo(world, edit)
    after = await everything(world)
    assert (after["faces"], after["people"]) == (before["faces"], before["people"])


async def test_the_same_request_again_is_answered_with_the_first_edit(world: World) -> None:
    anna = await person_of(world, "anna", 4)
    some = (await names(world, anna.name))[:2]
    request = pb.SplitPersonRequest(person=anna.name, faces=some, request_id=str(uuid.uuid4()))
    first = await world.edits.SplitPerson(request)
    request.request_id = request.request_id.upper()
    assert await world.edits.SplitPerson(request) == first
    assert len(await edits(world)) == 1
    request.request_id = ""
    assert (await refusal(world.edits.SplitPerson(request))).reason == "FACE_OF_ANOTHER_PERSON"
    request.request_id = "again"
    failure = await refusal(world.edits.SplitPerson(request))
    assert (failure.reason, failure.fields) == ("REQUEST_ID_INVALID", ["request_id"])


@pytest.mark.parametrize(
    "request_id",
    [
        pytest.param("6ba7b810-9dad-11d1-80b4-00c04fd430c8", id="version 1"),
        pytest.param("018f3c4e-7b1a-7c3d-9e2f-3a4b5c6d7e8f", id="version 7"),
        pytest.param("00000000-0000-0000-0000-000000000000", id="nil"),
        pytest.param("ffffffff-ffff-ffff-ffff-ffffffffffff", id="max"),
        pytest.param("5b0c4f0e-52b0-4f4c-7d5e-0f3c3a1d2b6a", id="another variant"),
        pytest.param("5b0c4f0e-52b0-4f4c-cd5e-0f3c3a1d2b6a", id="a third variant"),
        pytest.param("5b0c4f0e52b04f4c9d5e0f3c3a1d2b6a", id="no hyphens"),
        pytest.param("{5b0c4f0e-52b0-4f4c-9d5e-0f3c3a1d2b6a}", id="braces"),
        pytest.param("5b0c4f0e-52b0-4f4c-9d5e-0f3c3a1d2b6a\n", id="line break"),
    ],
)
async def test_a_request_id_is_a_uuid_of_version_4_and_of_no_other(world: World, request_id: str) -> None:
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob")
    some = (await names(world, anna.name))[:1]
    before = await everything(world)
    calls: list[Awaitable[object]] = [
        world.edits.MergePeople(pb.MergePeopleRequest(person=anna.name, others=[bob.name], request_id=request_id)),
        world.edits.SplitPerson(pb.SplitPersonRequest(person=anna.name, faces=some, request_id=request_id)),
        world.edits.ReassignFaces(pb.ReassignFacesRequest(faces=some, nobody=pb.Nobody(), request_id=request_id)),
        world.edits.SeparatePeople(pb.SeparatePeopleRequest(people=[anna.name, bob.name], request_id=request_id)),
        world.people.UpdatePerson(
            people_pb.UpdatePersonRequest(person=Person(name=anna.name, display_name="Anna"), request_id=request_id)
        ),
    ]
    for call in calls:
        failure = await refusal(call)
        assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
        assert (failure.reason, failure.fields) == ("REQUEST_ID_INVALID", ["request_id"])
        assert "UUID of version 4" in failure.message
    assert await everything(world) == before


@pytest.mark.parametrize("variant", "89ab")
async def test_every_uuid_of_version_4_is_a_request_id(world: World, variant: str) -> None:
    anna = await person_of(world, "anna", 3)
    some = (await names(world, anna.name))[:1]
    request_id = f"5b0c4f0e-52b0-4f4c-{variant}d5e-0f3c3a1d2b6a"
    done = await world.edits.SplitPerson(pb.SplitPersonRequest(person=anna.name, faces=some, request_id=request_id))
    assert [edit.name for edit in await edits(world)] == [done.edit.name]


async def test_a_merge_with_an_old_etag_aborts(world: World) -> None:
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob")
    await rename(world, anna.name, "Anna")
    request = pb.MergePeopleRequest(person=anna.name, others=[bob.name], etag=anna.etag)
    failure = await refusal(world.edits.MergePeople(request))
    assert (failure.code, failure.reason) == (grpc.StatusCode.ABORTED.value[0], "ETAG_MISMATCH")
    request.etag = next(person.etag for person in await people(world) if person.name == anna.name)
    assert (await world.edits.MergePeople(request)).person.face_count == 4


async def test_edits_are_undone_newest_first(world: World) -> None:
    anna, bob, carl, dora = [await person_of(world, who) for who in ("anna", "bob", "carl", "dora")]
    before = await everything(world)
    first = (await merge(world, anna, bob)).edit
    second = (await merge(world, carl, dora)).edit
    third = (await merge(world, anna, carl)).edit
    for edit in (first, second):
        failure = await refusal(undo(world, edit))
        assert (failure.reason, failure.resources) == ("EDIT_SUPERSEDED", [third.name])
        assert third.name.rpartition("/")[2] in failure.message
    await undo(world, third)
    await undo(world, first)
    await undo(world, second)
    after = await everything(world)
    assert (after["faces"], after["people"]) == (before["faces"], before["people"])


async def test_edits_are_listed_newest_first_and_in_pages(world: World) -> None:
    those = [await person_of(world, who) for who in ("anna", "bob", "carl", "dora")]
    made = [(await merge(world, those[0], other)).edit for other in those[1:]]
    seen: list[edit_pb2.Edit] = []
    request = pb.ListEditsRequest(page_size=2)
    while True:
        page = await world.edits.ListEdits(request)
        seen += page.edits
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert seen == made[::-1]
    assert (await world.edits.GetEdit(pb.GetEditRequest(name=made[1].name))).edit == made[1]
    unknown = "libraries/default/edits/999"
    for call in (
        world.edits.GetEdit(pb.GetEditRequest(name=unknown)),
        world.edits.UndoEdit(pb.UndoEditRequest(name=unknown)),
    ):
        failure = await refusal(call)
        assert (failure.reason, failure.resources) == ("EDIT_NOT_FOUND", [unknown])


async def test_only_faces_of_the_person_are_split_off_and_never_all(world: World) -> None:
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob")
    mine, theirs = await names(world, anna.name), await names(world, bob.name)

    async def split(*some: str) -> object:
        return await world.edits.SplitPerson(pb.SplitPersonRequest(person=anna.name, faces=some))

    failure = await refusal(split(mine[0], theirs[0]))
    assert (failure.code, failure.reason) == (grpc.StatusCode.FAILED_PRECONDITION.value[0], "FACE_OF_ANOTHER_PERSON")
    assert failure.resources == [theirs[0]]
    failure = await refusal(split(*mine))
    assert (failure.code, failure.reason) == (grpc.StatusCode.INVALID_ARGUMENT.value[0], "SPLIT_TAKES_ALL")
    failure = await refusal(split("libraries/default/faces/99"))
    assert (failure.reason, failure.resources) == ("FACE_NOT_FOUND", ["libraries/default/faces/99"])


Call = Callable[[World], Awaitable[object]]
FACE = "libraries/default/faces/1"
REFUSED: dict[str, tuple[Call, str, list[str]]] = {
    "nobody else": (
        lambda world: world.edits.MergePeople(pb.MergePeopleRequest(person=NOBODY)), "PEOPLE_INVALID", ["others"],
    ),
    "itself": (
        lambda world: world.edits.MergePeople(pb.MergePeopleRequest(person=NOBODY, others=[NOBODY])),
        "PEOPLE_INVALID", ["others"],
    ),
    "too many": (
        lambda world: world.edits.MergePeople(
            pb.MergePeopleRequest(person=NOBODY, others=[f"{NOBODY}{number}" for number in range(101)])
        ),
        "PEOPLE_INVALID", ["others"],
    ),
    "unknown": (
        lambda world: world.edits.MergePeople(pb.MergePeopleRequest(person=NOBODY, others=[f"{NOBODY}1"])),
        "PERSON_NOT_FOUND", [],
    ),
    "another library's": (
        lambda world: world.edits.MergePeople(
            pb.MergePeopleRequest(person=NOBODY, others=["libraries/other/people/x"])
        ),
        "RESOURCE_NAME_INVALID", ["others[0]"],
    ),
    "one alone": (
        lambda world: world.edits.SeparatePeople(pb.SeparatePeopleRequest(people=[NOBODY])),
        "PEOPLE_INVALID", ["people"],
    ),
    "none": (
        lambda world: world.edits.SeparatePeople(pb.SeparatePeopleRequest()), "PEOPLE_INVALID", ["people"],
    ),
    "no face": (
        lambda world: world.edits.SplitPerson(pb.SplitPersonRequest(person=NOBODY)), "FACES_EMPTY", ["faces"],
    ),
    "too many faces": (
        lambda world: world.edits.SplitPerson(
            pb.SplitPersonRequest(person=NOBODY, faces=[f"{FACE}{number}" for number in range(10_001)])
        ),
        "TOO_MANY_FACES", ["faces"],
    ),
    "no number": (
        lambda world: world.edits.SplitPerson(
            pb.SplitPersonRequest(person=NOBODY, faces=[FACE, "libraries/default/faces/x"])
        ),
        "RESOURCE_NAME_INVALID", ["faces[1]"],
    ),
    "too long a name": (
        lambda world: world.edits.SplitPerson(
            pb.SplitPersonRequest(person=NOBODY, faces=[FACE], display_name="n" * 201)
        ),
        "DISPLAY_NAME_TOO_LONG", ["display_name"],
    ),
    "too long a new name": (
        lambda world: world.edits.ReassignFaces(
            pb.ReassignFacesRequest(faces=[FACE], new_person=pb.NewPerson(display_name="n" * 201))
        ),
        "DISPLAY_NAME_TOO_LONG", ["new_person.display_name"],
    ),
    "no target": (
        lambda world: world.edits.ReassignFaces(pb.ReassignFacesRequest(faces=[FACE])), "TARGET_MISSING", ["target"],
    ),
    "no such face": (
        lambda world: world.edits.ReassignFaces(pb.ReassignFacesRequest(faces=[FACE], nobody=pb.Nobody())),
        "FACE_NOT_FOUND", [],
    ),
    "no such library": (
        lambda world: world.edits.ListEdits(pb.ListEditsRequest(parent="libraries/none")), "LIBRARY_NOT_FOUND", [],
    ),
    "page size": (
        lambda world: world.edits.SuggestMerges(pb.SuggestMergesRequest(page_size=-1)),
        "PAGE_SIZE_INVALID", ["page_size"],
    ),
    "page token": (
        lambda world: world.edits.ListEdits(pb.ListEditsRequest(page_token="x")),  # noqa: S106
        "PAGE_TOKEN_INVALID", ["page_token"],
    ),
    "edit name": (
        lambda world: world.edits.UndoEdit(pb.UndoEditRequest(name="libraries/default/edits/last")),
        "RESOURCE_NAME_INVALID", ["name"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_refused_is_refused_by_name(world: World, case: str) -> None:
    call, reason, fields = REFUSED[case]
    failure = await refusal(call(world))
    assert (failure.reason, failure.fields) == (reason, fields)


async def test_people_are_counted_and_compared_though_one_has_no_name(world: World) -> None:
    failure = await refusal(world.edits.SeparatePeople(pb.SeparatePeopleRequest(people=["wrong"])))
    assert failure.fields == ["people", "people[0]"]
    request = pb.SeparatePeopleRequest(people=["wrong", NOBODY, NOBODY, "libraries/other/people/x"])
    failure = await refusal(world.edits.SeparatePeople(request))
    assert failure.fields == ["people", "people[0]", "people[3]"]
