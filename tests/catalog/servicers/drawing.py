"""Faces drawn over the API, in a world of photos that are 64 x 48 pixels."""

from typing import Any

from albumen.catalog.v1 import people_edit_service_pb2 as pb
from albumen.types.v1.geometry_pb2 import BoundingBox
from tests.catalog.conftest import World

# Beside the place of all faces that the scripted detector finds.
BOX = BoundingBox(left=30, top=8, width=20, height=24)


async def draw(world: World, image: str, box: BoundingBox = BOX, **options: Any) -> pb.CreateFaceResponse:
    return await world.edits.CreateFace(pb.CreateFaceRequest(image=image, box=box, **options))


async def drawn_on(world: World, *faces: str, source_uri: str = "", **options: Any) -> pb.CreateFaceResponse:
    """Index a new photo, and draw a face on it."""
    photo = world.script.photo(*faces)
    image = await world.index(photo, source_uri=source_uri)
    return await draw(world, image.name, content=photo, **options)
