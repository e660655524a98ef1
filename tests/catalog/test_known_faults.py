"""What other systems of this kind are known to get wrong, asked of this one over the API.

Elsewhere: `test_servicer_search` (search sees every face of a photo), `test_servicer_index` (a retry duplicates
nothing, one unreadable image stops nothing), `test_servicer_people_edits` (people who were told apart stay apart, and a
merge is undone).
"""

import asyncio
import contextlib
import itertools

import grpc
import pytest

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.person_pb2 import Person
from services.catalog.reclustering import ReclusteringProgress
from services.catalog.stepped_run import SteppedRun
from tests.catalog.conftest import World
from tests.catalog.leasing import Gate
from tests.serving import failure_of

MANY_FACES = 60


async def everybody(world: World) -> dict[str, Person]:
    """Return all people by name of the resource."""
    answer = await world.people.ListPeople(people_pb.ListPeopleRequest(show_hidden=True, page_size=500))
    return {person.name: person for person in answer.people}


async def faces(world: World, image: str) -> list[Face]:
    """Return the faces of an image, in the order of the photo."""
    request = people_pb.ListFacesRequest(filter=people_pb.FaceFilter(image=image))
    return list((await world.people.ListFaces(request)).faces)


async def recluster(
    world: World, name: str = "", eps: float | None = None
) -> list[library_pb.ReclusterLibraryResponse]:
    """Recluster a library to the end."""
    call = world.libraries.ReclusterLibrary(library_pb.ReclusterLibraryRequest(name=name, eps=eps))
    return [step async for step in call]


async def test_ids_outlive_reclustering_with_the_old_and_with_a_new_eps(world: World) -> None:
    for name in ("anna", "anna~9", "bob", "bob~8", "bob~12"):
        await world.index(world.script.photo(name))
    before = await everybody(world)
    assert len(before) == 2
    for eps in (None, 0.01, 0.3):
        steps = await recluster(world, eps=eps)
        assert steps[-1].done_count == steps[-1].total_count > 0
        assert await everybody(world) == before


async def test_a_burst_changes_nobody_else(world: World) -> None:
    for name in ("anna", "anna~9", "bob", "bob~8"):
        await world.index(world.script.photo(name))
    before = await everybody(world)
    for degrees in range(20):
        await world.index(world.script.photo(f"carl~{degrees % 3}"))
    after = await everybody(world)
    (carl,) = after.keys() - before.keys()
    assert after.pop(carl).face_count == 20
    assert after == before


async def test_twins_in_one_photo_are_two_people(world: World) -> None:
    for _ in range(2):
        await world.index(world.script.photo("anna", "anna~20"))
    first, second = (await everybody(world)).values()
    assert (first.face_count, second.face_count) == (2, 2)
    image = await world.index(world.script.photo("anna", "anna~20"))
    assert {face.person for face in await faces(world, image.name)} == {first.name, second.name}


async def test_strangers_change_nobody_and_have_no_person(world: World) -> None:
    for name in ("anna", "anna~9"):
        await world.index(world.script.photo(name))
    before = await everybody(world)
    for number in range(20):
        image = await world.index(world.script.photo(f"stranger{number}"))
        assert [face.person for face in image.faces] == [""]
    assert await everybody(world) == before


async def test_a_deleted_photo_leaves_no_picture_of_its_faces(world: World) -> None:
    kept = await world.index(world.script.photo("anna"))
    gone = await world.index(world.script.photo("anna~5"))
    (face,) = await faces(world, gone.name)
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=gone.name))
    request = people_pb.ListFacesRequest(read_mask={"paths": ["*"]})
    left = (await world.people.ListFaces(request)).faces
    assert [one.image for one in left] == [kept.name]
    assert face.name not in {one.name for one in left}
    assert await everybody(world) == {}


async def test_one_reclustering_at_a_time_and_a_cancelled_one_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, steps_begun, advance = Gate(), itertools.count(1), SteppedRun.advance

    def hold_the_second(self: SteppedRun[ReclusteringProgress]) -> ReclusteringProgress | None:
        if next(steps_begun) == 2:
            gate()
        return advance(self)

    monkeypatch.setattr(SteppedRun, "advance", hold_the_second)
    for number in range(80):
        await world.index(world.script.photo(f"stranger{number}"))
    first = world.libraries.ReclusterLibrary(library_pb.ReclusterLibraryRequest())
    assert await first.read() is not grpc.aio.EOF
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await recluster(world)
    assert failure_of(caught.value).reason == "RECLUSTERING_IN_PROGRESS"
    first.cancel()
    gate.open.set()
    steps: list[library_pb.ReclusterLibraryResponse] = []
    async with asyncio.timeout(30):
        while not steps:
            # The cancelled one ends after the step under way.
            with contextlib.suppress(grpc.aio.AioRpcError):
                steps = await recluster(world)
    assert steps[-1].total_count == 80


async def test_reclustering_refuses_parameters_out_of_range(world: World) -> None:
    for eps in (1e-320, 2.5):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await recluster(world, eps=eps)
        assert failure_of(caught.value).reason == "PARAMETER_OUT_OF_RANGE"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await recluster(world, "libraries/none")
    assert failure_of(caught.value).reason == "LIBRARY_NOT_FOUND"


async def test_a_photo_of_very_many_faces_is_like_any_other(world: World) -> None:
    names = [f"guest{number}" for number in range(MANY_FACES)]
    for _ in range(2):
        image = await world.index(world.script.photo(*names))
        assert len(image.faces) == MANY_FACES
    people = await everybody(world)
    assert [person.face_count for person in people.values()] == list(itertools.repeat(2, MANY_FACES))
