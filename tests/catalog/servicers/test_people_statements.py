"""What users say of people beside their names, over the API."""

import io
from datetime import date

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.type.date_pb2 import Date
from PIL import Image

from albumen.catalog.v1 import edit_pb2
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as pb
from albumen.catalog.v1.person_pb2 import Person
from tests.catalog.asking import edits, everything, faces, names, people, person_of, refusal, undo
from tests.catalog.conftest import World

BORN = Date(year=2010, month=6, day=15)
_TAKEN = 0x9003


def photo_of(world: World, who: str, year: int) -> bytes:
    """Return a photo of somebody that says when it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[_TAKEN] = f"{year}:07:01 12:00:00"
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (year % 256, 1, 2)).save(file, "JPEG", exif=exif)
    world.script.know(file.getvalue(), (64, 48), who)
    return file.getvalue()


async def say(world: World, person: Person, *fields: str, **said: object) -> pb.UpdatePersonResponse:
    changed = Person(name=person.name, **said)  # type: ignore[arg-type]
    return await world.people.UpdatePerson(pb.UpdatePersonRequest(person=changed, update_mask=FieldMask(paths=fields)))


async def test_favourites_are_listed_alone_and_first(world: World) -> None:
    anna, bob = await person_of(world, "anna", 3), await person_of(world, "bob", 2)
    answer = await say(world, bob, "favorite", favorite=True)
    assert answer.person.favorite
    (change,) = answer.edit.people
    assert (change.favorite_before, change.favorite_after) == (False, True)
    only = pb.ListPeopleRequest(filter=pb.PeopleFilter(favorite=True))
    assert [person.name for person in (await world.people.ListPeople(only)).people] == [bob.name]
    for order, expected in (("favorite desc", [bob, anna]), ("favorite", [anna, bob]), ("", [anna, bob])):
        listed = (await world.people.ListPeople(pb.ListPeopleRequest(order_by=order))).people
        assert [person.name for person in listed] == [person.name for person in expected]
    await undo(world, answer.edit)
    assert (await world.people.ListPeople(only)).people == []


async def test_pages_of_favourites_follow_each_other(world: World) -> None:
    for who in ("anna", "bob", "carol"):
        await say(world, await person_of(world, who), "favorite", favorite=who != "bob")
    request = pb.ListPeopleRequest(order_by="favorite desc", page_size=1)
    found = []
    while True:
        page = await world.people.ListPeople(request)
        found += [person.favorite for person in page.people]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert found == [True, True, False]


async def test_a_birth_date_is_told_and_lets_go_of_earlier_faces(world: World) -> None:
    for year in (1990, 2011, 2012):
        await world.index(photo_of(world, "anna", year))
    (anna,) = await people(world)
    before = await everything(world)
    answer = await say(world, anna, "birth_date", birth_date=BORN)
    assert (answer.person.birth_date, answer.person.face_count, answer.edit.face_count) == (BORN, 2, 1)
    (change,) = answer.edit.people
    assert (change.HasField("birth_date_before"), change.birth_date_after) == (False, BORN)
    assert [bool(face.person) for face in await faces(world)] == [False, True, True]
    library = (await world.libraries.GetLibrary(library_pb.GetLibraryRequest())).library
    assert (library.face_count, library.ungrouped_face_count) == (3, 1)
    nobodys = (await world.people.ListFaces(pb.ListFacesRequest(filter=pb.FaceFilter(ungrouped=True)))).faces
    assert len(nobodys) == library.ungrouped_face_count
    await undo(world, answer.edit)
    assert {**await everything(world), "edits": []} == before
    answer = await say(world, anna, "birth_date", birth_date=BORN)
    answer = await say(world, anna, "birth_date")
    assert (answer.person.HasField("birth_date"), answer.person.face_count) == (False, 3)


async def test_a_cover_is_chosen_and_given_up(world: World) -> None:
    anna = await person_of(world, "anna", 3)
    assert not anna.cover_chosen
    chosen = (await names(world))[-1]
    answer = await say(world, anna, "cover_face", cover_face=chosen)
    assert (answer.person.cover_face, answer.person.cover_chosen) == (chosen, True)
    (change,) = answer.edit.people
    assert (change.cover_face_before, change.cover_face_after) == ("", chosen)
    (edit,) = await edits(world)
    assert (edit, edit.kind) == (answer.edit, edit_pb2.EDIT_KIND_UPDATE)
    answer = await say(world, anna, "cover_face")
    assert (answer.person.cover_face, answer.person.cover_chosen) == (anna.cover_face, False)


async def test_who_reads_a_person_and_writes_it_back_chooses_no_cover(world: World) -> None:
    anna = await person_of(world, "anna", 3)
    anna.display_name = "Anna"
    answer = await world.people.UpdatePerson(pb.UpdatePersonRequest(person=anna))
    assert (answer.person.display_name, answer.person.cover_chosen) == ("Anna", False)


async def test_what_is_said_of_people_is_rehearsed(world: World) -> None:
    for year in (1990, 2011, 2012):
        await world.index(photo_of(world, "anna", year))
    (anna,) = await people(world)
    before = await everything(world)
    changed = Person(name=anna.name, birth_date=BORN, favorite=True)
    answer = await world.people.UpdatePerson(pb.UpdatePersonRequest(person=changed, validate_only=True))
    assert (answer.edit.name, answer.edit.face_count, answer.person.favorite) == ("", 1, True)
    assert await everything(world) == before
    assert not (await people(world))[0].favorite


_WRONG_DATES = [
    Date(year=2010, month=2, day=30),
    Date(year=2010),
    Date(year=date.today().year + 2, month=1, day=1),  # noqa: DTZ011 - two years away
    Date(),
    Date(year=-5, month=1, day=1),
    Date(year=10**9, month=1, day=1),
]


@pytest.mark.parametrize("birth_date", _WRONG_DATES, ids=str)
async def test_what_is_no_birth_date(world: World, birth_date: Date) -> None:
    anna = await person_of(world, "anna")
    failure = await refusal(say(world, anna, birth_date=birth_date, favorite=True))
    assert (failure.reason, failure.fields) == ("DATE_INVALID", ["person.birth_date"])
    assert (await people(world))[0] == anna


async def test_what_can_not_be_said(world: World) -> None:
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob")
    await world.index(photo_of(world, "carol", 1990))
    await world.index(photo_of(world, "carol", 1991))
    (carol,) = [person for person in await people(world) if person.name not in {anna.name, bob.name}]
    before = await everything(world)
    face = f"{anna.cover_face.rpartition('/')[0]}/999"
    for person, said, reason in (
        (anna, {"cover_face": bob.cover_face}, "COVER_NOT_OF_PERSON"),
        (anna, {"cover_face": face}, "FACE_NOT_FOUND"),
        (anna, {"cover_face": face.replace("999", "0")}, "FACE_NOT_FOUND"),
        (anna, {"cover_face": "faces/1"}, "RESOURCE_NAME_INVALID"),
        (anna, {"cover_face": "libraries/other/faces/1"}, "RESOURCE_NAME_INVALID"),
        (carol, {"birth_date": BORN}, "BIRTH_DATE_TAKES_ALL"),
        (anna, {"favorite": True, "etag": "old"}, "ETAG_MISMATCH"),
    ):
        failure = await refusal(say(world, person, *(field for field in said if field != "etag"), **said))
        assert failure.reason == reason
    assert await everything(world) == before


async def test_an_edit_of_somebody_else_does_not_touch_what_was_said(world: World) -> None:
    anna, bob = await person_of(world, "anna"), await person_of(world, "bob")
    await say(world, anna, birth_date=BORN, favorite=True)
    merged = await world.edits.MergePeople(edits_pb.MergePeopleRequest(person=bob.name, others=[anna.name]))
    assert (merged.person.favorite, merged.person.birth_date) == (True, BORN)
    await undo(world, merged.edit)
    said = {person.name: (person.favorite, person.HasField("birth_date")) for person in await people(world)}
    assert said == {anna.name: (True, True), bob.name: (False, False)}
