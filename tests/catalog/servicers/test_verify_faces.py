"""Two faces, or two photos, compared over the API."""

import hashlib
from typing import Any

import grpc
import pytest

from albumen.catalog.v1 import face_pb2
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import search_service_pb2 as pb
from albumen.catalog.v1.face_pb2 import Face
from tests.catalog.asking import everything, faces, refusal
from tests.catalog.conftest import World
from tests.catalog.fake_vision import Script

FACE, IMAGE = "libraries/default/faces/1", f"libraries/default/images/{'0' * 64}"


async def verified(world: World, first: dict[str, Any], second: dict[str, Any]) -> pb.VerifyFacesResponse:
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


async def test_photos_from_outside_are_compared_with_anything_and_nothing_of_them_is_stored(world: World) -> None:
    indexed = world.script.photo("anna", "bob")
    image = await world.index(indexed)
    anna, _ = await faces(world)
    outside, stranger = world.script.photo("carol", "anna~20"), world.script.photo("dave")
    vector = Script.embedding(world.script.crop("anna"))
    before = await everything(world)
    for first in ({"content": outside}, {"content": world.script.photo("anna~20")}):
        for second in ({"face": anna.name}, {"image": image.name}, {"embedding": query(vector, world.script.space)}):
            answer = await verified(world, first, second)
            assert answer.distance == pytest.approx(0.0603, abs=1e-3)
            assert answer.probability > 0.99
            assert answer.same_person
            assert (answer.first.name, answer.first.image, answer.first.person) == ("", "", "")
            assert answer.first.origin == face_pb2.FACE_ORIGIN_UNSPECIFIED
            assert (answer.first.box.width, answer.first.quality_score) == (20, 1)
            assert answer.first.embedding_space == world.script.space
            assert not answer.first.embedding
            turned = await verified(world, second, first)
            assert (turned.first, turned.second) == (answer.second, answer.first)
    answer = await verified(world, {"content": outside}, {"content": stranger})
    assert (answer.same_person, answer.probability < 0.01) == (False, True)
    assert answer.distance == pytest.approx(1)
    answer = await verified(world, {"embedding": query(vector)}, {"embedding": query(vector)})
    assert (answer.first, answer.same_person) == (Face(), True)
    assert await everything(world) == before
    asked = image_pb.CheckImagesRequest(hashes=[hashlib.sha256(photo).hexdigest() for photo in (outside, stranger)])
    presences = (await world.images.CheckImages(asked)).presences
    assert list(presences) == [image_pb.IMAGE_PRESENCE_ABSENT] * 2


async def test_the_same_bytes_show_nobody_twice_however_they_are_given(world: World) -> None:
    world.script.apart = 15
    twins = world.script.photo("anna", "anna")
    image = await world.index(twins)
    one, other = image.faces
    assert not (await verified(world, {"face": one.name}, {"face": other.name})).same_person
    # Of equal pairs the first one counts: of the photo, the twin on the left.
    assert not (await verified(world, {"content": twins}, {"face": other.name})).same_person
    for second in ({"content": twins}, {"image": image.name}, {"face": one.name}):
        assert (await verified(world, {"content": twins}, second)).same_person
    assert (await verified(world, {"content": world.script.photo("anna")}, {"face": other.name})).same_person


async def test_a_face_that_can_hardly_be_seen_is_not_put_with_anybody(world: World) -> None:
    image = await world.index(world.script.photo("anna"))
    world.script.blurred.add("anna~10")
    answer = await verified(world, {"content": world.script.photo("anna~10")}, {"image": image.name})
    assert (answer.same_person, answer.probability > 0.99) == (False, True)


_NO_PHOTO = {"content": b"no photo"}
_SENT = [
    (_NO_PHOTO, {"face": FACE}, "IMAGE_FORMAT_UNSUPPORTED", ["first.content"]),
    ({"face": FACE}, {"content": b""}, "IMAGE_EMPTY", ["second.content"]),
    (_NO_PHOTO, {"content": b""}, "IMAGE_FORMAT_UNSUPPORTED", ["first.content", "second.content"]),
    (_NO_PHOTO, {"face": "wrong"}, "RESOURCE_NAME_INVALID", ["second.face", "first.content"]),
    ({"embedding": pb.EmbeddingQuery()}, {"face": FACE}, "EMBEDDING_INVALID", ["first.embedding.embedding"]),
    ({"content": b"\x89PNG" + bytes(99_997)}, {"face": FACE}, "IMAGE_TOO_LARGE", ["first.content"]),
]


@pytest.mark.parametrize(("first", "second", "reason", "fields"), _SENT)
async def test_what_is_sent_and_can_not_be_compared(
    world: World, first: dict[str, Any], second: dict[str, Any], reason: str, fields: list[str]
) -> None:
    failure = await refusal(verified(world, first, second))
    assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert (failure.reason, failure.fields) == (reason, fields)
    assert world.script.detections == 0


async def test_a_photo_that_only_the_detector_finds_to_be_broken(world: World) -> None:
    photo, broken = world.script.photo("anna"), world.script.photo("anna")
    world.script.broken.add(broken)
    for first, second, field in ((photo, broken, "second.content"), (broken, photo, "first.content")):
        failure = await refusal(verified(world, {"content": first}, {"content": second}))
        assert (failure.reason, failure.fields) == ("IMAGE_UNREADABLE", [field])


async def test_a_photo_without_a_face_and_one_in_another_space(world: World) -> None:
    image = await world.index(world.script.photo("anna"))
    empty = world.script.photo()
    failure = await refusal(verified(world, {"image": image.name}, {"content": empty}))
    assert (failure.code, failure.reason) == (grpc.StatusCode.FAILED_PRECONDITION.value[0], "NO_FACE")
    assert failure.fields == ["second.content"]
    world.script.space = "other"
    vector = Script.embedding(world.script.crop("anna"))
    for side in ({"content": world.script.photo("anna")}, {"embedding": query(vector, "other")}):
        failure = await refusal(verified(world, side, {"image": image.name}))
        assert (failure.code, failure.reason) == (
            grpc.StatusCode.FAILED_PRECONDITION.value[0],
            "EMBEDDING_SPACE_MISMATCH",
        )
        assert failure.resources == ["libraries/default"]


async def test_two_spaces_in_a_library_that_has_none(world: World) -> None:
    vector = Script.embedding(world.script.crop("anna"))
    failure = await refusal(verified(world, {"embedding": query(vector, "one")}, {"embedding": query(vector, "other")}))
    assert failure.reason == "EMBEDDING_SPACE_MISMATCH"
    assert failure.message.startswith("The two sides live in 'one' and 'other'")


async def test_what_can_not_be_compared_in_this_library_costs_no_look_at_the_photo(world: World) -> None:
    photo = world.script.photo("anna")
    request = pb.VerifyFacesRequest(
        parent="libraries/none", first=pb.VerifiedFaces(content=photo), second=pb.VerifiedFaces(content=photo)
    )
    assert (await refusal(world.search.VerifyFaces(request))).reason == "LIBRARY_NOT_FOUND"
    assert world.script.detections == 0


def query(embedding: bytes, space: str = "") -> pb.EmbeddingQuery:
    return pb.EmbeddingQuery(embedding=embedding, embedding_space=space)
