import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

from albumen.catalog.v1 import edit_pb2
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import people_edit_service_pb2 as pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.person_pb2 import Person
from services.catalog import edit_table, people_editor
from tests.catalog.asking import edits, everything, faces, names, people, person_of, refusal, rename
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.serving import Failure

NOBODY = "libraries/default/people/nobody"


async def undo(world: World, edit: edit_pb2.Edit, *, validate_only: bool = False) -> edit_pb2.Edit:
    return (await world.edits.UndoEdit(pb.UndoEditRequest(name=edit.name, validate_only=validate_only))).edit


async def merge(world: World, person: Person, *others: Person) -> pb.MergePeopleResponse:
    request = pb.MergePeopleRequest(person=person.name, others=[other.name for other in others])
    return await world.edits.MergePeople(request)


async def test_merged_people_are_one_and_the_remaining_name_wins(world: World) -> None:
    anna = await person_of(world, "anna", 2, "Anna")
    twin = await person_of(world, "twin", 3, "Not Anna")
    all_faces = await names(world)
    merged = await merge(world, anna, twin)
    assert (merged.person.name, merged.person.display_name, merged.person.face_count) == (anna.name, "Anna", 5)
    assert [person.name for person in await people(world)] == [anna.name]
    assert await names(world, anna.name) == all_faces
    assert merged.person.etag != anna.etag
    edit = merged.edit
    assert (edit.kind, edit.undone, edit.face_count) == (edit_pb2.EDIT_KIND_MERGE, False, 3)
    assert [
        (
            change.person,
            change.display_name_before,
            change.display_name_after,
            change.face_count_before,
            change.face_count_after,
        )
        for change in edit.people
    ] == [(anna.name, "Anna", "Anna", 2, 5), (twin.name, "Not Anna", "", 3, 0)]
    again = await merge_refused(world, anna, twin)
    assert (again.reason, again.resources) == ("PERSON_NOT_FOUND", [twin.name])


async def merge_refused(world: World, *those: Person) -> Failure:
    return await refusal(merge(world, *those))


async def test_a_nameless_person_inherits_the_first_name_and_stays_hidden(world: World) -> None:
    plain = await person_of(world, "anna")
    hidden = Person(name=plain.name, hidden=True)
    plain = (await world.people.UpdatePerson(people_pb.UpdatePersonRequest(person=hidden))).person
    nameless, bob, carl = [
        await person_of(world, who, 2, name) for who, name in zip("xyz", ("", "Bob", "Carl"), strict=True)
    ]
    merged = await merge(world, plain, nameless, bob, carl)
    assert (merged.person.display_name, merged.person.hidden) == ("Bob", True)


async def test_undo_brings_back_ids_names_visibility_and_faces(world: World) -> None:
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob", 2, "Bob")
    hidden = Person(name=bob.name, hidden=True)
    await world.people.UpdatePerson(people_pb.UpdatePersonRequest(person=hidden))
    before = await everything(world)
    edit = (await merge(world, anna, bob)).edit
    assert await everything(world) != before
    assert (await undo(world, edit)).undone
    after = await everything(world)
    assert (after["faces"], after["people"]) == (before["faces"], before["people"])
    failure = await refusal(undo(world, edit))
    assert (failure.code, failure.reason) == (grpc.StatusCode.FAILED_PRECONDITION.value[0], "EDIT_UNDONE")


async def test_undo_works_after_a_restart_and_what_was_said_outlives_it(tmp_path: Path) -> None:
    script = Script()
    async with open_world(tmp_path / "libraries", script) as world:
        anna, bob = await person_of(world, "anna", 2, "Anna"), await person_of(world, "bob", 2, "Bob")
        before = await everything(world)
        edit = (await merge(world, anna, bob)).edit
        merged = await everything(world)
    async with open_world(tmp_path / "libraries", script) as world:
        assert await everything(world) == merged
        await undo(world, edit)
        after = await everything(world)
        assert (after["faces"], after["people"]) == (before["faces"], before["people"])
    async with open_world(tmp_path / "libraries", script) as world:
        assert await everything(world) == after


