from typing import Any

import grpc
import numpy as np
import pytest

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import search_service_pb2 as pb
from albumen.catalog.v1.person_pb2 import Person
from tests.catalog.asking import faces, names, person_of, refusal
from tests.catalog.conftest import World
from tests.serving import failure_of

SPACE = "fake-space"


def one_hot(index: int, degrees: float = 0) -> bytes:
    vector = np.zeros(512, "<f4")
    vector[index], vector[256 + index] = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return vector.tobytes()


async def found_faces(world: World, **query: object) -> list[list[tuple[str, float]]]:
    request = pb.SearchFacesRequest(query=pb.SearchQuery(**query))  # type: ignore[arg-type]
    results = (await world.search.SearchFaces(request)).results
    return [[(match.face.name, round(match.distance, 3)) for match in result.matches] for result in results]


async def test_a_photo_is_searched_for_by_every_face_and_not_kept(world: World) -> None:
    """Neighbours answer the first face of a photo only."""
    anna, bob = await person_of(world, "anna", 2, "Anna"), await person_of(world, "bob", 3, "Bob")
    photo = world.script.photo("bob", "stranger", "anna")
    request = pb.SearchPeopleRequest(query=pb.SearchQuery(content=photo), max_distance=0.5)
    results = (await world.search.SearchPeople(request)).results
    assert [[match.person.name for match in result.matches] for result in results] == [[bob.name], [], [anna.name]]
    assert all(result.query.HasField("box") and not result.query.face for result in results)
    library = (await world.libraries.GetLibrary(library_pb.GetLibraryRequest())).library
    assert (library.image_count, library.face_count) == (5, 5)
    by_face = await found_faces(world, content=photo)
    assert [[distance for _, distance in matches] for matches in by_face] == [[0, 0, 0, 1, 1], [1] * 5, [0, 0, 1, 1, 1]]


async def test_a_photo_without_faces_finds_nothing(world: World) -> None:
    await person_of(world, "anna")
    assert await found_faces(world, content=world.script.photo()) == []


async def test_a_face_is_not_among_its_own_results(world: World) -> None:
    await person_of(world, "anna", 3)
    first, second, third = await names(world)
    assert await found_faces(world, face=second) == [[(first, 0), (third, 0)]]


async def test_each_face_of_an_image_is_searched_for(world: World) -> None:
    image = await world.index(world.script.photo("anna", "bob"))
    await world.index(world.script.photo("bob~10"))
    anna, bob, other = await faces(world)
    request = pb.SearchFacesRequest(query=pb.SearchQuery(image=image.name), max_results=1)
    results = (await world.search.SearchFaces(request)).results
    assert [result.query.face for result in results] == [anna.name, bob.name]
    assert [result.matches[0].face.name for result in results] == [bob.name, other.name]
    assert results[1].matches[0].distance == pytest.approx(1 - np.cos(np.radians(10)), abs=1e-6)
    assert results[1].matches[0].face.image == other.image
    assert not results[1].matches[0].face.embedding


async def test_a_person_is_searched_for_by_several_faces_and_left_out(world: World) -> None:
    anna = await person_of(world, "anna", 2, "Anna")
    for degrees in (20, 40):
        await world.index(world.script.photo(f"anna~{degrees}"))
    other = await person_of(world, "anna~110", 2)
    request = pb.SearchPeopleRequest(query=pb.SearchQuery(person=anna.name))
    (result,) = (await world.search.SearchPeople(request)).results
    (match,) = result.matches
    assert match.person.name == other.name
    # To the nearest of Anna's faces, the one at 40 degrees, and not to a mean of them.
    assert match.distance == pytest.approx(1 - np.cos(np.radians(70)), abs=1e-6)
    assert list(match.faces) == await names(world, other.name)
    (matches,) = await found_faces(world, person=anna.name)
    assert [face for face, _ in matches] == await names(world, other.name)


async def test_people_rank_by_their_three_nearest_faces(world: World) -> None:
    anna = await person_of(world, "anna", 2, "Anna")
    for degrees in (10, 20, 30, 40):
        await world.index(world.script.photo(f"anna~{degrees}"))
    query = pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=one_hot(0, 45), embedding_space=SPACE))
    (result,) = (await world.search.SearchPeople(pb.SearchPeopleRequest(query=query))).results
    (match,) = result.matches
    assert match.person.name == anna.name
    expected = np.mean([1 - np.cos(np.radians(angle)) for angle in (5, 15, 25)])
    assert match.distance == pytest.approx(expected, abs=1e-6)
    assert list(match.faces) == (await names(world))[:1:-1][:3]


