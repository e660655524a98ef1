from pathlib import Path

import grpc

from albumen.catalog.v1 import edit_pb2
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import people_edit_service_pb2 as pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.person_pb2 import Person
from tests.catalog.asking import edits, everything, faces, merge, names, people, person_of, refusal, rename, undo
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script


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
    again = await refusal(merge(world, anna, twin))
    assert (again.reason, again.resources) == ("PERSON_NOT_FOUND", [twin.name])


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


async def test_people_who_are_told_apart_are_not_told_apart_again(world: World) -> None:
    anna, bob, carl = [await person_of(world, who) for who in ("anna", "bob", "carl")]

    async def separate(*those: Person) -> pb.SeparatePeopleResponse:
        return await world.edits.SeparatePeople(pb.SeparatePeopleRequest(people=[person.name for person in those]))

    first = (await separate(anna, bob)).edit
    etags = [person.etag for person in await people(world)]
    assert not (await separate(bob, anna)).HasField("edit")
    assert await edits(world) == [first]
    assert [person.etag for person in await people(world)] == etags
    assert (await separate(anna, bob, carl)).HasField("edit")
    await undo(world, (await edits(world))[0])
    await undo(world, first)
    assert (await separate(anna, bob)).HasField("edit")


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