async def test_undo_leaves_what_happened_since(world: World) -> None:
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob", 3, "Bob")
    edit = (await merge(world, anna, bob)).edit
    await rename(world, anna.name, "Anna")
    last = (await faces(world))[-1]
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=last.image))
    await world.index(world.script.photo("bob"))
    await world.index(world.script.photo("anna"))
    await undo(world, edit)
    shown = {person.display_name: person for person in await people(world)}
    assert {name: person.face_count for name, person in shown.items()} == {"Anna": 3, "Bob": 3}
    assert (shown["Anna"].name, shown["Bob"].name) == (anna.name, bob.name)


async def test_split_faces_are_somebody_else_for_good(world: World) -> None:
    anna = await person_of(world, "anna", 4, "Anna")
    some = (await names(world, anna.name))[:2]
    request = pb.SplitPersonRequest(person=anna.name, faces=some, display_name=" Hanna ")
    split = await world.edits.SplitPerson(request)
    assert (split.person.display_name, split.person.face_count) == ("Hanna", 2)
    assert split.person.name not in ("", anna.name)
    assert await names(world, split.person.name) == some
    assert all(face.pinned for face in await faces(world, split.person.name))
    assert not (await world.edits.SuggestMerges(pb.SuggestMergesRequest())).suggestions
    for _ in range(3):
        await world.index(world.script.photo("anna"))
    counts = {person.display_name: person.face_count for person in await people(world)}
    assert counts.keys() == {"Anna", "Hanna"}
    assert sum(counts.values()) == 7
    assert [face.person for face in await faces(world)][:2] == [split.person.name] * 2
    await undo(world, split.edit)
    assert [(person.name, person.face_count) for person in await people(world)] == [(anna.name, 7)]


async def test_a_face_is_given_to_somebody_to_a_new_person_and_to_nobody(world: World) -> None:
    anna, bob = await person_of(world, "anna", 3, "Anna"), await person_of(world, "bob", 3, "Bob")
    before = await everything(world)
    first, second, third = await names(world, anna.name)

    async def give(face: str, **target: object) -> pb.ReassignFacesResponse:
        return await world.edits.ReassignFaces(pb.ReassignFacesRequest(faces=[face], **target))  # type: ignore[arg-type]

    to_bob = await give(first, person=bob.name)
    assert (to_bob.person.name, to_bob.person.face_count) == (bob.name, 4)
    to_carl = await give(second, new_person=pb.NewPerson(display_name="Carl"))
    assert (to_carl.person.display_name, to_carl.person.face_count) == ("Carl", 1)
    to_nobody = await give(third, nobody=pb.Nobody())
    assert not to_nobody.HasField("person")
    assert {person.display_name for person in await people(world)} == {"Bob", "Carl"}
    await world.index(world.script.photo("bob"))
    owners = {face.name: (face.person, face.pinned) for face in await faces(world)}
    assert owners[first] == (bob.name, True)
    assert owners[second] == (to_carl.person.name, True)
    assert owners[third] == ("", True)
    for edit in (to_nobody.edit, to_carl.edit, to_bob.edit):
        await undo(world, edit)
    after = await everything(world)
    assert {face: after["faces"][face] for face in before["faces"]} == before["faces"]  # type: ignore[index, attr-defined]


async def test_automatic_takes_back_what_was_said(world: World) -> None:
    anna, bob = await person_of(world, "anna", 3, "Anna"), await person_of(world, "bob", 3, "Bob")
    (moved, *_) = await names(world, anna.name)
    request = pb.ReassignFacesRequest(faces=[moved], person=bob.name)
    await world.edits.ReassignFaces(request)
    released = pb.ReassignFacesRequest(faces=[moved], automatic=pb.Automatic())
    edit = (await world.edits.ReassignFaces(released)).edit
    assert [(face.person, face.pinned) for face in await faces(world) if face.name == moved] == [(anna.name, False)]
    await undo(world, edit)
    assert [(face.person, face.pinned) for face in await faces(world) if face.name == moved] == [(bob.name, True)]