async def test_faces_of_nobody_are_found_and_hidden_people_only_if_asked(world: World) -> None:
    anna = await person_of(world, "anna")
    await world.index(world.script.photo("loner"))
    hide = people_pb.UpdatePersonRequest(person=Person(name=anna.name, hidden=True))
    await world.people.UpdatePerson(hide)
    request = pb.SearchPeopleRequest(query=pb.SearchQuery(content=world.script.photo("anna")))
    assert not (await world.search.SearchPeople(request)).results[0].matches
    request.show_hidden = True
    (result,) = (await world.search.SearchPeople(request)).results
    assert [match.person.name for match in result.matches] == [anna.name]
    (matches,) = await found_faces(world, content=world.script.photo("loner"))
    assert [distance for _, distance in matches] == [0, 1, 1]


async def test_results_have_bounds(world: World) -> None:
    await person_of(world, "anna", 4)

    async def count(**options: object) -> int:
        query = pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=one_hot(0, 60)))
        request = pb.SearchFacesRequest(query=query, **options)  # type: ignore[arg-type]
        return len((await world.search.SearchFaces(request)).results[0].matches)

    assert await count() == 4
    assert await count(max_results=3) == 3
    assert await count(max_distance=0.49) == 0
    assert await count(max_distance=0.51) == 4
    assert await count(max_distance=0) == 0


async def test_distances_stay_in_their_range(world: World) -> None:
    for degrees in range(3, 90, 3):
        await world.index(world.script.photo(f"anna~{degrees}"))
    for degrees in range(3, 90, 12):
        request = pb.SearchFacesRequest(query=pb.SearchQuery(content=world.script.photo(f"anna~{degrees}")))
        (result,) = (await world.search.SearchFaces(request)).results
        assert result.matches[0].distance >= 0
        opposite = -np.frombuffer(one_hot(0, degrees), "<f4")
        query = pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=opposite.tobytes()))
        (result,) = (await world.search.SearchFaces(pb.SearchFacesRequest(query=query))).results
        assert len(result.matches) == 29
        assert result.matches[-1].distance <= 2


async def test_libraries_are_searched_apart(world: World) -> None:
    await world.libraries.CreateLibrary(library_pb.CreateLibraryRequest(library_id="family"))
    await world.index(world.script.photo("anna"), parent="libraries/family")
    await world.index(world.script.photo("anna"))
    assert len((await found_faces(world, content=world.script.photo("anna")))[0]) == 1


async def test_another_space_is_refused(world: World) -> None:
    await person_of(world, "anna")
    query = pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=one_hot(0), embedding_space="other"))
    failure = await refusal(world.search.SearchFaces(pb.SearchFacesRequest(query=query)))
    assert (failure.code, failure.reason) == (grpc.StatusCode.FAILED_PRECONDITION.value[0], "EMBEDDING_SPACE_MISMATCH")
    photo = world.script.photo("anna")
    world.script.space = "newer"
    request = pb.SearchFacesRequest(query=pb.SearchQuery(content=photo))
    assert (await refusal(world.search.SearchFaces(request))).reason == "EMBEDDING_SPACE_MISMATCH"


async def test_a_missing_detector_is_told_without_trying_five_times_five_times(world: World) -> None:
    await world.detector.stop(None)
    request = pb.SearchFacesRequest(query=pb.SearchQuery(content=world.script.photo("anna")))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await world.search.SearchFaces(request)
    failure = failure_of(caught.value)
    assert (failure.reason, failure.delays) == ("DETECTOR_UNAVAILABLE", [1000])
    trailers: Any = caught.value.trailing_metadata()
    assert dict(trailers)["grpc-retry-pushback-ms"] == "-1"


async def test_a_deleted_face_is_found_no_more(world: World) -> None:
    image = await world.index(world.script.photo("anna"))
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=image.name))
    assert await found_faces(world, content=world.script.photo("anna")) == [[]]


EMBEDDING = pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=one_hot(0)))


async def test_more_results_than_there_may_be_are_brought_down_to_the_limit(world: World) -> None:
    await person_of(world, "anna", 2)
    request = pb.SearchFacesRequest(query=EMBEDDING, max_results=2_000_000_000)
    assert len((await world.search.SearchFaces(request)).results[0].matches) == 2
