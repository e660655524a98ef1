"""Searches that are refused."""

from collections.abc import Awaitable, Callable

import grpc
import numpy as np
import pytest

from albumen.catalog.v1 import search_service_pb2 as pb
from tests.catalog.asking import refusal
from tests.catalog.conftest import World
from tests.catalog.servicers.test_search import EMBEDDING, one_hot

DEFAULT = "libraries/default"
QUERIES: dict[str, tuple[pb.SearchQuery, str, list[str]]] = {
    "nothing": (pb.SearchQuery(), "QUERY_MISSING", ["query"]),
    "short": (
        pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=bytes(2047))), "EMBEDDING_INVALID",
        ["query.embedding.embedding"],
    ),
    "long": (
        pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=one_hot(0) * 2)), "EMBEDDING_INVALID",
        ["query.embedding.embedding"],
    ),
    "no unit": (
        pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=bytes(2048))), "EMBEDDING_INVALID",
        ["query.embedding.embedding"],
    ),
    "not finite": (
        pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=b"\xff" * 2048)), "EMBEDDING_INVALID",
        ["query.embedding.embedding"],
    ),
    "face": (pb.SearchQuery(face=f"{DEFAULT}/faces/9"), "FACE_NOT_FOUND", []),
    "face name": (pb.SearchQuery(face=f"{DEFAULT}/people/9"), "RESOURCE_NAME_INVALID", ["query.face"]),
    "image": (pb.SearchQuery(image=f"{DEFAULT}/images/{'0' * 64}"), "IMAGE_NOT_FOUND", []),
    "person": (pb.SearchQuery(person=f"{DEFAULT}/people/nobody"), "PERSON_NOT_FOUND", []),
    "another library's": (
        pb.SearchQuery(person="libraries/other/people/x"), "RESOURCE_NAME_INVALID", ["query.person"],
    ),
    "no photo": (pb.SearchQuery(content=b"text"), "IMAGE_FORMAT_UNSUPPORTED", ["query.content"]),
    "empty photo": (pb.SearchQuery(content=b""), "IMAGE_EMPTY", ["query.content"]),
    "large photo": (pb.SearchQuery(content=bytes(100_001)), "IMAGE_TOO_LARGE", ["query.content"]),
}  # fmt: skip


@pytest.mark.parametrize("case", QUERIES)
async def test_queries_are_refused_by_name(world: World, case: str) -> None:
    query, reason, fields = QUERIES[case]
    for call in (
        world.search.SearchFaces(pb.SearchFacesRequest(query=query)),
        world.search.SearchPeople(pb.SearchPeopleRequest(query=query)),
    ):
        failure = await refusal(call)
        assert (failure.reason, failure.fields) == (reason, fields)


async def test_a_photo_that_only_the_detector_finds_to_be_broken(world: World) -> None:
    photo = world.script.photo("anna")
    world.script.broken.add(photo)
    query = pb.SearchQuery(content=photo)
    for call in (
        world.search.SearchFaces(pb.SearchFacesRequest(query=query)),
        world.search.SearchPeople(pb.SearchPeopleRequest(query=query)),
    ):
        failure = await refusal(call)
        assert (failure.reason, failure.fields) == ("IMAGE_UNREADABLE", ["query.content"])


async def test_all_that_is_wrong_with_a_search_is_told_at_once(world: World) -> None:
    query = pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=bytes(3)))
    request = pb.SearchFacesRequest(parent="nonsense", query=query, max_results=-1, max_distance=3)
    failure = await refusal(world.search.SearchFaces(request))
    assert failure.fields == ["parent", "query.embedding.embedding", "max_results", "max_distance"]
    assert [violation.reason for violation in failure.violations] == [
        "RESOURCE_NAME_INVALID",
        "EMBEDDING_INVALID",
        "MAX_RESULTS_INVALID",
        "MAX_DISTANCE_INVALID",
    ]


OPTIONS: dict[str, tuple[Callable[[World], Awaitable[object]], str]] = {
    "negative": (
        lambda world: world.search.SearchPeople(pb.SearchPeopleRequest(query=EMBEDDING, max_results=-1)),
        "MAX_RESULTS_INVALID",
    ),
    "far": (
        lambda world: world.search.SearchFaces(pb.SearchFacesRequest(query=EMBEDDING, max_distance=2.1)),
        "MAX_DISTANCE_INVALID",
    ),
    "no number": (
        lambda world: world.search.SearchPeople(pb.SearchPeopleRequest(query=EMBEDDING, max_distance=float("nan"))),
        "MAX_DISTANCE_INVALID",
    ),
    "library": (
        lambda world: world.search.SearchFaces(
            pb.SearchFacesRequest(parent="libraries/none", query=pb.SearchQuery(content=b"x"))
        ),
        "LIBRARY_NOT_FOUND",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("distance", "told"),
    [(2.0000001, "2.0000001"), (2.0000000000000004, "2.0000000000000004"), (-1e-9, "-1e-09"), (3.0, "3")],
)
async def test_a_distance_just_beyond_its_limits_is_told_as_it_was_sent(
    world: World, distance: float, told: str
) -> None:
    for call in (
        world.search.SearchFaces(pb.SearchFacesRequest(query=EMBEDDING, max_distance=distance)),
        world.search.SearchPeople(pb.SearchPeopleRequest(query=EMBEDDING, max_distance=distance)),
    ):
        failure = await refusal(call)
        assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
        assert (failure.reason, failure.fields) == ("MAX_DISTANCE_INVALID", ["max_distance"])
        assert failure.message == f"A cosine distance is 0 to 2, not {told}."
        assert dict(failure.infos[0].metadata) == {"minimum": "0", "limit": "2", "value": told}


async def test_the_length_of_an_embedding_is_told_in_full(world: World) -> None:
    vector = np.zeros(512, "<f4")
    vector[0] = np.float32(1.0010001)
    query = pb.SearchQuery(embedding=pb.EmbeddingQuery(embedding=vector.tobytes()))
    failure = await refusal(world.search.SearchFaces(pb.SearchFacesRequest(query=query)))
    assert (failure.reason, failure.fields) == ("EMBEDDING_INVALID", ["query.embedding.embedding"])
    assert float(failure.infos[0].metadata["value"]) == float(vector[0])
    assert failure.infos[0].metadata["value"] in failure.message


@pytest.mark.parametrize("case", OPTIONS)
async def test_options_are_refused_by_name(world: World, case: str) -> None:
    call, reason = OPTIONS[case]
    assert (await refusal(call(world))).reason == reason
