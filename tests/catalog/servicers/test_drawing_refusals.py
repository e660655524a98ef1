"""Faces that can not be drawn: each refusal with its code, reason and field, and nothing changed."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import people_edit_service_pb2 as pb
from albumen.catalog.v1.image_pb2 import Image
from albumen.types.v1.geometry_pb2 import BoundingBox
from tests.catalog.asking import everything, refusal
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.servicers.drawing import BOX, draw
from tests.catalog.servicers.picturing import MISSING, four_corners, put, saved

NOBODY = "libraries/default/people/nobody"
INVALID, NOT_FOUND = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND
EXISTS, PRECONDITION = grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.FAILED_PRECONDITION
NAN, INF = float("nan"), float("inf")


def box(left: float, top: float, width: float, height: float) -> BoundingBox:
    return BoundingBox(left=left, top=top, width=width, height=height)


@dataclass
class Refusal:
    """What is asked otherwise than in a right request, and how it is refused."""

    asked: dict[str, Any]
    code: grpc.StatusCode
    reason: str
    fields: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)


REFUSALS = {
    "no box": Refusal({"box": None}, INVALID, "BOX_INVALID", ["box.width", "box.height"]),
    "no width": Refusal({"box": box(1, 1, 0, 9)}, INVALID, "BOX_INVALID", ["box.width"]),
    "no numbers": Refusal({"box": box(NAN, INF, 9, 9)}, INVALID, "BOX_INVALID", ["box.left", "box.top"]),
    "endless": Refusal({"box": box(1, 1, 9, INF)}, INVALID, "BOX_INVALID", ["box.height"]),
    "beyond the right": Refusal({"box": box(40, 8, 26, 20)}, INVALID, "BOX_OUTSIDE_IMAGE", ["box"]),
    "beyond the bottom": Refusal({"box": box(30, 30, 20, 20)}, INVALID, "BOX_OUTSIDE_IMAGE", ["box"]),
    "beyond the left": Refusal({"box": box(-2, 8, 20, 20)}, INVALID, "BOX_OUTSIDE_IMAGE", ["box"]),
    "beyond the top": Refusal({"box": box(30, -2, 20, 20)}, INVALID, "BOX_OUTSIDE_IMAGE", ["box"]),
    "far away": Refusal({"box": box(1e30, 1e30, 20, 20)}, INVALID, "BOX_OUTSIDE_IMAGE", ["box"]),
    "too narrow": Refusal({"box": box(30, 8, 7.9, 20)}, INVALID, "BOX_TOO_SMALL", ["box"]),
    "too low": Refusal({"box": box(30, 8, 20, 1e-30)}, INVALID, "BOX_TOO_SMALL", ["box"]),
    "other bytes": Refusal({"content": b"other"}, INVALID, "SHA256_MISMATCH", ["content"]),
    "a wrong image": Refusal({"image": "wrong"}, INVALID, "RESOURCE_NAME_INVALID", ["image"]),
    "another library": Refusal({"parent": "libraries/b"}, INVALID, "RESOURCE_NAME_INVALID", ["image"]),
    "a wrong library": Refusal({"parent": "b"}, INVALID, "RESOURCE_NAME_INVALID", ["parent"]),
    "a wrong person": Refusal({"person": "Anna"}, INVALID, "RESOURCE_NAME_INVALID", ["person"]),
    "a long name": Refusal(
        {"new_person": pb.NewPerson(display_name="n" * 201)}, INVALID, "DISPLAY_NAME_TOO_LONG",
        ["new_person.display_name"],
    ),
    "a wrong request": Refusal({"request_id": "1"}, INVALID, "REQUEST_ID_INVALID", ["request_id"]),
    "everything": Refusal(
        {"box": box(60, 40, 20, 20), "content": b"other", "person": "Anna", "request_id": "1"}, INVALID,
        "RESOURCE_NAME_INVALID", ["person", "request_id", "box", "content"],
    ),
    "no image": Refusal({"image": MISSING, "content": b""}, NOT_FOUND, "IMAGE_NOT_FOUND", [], [MISSING]),
    "nobody": Refusal({"person": NOBODY}, NOT_FOUND, "PERSON_NOT_FOUND", [], [NOBODY]),
    "a face": Refusal({"box": box(6, 8, 20, 30)}, EXISTS, "FACE_EXISTS", [], ["libraries/default/faces/1"]),
    "no photo": Refusal({"content": b""}, PRECONDITION, "PICTURE_UNAVAILABLE"),
}  # fmt: skip


async def indexed(world: World) -> tuple[Image, bytes]:
    photo = world.script.photo("anna")
    return await world.index(photo), photo


@pytest.mark.parametrize("case", REFUSALS)
async def test_what_can_not_be_drawn(world: World, case: str) -> None:
    image, photo = await indexed(world)
    before, seen = await everything(world), world.script.detections
    expected = REFUSALS[case]
    asked: dict[str, Any] = {"image": image.name, "box": BOX, "content": photo} | expected.asked
    for validate_only in (True, False):
        failure = await refusal(draw(world, **asked, validate_only=validate_only))
        assert (failure.code, failure.reason) == (expected.code.value[0], expected.reason)
        assert (failure.fields, sorted(failure.resources)) == (expected.fields, expected.resources or failure.resources)
    assert await everything(world) == before
    # What is wrong is told before anybody looks at the photo.
    assert world.script.detections == seen


async def test_what_is_wrong_is_told_with_figures(world: World) -> None:
    image, photo = await indexed(world)
    (info,) = (await refusal(draw(world, image.name, box(30, 8, 7, 20), content=photo))).infos
    assert (info.metadata["limit"], info.metadata["value"]) == ("8", "7")
    (info,) = (await refusal(draw(world, image.name, box(60, 8, 20, 20), content=photo))).infos
    assert (info.metadata["width"], info.metadata["height"]) == ("64", "48")
    failure = await refusal(draw(world, image.name, content=b"other"))
    assert failure.infos[0].metadata["limit"] == hashlib.sha256(photo).hexdigest()
    failure = await refusal(draw(world, image.name))
    assert "send the file as content" in failure.message


async def test_a_box_may_reach_a_pixel_beyond_and_is_cut_off(world: World) -> None:
    image, photo = await indexed(world)
    face = (await draw(world, image.name, box(40, -0.5, 24.75, 20.5), content=photo)).face
    assert face.box == box(40, 0, 24, 20)


async def test_a_face_shares_half_of_its_area_with_itself_alone(world: World) -> None:
    image, photo = await indexed(world)
    done = await draw(world, image.name, content=photo)
    near = BoundingBox(left=BOX.left + 6, top=BOX.top, width=BOX.width, height=BOX.height)
    failure = await refusal(draw(world, image.name, near, content=photo))
    assert (failure.reason, failure.resources) == ("FACE_EXISTS", [done.face.name])
    near.left += 2
    await draw(world, image.name, near, content=photo)


async def test_nothing_is_drawn_in_the_trash(world: World) -> None:
    image, photo = await indexed(world)
    await world.images.DeleteImage(image_pb.DeleteImageRequest(name=image.name))
    failure = await refusal(draw(world, image.name, content=photo))
    assert (failure.code, failure.reason) == (PRECONDITION.value[0], "IMAGE_IN_TRASH")
    assert failure.resources == [image.name]


@pytest.mark.parametrize("service", ["detector", "embedder"])
async def test_a_service_that_is_away_is_told_and_nothing_is_stored(tmp_path: Path, service: str) -> None:
    async with open_world(tmp_path / "libraries", Script(), detect_seconds=0.3, embed_seconds=0.3) as world:
        image, photo = await indexed(world)
        before = await everything(world)
        await getattr(world, service).stop(None)
        failure = await refusal(draw(world, image.name, content=photo))
        unavailable = f"{service.upper()}_UNAVAILABLE"
        assert (failure.code, failure.reason) == (grpc.StatusCode.UNAVAILABLE.value[0], unavailable)
        assert await everything(world) == before


async def test_embeddings_of_another_space_are_not_mixed(world: World) -> None:
    image, photo = await indexed(world)
    before = await everything(world)
    world.script.space = "other"
    failure = await refusal(draw(world, image.name, content=photo))
    assert (failure.code, failure.reason) == (PRECONDITION.value[0], "EMBEDDING_SPACE_MISMATCH")
    assert await everything(world) == before
    world.script.space = "fake-space"
    await draw(world, image.name, content=photo)


async def test_the_first_face_of_a_library_may_be_drawn(world: World) -> None:
    photo = world.script.photo()
    image = await world.index(photo)
    # What is only rehearsed decides nothing.
    world.script.space = "other"
    await draw(world, image.name, content=photo, validate_only=True)
    world.script.space = "fake-space"
    assert (await draw(world, image.name, content=photo)).face.embedding_space == "fake-space"
    await world.index(world.script.photo("anna"))


async def test_a_file_that_has_changed_is_not_looked_at(tmp_path: Path) -> None:
    async with open_world(tmp_path / "libraries", Script(), picture_roots=(tmp_path,)) as world:
        path = tmp_path / "a.png"
        image = await put(world, path, world.script.photo(), (64, 48))
        path.write_bytes(saved(four_corners(60, 48), "PNG"))
        failure = await refusal(draw(world, image))
        assert (failure.code, failure.reason) == (PRECONDITION.value[0], "IMAGE_CONTENT_CHANGED")
        assert world.script.looked_at == []
