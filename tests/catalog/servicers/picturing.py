"""Photos with known colors, and calls for their pictures."""

import hashlib
import io
from pathlib import Path
from typing import Any

import grpc
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from albumen.catalog.v1 import picture_pb2
from albumen.catalog.v1 import picture_service_pb2 as pb
from services.common.limits import PICTURE_CHUNK_BYTES
from tests.catalog.asking import refusal
from tests.catalog.conftest import World
from tests.serving import Failure

LARGE = {"max_image_bytes": 4_000_000, "max_image_pixels": 100_000_000}
WEBP, JPEG = picture_pb2.PICTURE_FORMAT_WEBP, picture_pb2.PICTURE_FORMAT_JPEG
MISSING = f"libraries/default/images/{'0' * 64}"


def four_corners(width: int = 400, height: int = 300) -> Image.Image:
    """Red, green, blue and white, from the top left on."""
    picture = Image.new("RGB", (width, height), "white")
    for color, place in (("red", (0, 0)), ("lime", (width // 2, 0)), ("blue", (0, height // 2))):
        picture.paste(color, (*place, place[0] + width // 2, place[1] + height // 2))
    return picture


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


async def put(world: World, path: Path, content: bytes, size: tuple[int, int], *faces: str, **seen: Any) -> str:
    """Index a file where it is; return the name of its image."""
    path.write_bytes(content)  # noqa: ASYNC240
    world.script.know(content, size, *faces, **seen)
    return (await world.index(content, source_uri=path.as_uri())).name


async def thumbnail(world: World, name: str, **options: Any) -> pb.GetThumbnailResponse:
    return await world.pictures.GetThumbnail(pb.GetThumbnailRequest(name=name, **options))


async def content(world: World, name: str, **form: Any) -> tuple[picture_pb2.Picture, bytes]:
    request = pb.GetImageContentRequest(name=name, form=pb.PictureForm(**form) if form else None)
    first, *parts = [response async for response in world.pictures.GetImageContent(request)]
    assert not first.content
    assert not any(part.HasField("picture") for part in parts)
    assert all(0 < len(part.content) <= PICTURE_CHUNK_BYTES for part in parts)
    sent = b"".join(part.content for part in parts)
    assert (first.picture.size_bytes, first.picture.sha256) == (len(sent), hashlib.sha256(sent).hexdigest())
    return first.picture, sent


async def refused(world: World, name: str, **form: Any) -> Failure:
    request = pb.GetImageContentRequest(name=name, form=pb.PictureForm(**form) if form else None)
    return await refusal(world.pictures.GetImageContent(request).read())


async def read_all(call: Any) -> None:
    while await call.read() is not grpc.aio.EOF:
        pass


def shown(picture: bytes) -> NDArray[np.int16]:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), np.int16)


def corners(picture: bytes) -> list[str]:
    """The colors in the corners of a picture, clockwise from the top left."""
    pixels = shown(picture)
    names = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
    rows, columns = pixels.shape[0] // 8, pixels.shape[1] // 8
    places = [(rows, columns), (rows, -columns), (-rows, -columns), (-rows, columns)]
    return [min(names, key=lambda name: np.abs(pixels[place] - names[name]).sum()) for place in places]


def difference(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    return float(np.abs(one - other).mean())
