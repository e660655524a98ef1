"""Two faces, or two photos, compared over the API."""

import grpc
import pytest

from albumen.catalog.v1 import search_service_pb2 as pb
from albumen.catalog.v1.face_pb2 import Face
from tests.catalog.asking import faces, refusal
from tests.catalog.conftest import World

FACE, IMAGE = "libraries/default/faces/1", f"libraries/default/images/{'0' * 64}"


async def verified(world: World, first: dict[str, str], second: dict[str, str]) -> pb.VerifyFacesResponse:
    request = pb.VerifyFacesRequest(first=pb.VerifiedFaces(**first), second=pb.VerifiedFaces(**second))
    return await world.search.VerifyFaces(request)


async def test_faces_and_photos_are_compared_in_any_pairing(world: World) -> None:
    one = await world.index(world.script.photo("anna", "bob"))
    two = await world.index(world.script.photo("carol", "anna~20"))
    stranger = await world.index(world.script.photo("dave"))
    anna, _, _, again, dave = await faces(world)
    for first in ({"image": one.name}, {"face": anna.name}):
        for second in ({"image": two.name}, {"face": again.name}):
            answer = await verified(world, first, second)
            assert (answer.first, answer.second) == (anna, again)
            assert answer.distance == pytest.approx(0.0603, abs=1e-3)
            assert answer.probability > 0.99
            assert answer.same_person
    answer = await verified(world, {"image": one.name}, {"image": stranger.name})
    assert (answer.second, answer.same_person) == (dave, False)
    assert answer.distance == pytest.approx(1)
    assert answer.probability < 0.01


async def test_a_face_is_the_person_that_it_is(world: World) -> None:
    image = await world.index(world.script.photo("anna"))
    answer = await verified(world, {"image": image.name}, {"face": image.faces[0].name})
    assert (answer.first, answer.second, answer.same_person) == (image.faces[0], image.faces[0], True)
    assert not answer.first.embedding
    assert isinstance(answer.first, Face)


_WRONG = [
    ({}, {"face": FACE}, "QUERY_MISSING", "first"),
    ({"face": FACE}, {}, "QUERY_MISSING", "second"),
    ({"face": "wrong"}, {"face": FACE}, "RESOURCE_NAME_INVALID", "first.face"),
    ({"face": FACE}, {"image": "libraries/other/images/x"}, "RESOURCE_NAME_INVALID", "second.image"),
]


@pytest.mark.parametrize(("first", "second", "reason", "field"), _WRONG)
async def test_what_can_not_be_asked(
    world: World, first: dict[str, str], second: dict[str, str], reason: str, field: str
) -> None:
    failure = await refusal(verified(world, first, second))
    assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert (failure.reason, failure.fields) == (reason, [field])


async def test_what_is_not_there_can_not_be_compared(world: World) -> None:
    image = await world.index(world.script.photo())
    one = await world.index(world.script.photo("anna"))
    for other, reason in (
        ({"face": "libraries/default/faces/99"}, "FACE_NOT_FOUND"),
        ({"image": IMAGE}, "IMAGE_NOT_FOUND"),
        ({"image": image.name}, "NO_FACE"),
    ):
        for pair in (({"image": one.name}, other), (other, {"image": one.name})):
            failure = await refusal(verified(world, *pair))
            assert failure.reason == reason
            assert failure.resources == [next(iter(other.values()))]
    assert (await refusal(verified(world, {"image": image.name}, {"image": image.name}))).code == (
        grpc.StatusCode.FAILED_PRECONDITION.value[0]
    )
