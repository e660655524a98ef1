"""Which of its files a client need not send."""

import hashlib

import pytest

from albumen.catalog.v1 import image_service_pb2 as pb
from tests.catalog.asking import refusal
from tests.catalog.conftest import World

ABSENT = "0" * 64


async def presences(world: World, *hashes: str) -> list[str]:
    answer = await world.images.CheckImages(pb.CheckImagesRequest(hashes=hashes))
    return [pb.ImagePresence.Name(one).removeprefix("IMAGE_PRESENCE_") for one in answer.presences]


async def test_each_hash_is_answered_in_its_place(world: World) -> None:
    there, gone = world.script.photo(), world.script.photo()
    await world.index(there)
    await world.images.DeleteImage(pb.DeleteImageRequest(name=(await world.index(gone)).name))
    hashes = [hashlib.sha256(content).hexdigest() for content in (there, gone)]
    found = await presences(world, ABSENT, hashes[0], hashes[1], hashes[0].upper(), ABSENT)
    assert found == ["ABSENT", "PRESENT", "TRASHED", "PRESENT", "ABSENT"]
    assert await presences(world, *[ABSENT] * 999, hashes[0]) == ["ABSENT"] * 999 + ["PRESENT"]


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (pb.CheckImagesRequest(), "IMAGES_EMPTY", "hashes"),
        (pb.CheckImagesRequest(hashes=[ABSENT] * 1_001), "TOO_MANY_IMAGES", "hashes"),
        (pb.CheckImagesRequest(hashes=[ABSENT, ""]), "SHA256_INVALID", "hashes[1]"),
        (pb.CheckImagesRequest(hashes=["' OR 1=1 --"]), "SHA256_INVALID", "hashes[0]"),
        (pb.CheckImagesRequest(parent="wrong", hashes=[ABSENT]), "RESOURCE_NAME_INVALID", "parent"),
        (pb.CheckImagesRequest(parent="libraries/nope", hashes=[ABSENT]), "LIBRARY_NOT_FOUND", None),
    ],
)
async def test_wrong_questions(world: World, request_: pb.CheckImagesRequest, reason: str, field: str | None) -> None:
    failure = await refusal(world.images.CheckImages(request_))
    assert failure.reason == reason
    assert failure.fields == ([] if field is None else [field])