async def test_automatic_takes_no_name_away(world: World) -> None:
    anna = await person_of(world, "anna", 3, "Anna")
    request = pb.ReassignFacesRequest(faces=await names(world, anna.name), automatic=pb.Automatic())
    await world.edits.ReassignFaces(request)
    assert [(person.name, person.display_name) for person in await people(world)] == [(anna.name, "Anna")]


async def test_people_that_may_be_the_same_are_suggested_until_told_apart(world: World) -> None:
    anna, other, stranger = [await person_of(world, who) for who in ("anna", "anna~58", "bob")]

    async def suggested(**options: object) -> list[set[str]]:
        request = pb.SuggestMergesRequest(**options)  # type: ignore[arg-type]
        found = (await world.edits.SuggestMerges(request)).suggestions
        assert [pair.probability for pair in found] == sorted((pair.probability for pair in found), reverse=True)
        assert all(0 < pair.probability < 1 for pair in found)
        return [{pair.person.name, pair.other.name} for pair in found]

    assert await suggested() == [{anna.name, other.name}]
    hidden = Person(name=other.name, hidden=True)
    await world.people.UpdatePerson(people_pb.UpdatePersonRequest(person=hidden))
    assert await suggested() == []
    assert await suggested(show_hidden=True, page_size=1) == [{anna.name, other.name}]
    those = [anna.name, other.name, stranger.name]
    edit = (await world.edits.SeparatePeople(pb.SeparatePeopleRequest(people=those))).edit
    assert (edit.kind, edit.face_count, edit.person_count) == (edit_pb2.EDIT_KIND_SEPARATE, 0, 3)
    assert await suggested(show_hidden=True) == []
    await undo(world, edit)
    assert await suggested(show_hidden=True) == [{anna.name, other.name}]


async def test_separate_people_stay_separate_whatever_comes_between_them(world: World) -> None:
    anna, other = [await person_of(world, who) for who in ("anna", "anna~58")]
    await world.edits.SeparatePeople(pb.SeparatePeopleRequest(people=[anna.name, other.name]))
    for degrees in (9, 18, 27, 36, 45) * 2:
        await world.index(world.script.photo(f"anna~{degrees}"))
    remaining = {person.name for person in await people(world)}
    assert {anna.name, other.name} <= remaining


async def test_who_is_different_from_a_merged_person_is_different_from_the_remaining_one(world: World) -> None:
    anna, other = await person_of(world, "anna"), await person_of(world, "anna~58")
    some = (await names(world, anna.name))[:1]
    twin = (await world.edits.SplitPerson(pb.SplitPersonRequest(person=anna.name, faces=some))).person
    await world.edits.SeparatePeople(pb.SeparatePeopleRequest(people=[other.name, twin.name]))

    async def suggested() -> list[set[str]]:
        found = (await world.edits.SuggestMerges(pb.SuggestMergesRequest())).suggestions
        return [{pair.person.name, pair.other.name} for pair in found]

    assert await suggested() == [{anna.name, other.name}]
    both = await merge(world, anna, twin)
    assert await suggested() == []
    await undo(world, both.edit)
    assert await suggested() == [{anna.name, other.name}]


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


async def test_old_edits_are_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edit_table, "MAX_EDITS", 2)
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob")
    request = pb.SeparatePeopleRequest(people=[anna.name, bob.name])
    made = [(await world.edits.SeparatePeople(request)).edit.name for _ in range(3)]
    assert [edit.name for edit in await edits(world)] == made[:0:-1]


async def test_edits_have_bounds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_editor, "MAX_MERGED_FACES", 3)
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob", 4)
    failure = await merge_refused(world, anna, bob)
    assert (failure.reason, failure.fields) == ("TOO_MANY_FACES", ["others"])
    assert failure.infos[0].metadata["value"] == "4"


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
        lambda world: world.edits.SeparatePeople(pb.SeparatePeopleRequest()), "RESOURCE_NAME_INVALID", ["people"],
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
