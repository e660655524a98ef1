"""Faces that users draw by hand, over the API."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import edit_pb2, event_pb2, face_pb2
from albumen.catalog.v1 import event_service_pb2 as events_pb
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_edit_service_pb2 as pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import search_service_pb2 as search_pb
from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.image_pb2 import Image
from albumen.types.v1.geometry_pb2 import BoundingBox
from tests.catalog.asking import edits, everything, faces, names, people, person_of, refusal, undo
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.servicers.drawing import BOX, draw, drawn_on
from tests.catalog.servicers.picturing import LARGE, four_corners, put, saved


async def image_of(world: World, name: str) -> Image:
    return (await world.images.GetImage(image_pb.GetImageRequest(name=name))).image


async def face_of(world: World, name: str) -> Face:
    return (await world.people.GetFace(people_pb.GetFaceRequest(name=name))).face


async def test_a_drawn_face_is_a_face_like_any_other(world: World) -> None:
    photo = world.script.photo("anna")
    image = await world.index(photo)
    token = (await world.events.ListEvents(events_pb.ListEventsRequest())).resume_token
    answer = await draw(world, image.name, content=photo)
    face = answer.face
    assert (face.image, face.box, face.origin) == (image.name, BOX, face_pb2.FACE_ORIGIN_DRAWN)
    assert (face.score, face.pinned, face.person) == (0.5, False, "")
    assert face.quality_score == pytest.approx(0.9)
    assert face.embedding_space == world.script.space
    assert face.landmarks.nose.x == BOX.left
    assert (answer.edit.kind, answer.edit.face_count) == (edit_pb2.EDIT_KIND_DRAW, 1)
    assert not answer.HasField("person")

    found = await image_of(world, image.name)
    assert [one.origin for one in found.faces] == [face_pb2.FACE_ORIGIN_DETECTED, face_pb2.FACE_ORIGIN_DRAWN]
    assert found.faces[1] == face == await face_of(world, face.name)
    assert found.etag != image.etag
    library = (await world.libraries.GetLibrary(library_pb.GetLibraryRequest())).library
    assert (library.face_count, library.ungrouped_face_count) == (2, 2)
    two = image_pb.ListImagesRequest(filter=image_pb.ImageFilter(expression="face_count = 2"))
    assert [one.name for one in (await world.images.ListImages(two)).images] == [image.name]
    query = search_pb.SearchQuery(content=world.script.photo("zoe"))
    (result,) = (await world.search.SearchFaces(search_pb.SearchFacesRequest(query=query, max_distance=0.5))).results
    assert [match.face for match in result.matches] == [face]
    large = people_pb.GetFaceRequest(name=face.name, read_mask=FieldMask(paths=["thumbnail", "embedding"]))
    whole = (await world.people.GetFace(large)).face
    assert (whole.thumbnail[:2], len(whole.embedding)) == (b"\xff\xd8", 2048)
    events = (await world.events.ListEvents(events_pb.ListEventsRequest(resume_token=token))).events
    assert {(event.resource, event.change) for event in events} == {
        (image.name, event_pb2.CHANGE_KIND_UPDATED),
        (answer.edit.name, event_pb2.CHANGE_KIND_CREATED),
    }


async def test_clustering_decides_whose_a_drawn_face_is(world: World) -> None:
    world.script.drawn = "anna~20"
    anna = await person_of(world, "anna", 2)
    assert (await drawn_on(world)).face.person == anna.name
    world.script.drawn = "carol"
    assert (await drawn_on(world)).face.person == ""
    carol = (await drawn_on(world)).face.person
    assert sorted((one.name, one.face_count) for one in await people(world)) == sorted([(anna.name, 3), (carol, 2)])


async def test_what_the_detector_does_not_see_either_founds_nobody(world: World) -> None:
    world.script.sees_drawn = False
    first, second = [(await drawn_on(world)).face for _ in range(2)]
    assert (first.score, first.HasField("landmarks")) == (0, False)
    assert first.quality_score == pytest.approx(0.3)
    assert (first.person, second.person) == ("", "")
    zoe = await person_of(world, "zoe", 2)
    assert (await drawn_on(world)).face.person == zoe.name


async def test_a_request_says_whose_a_drawn_face_is(world: World) -> None:
    anna = await person_of(world, "anna", 2, "Anna")
    given = await drawn_on(world, person=anna.name)
    assert (given.face.person, given.face.person_display_name, given.face.pinned) == (anna.name, "Anna", True)
    assert (given.person.name, given.person.face_count, given.edit.person_count) == (anna.name, 3, 1)
    new = await drawn_on(world, new_person=pb.NewPerson(display_name="Zoe"))
    assert (new.person.display_name, new.person.face_count, new.face.person) == ("Zoe", 1, new.person.name)
    nobodys = await drawn_on(world, nobody=pb.Nobody())
    assert (nobodys.face.person, nobodys.face.pinned, nobodys.HasField("person")) == ("", True, False)


@pytest.mark.parametrize("target", ["clustering", "a person", "a new person"])
async def test_undoing_erases_the_face(world: World, target: str) -> None:
    anna = await person_of(world, "anna", 2, "Anna")
    targets: dict[str, dict[str, Any]] = {
        "clustering": {},
        "a person": {"person": anna.name},
        "a new person": {"new_person": pb.NewPerson(display_name="Zoe")},
    }
    options = targets[target]
    photo = world.script.photo()
    image = await world.index(photo)
    before = await everything(world)
    request_id = str(uuid.uuid4())
    done = await draw(world, image.name, content=photo, request_id=request_id, **options)
    assert len(await names(world)) == 3
    assert (await undo(world, done.edit)).undone
    after = await everything(world)
    assert (after["faces"], after["people"]) == (before["faces"], before["people"])
    assert (await refusal(face_of(world, done.face.name))).reason == "FACE_NOT_FOUND"
    rejected = people_pb.ListFacesRequest(filter=people_pb.FaceFilter(rejected=True))
    assert not (await world.people.ListFaces(rejected)).faces
    # It is the same request still, and is not carried out again.
    again = await draw(world, image.name, content=photo, request_id=request_id, **options)
    assert (again.edit.name, again.edit.undone, again.HasField("face")) == (done.edit.name, True, False)
    fresh = await draw(world, image.name, content=photo, **options)
    assert fresh.face.name != done.face.name


async def test_a_rehearsal_and_a_retry(world: World) -> None:
    photo = world.script.photo("anna")
    image = await world.index(photo)
    before = await everything(world)
    new = pb.NewPerson(display_name="Zoe")
    answer = await draw(world, image.name, content=photo, new_person=new, validate_only=True)
    assert (answer.edit.name, answer.face.name, answer.person.name, answer.face.person) == ("", "", "", "")
    assert (answer.face.box, answer.face.origin, answer.edit.face_count) == (BOX, face_pb2.FACE_ORIGIN_DRAWN, 1)
    assert (answer.person.display_name, answer.face.person_display_name) == ("Zoe", "Zoe")
    assert await everything(world) == before
    assert (await image_of(world, image.name)).etag == image.etag
    request_id = str(uuid.uuid4())
    first = await draw(world, image.name, content=photo, request_id=request_id)
    looks = len(world.script.looked_at)
    # The answer is known: nobody looks at the photo again, or needs it.
    assert await draw(world, image.name, request_id=request_id) == first
    assert len(world.script.looked_at) == looks
    assert len(await edits(world)) == 1
    elsewhere = BoundingBox(left=0, top=36, width=12, height=12)
    other = draw(world, image.name, elsewhere, content=photo, request_id=request_id)
    assert (await refusal(other)).reason == "REQUEST_ID_REUSED"


async def test_a_drawn_face_is_rejected_accepted_and_corrected(world: World) -> None:
    anna = await person_of(world, "anna", 2, "Anna")
    done = await drawn_on(world, person=anna.name)
    thrown = await world.edits.RejectFaces(pb.RejectFacesRequest(faces=[done.face.name]))
    assert done.face.name not in await names(world)
    # What was rejected is in nobody's way.
    redrawn = await draw(world, done.face.image, content=world.script.looked_at[-1][0])
    await undo(world, redrawn.edit)
    assert (await refusal(undo(world, done.edit))).resources == [thrown.edit.name]
    await undo(world, thrown.edit)
    assert await face_of(world, done.face.name) == done.face
    await world.edits.ReassignFaces(pb.ReassignFacesRequest(faces=[done.face.name], automatic=pb.Automatic()))
    freed = await face_of(world, done.face.name)
    assert (freed.person, freed.pinned, freed.origin) == ("", False, face_pb2.FACE_ORIGIN_DRAWN)


async def test_a_drawn_face_stays_when_its_photo_is_indexed_again_or_comes_out_of_the_trash(world: World) -> None:
    photo = world.script.photo("anna")
    image = await world.index(photo)
    done = await draw(world, image.name, content=photo, new_person=pb.NewPerson(display_name="Zoe"))
    indexed = await world.index(photo)
    assert [face.name for face in indexed.faces] == [image.faces[0].name, done.face.name]
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=image.name))
    assert await names(world) == []
    await world.images.UndeleteImage(image_pb.UndeleteImageRequest(name=image.name))
    assert await face_of(world, done.face.name) == done.face
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=image.name))
    await undo(world, done.edit)
    await world.images.UndeleteImage(image_pb.UndeleteImageRequest(name=image.name))
    assert await names(world) == [image.faces[0].name]


async def test_a_drawn_face_goes_on_with_the_new_bytes_of_an_edited_file(world: World) -> None:
    zoe = pb.NewPerson(display_name="Zoe")
    done = await drawn_on(world, "anna", source_uri="file:///a.png", new_person=zoe)
    new = await world.index(world.script.photo("anna"), source_uri="file:///a.png")
    assert new.name != done.face.image
    _, face = new.faces
    assert (face.box, face.origin, face.person, face.pinned) == (BOX, done.face.origin, done.person.name, True)
    assert (face.name == done.face.name, face.landmarks) == (False, done.face.landmarks)
    assert await image_of(world, new.name) == new
    assert await names(world) == [one.name for one in new.faces]
    await undo(world, done.edit)
    assert await names(world) == [new.faces[0].name]
    assert await people(world) == []


async def test_what_a_detector_finds_in_the_new_bytes_is_the_face_that_was_drawn(world: World) -> None:
    world.script.drawn = "zoe"
    place = BoundingBox(left=5, top=7, width=20, height=30)
    photo = world.script.photo()
    image = await world.index(photo, source_uri="file:///a.png")
    done = await draw(world, image.name, place, content=photo, new_person=pb.NewPerson(display_name="Zoe"))
    new = await world.index(world.script.photo("zoe~10"), source_uri="file:///a.png")
    (face,) = new.faces
    assert (face.origin, face.person, face.pinned) == (face_pb2.FACE_ORIGIN_DETECTED, done.person.name, True)
    # It was found, so it is not for an undo to erase.
    await undo(world, done.edit)
    assert [(one.name, one.person, one.pinned) for one in await faces(world)] == [(face.name, "", False)]


async def test_the_photo_comes_from_the_request_the_original_or_the_preview(tmp_path: Path) -> None:
    roots = {"picture_roots": (tmp_path,), "preview_pixels": 100}
    async with open_world(tmp_path / "libraries", Script(), **(LARGE | roots)) as world:
        path = tmp_path / "a.png"
        content = world.script.photo()
        image = await put(world, path, content, (64, 48))
        await draw(world, image)
        path.unlink()
        edit = (await edits(world))[0]
        await undo(world, edit)
        done = await draw(world, image)
        sent, box = world.script.looked_at[-1]
        assert world.script.looked_at[0] == (content, BOX)
        assert (sent[:3], box) == (b"\xff\xd8\xff", BOX)
        # Of a preview at a quarter of the size, a quarter of the box, and landmarks four times as far away.
        image = await put(world, path, saved(four_corners(400, 320), "PNG"), (400, 320))
        path.unlink()
        wide = BoundingBox(left=200, top=80, width=100, height=120)
        done = await draw(world, image, wide)
        assert world.script.looked_at[-1][1] == BoundingBox(left=50, top=20, width=25, height=30)
        assert (done.face.box, done.face.landmarks.nose.x, done.face.landmarks.nose.y) == (wide, 200, 80)
