import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Awaitable

import grpc
import pytest
from PIL import Image

from albumen.catalog.v1 import image_service_pb2 as pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from tests.catalog.conftest import World
from tests.catalog.fake_vision import HEIGHT, WIDTH, serve_detector
from tests.serving import Failure, failure_of


def messages(image: bytes, chunk: int = 50, **header: str | int) -> list[pb.IndexImageRequest]:
    first = pb.IndexImageRequest(header=pb.ImageHeader(**header))  # type: ignore[arg-type]
    chunks = [image[start : start + chunk] for start in range(0, len(image), chunk)]
    return [first, *(pb.IndexImageRequest(content=part) for part in chunks)]


async def stream(parts: list[pb.IndexImageRequest]) -> AsyncIterator[pb.IndexImageRequest]:
    for part in parts:
        yield part


async def refusal(call: Awaitable[object]) -> Failure:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return failure_of(caught.value)


async def image_count(world: World) -> int:
    return len((await world.images.ListImages(pb.ListImagesRequest())).images)


def png(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


async def test_an_image_in_chunks_is_indexed(world: World) -> None:
    photo = world.script.photo("anna", "bob", objects=("cat", "sofa"))
    sha256 = hashlib.sha256(photo).hexdigest()
    parts = messages(photo, file_name="a.png", source_uri="file:///a.png", sha256=sha256.upper(), size_bytes=len(photo))
    response = await world.images.IndexImage(stream(parts))
    image = response.image
    assert not response.already_indexed
    assert image.name == f"libraries/default/images/{sha256}"
    assert (image.file_name, list(image.source_uris)) == ("a.png", ["file:///a.png"])
    assert (image.size.width, image.size.height, image.size_bytes) == (WIDTH, HEIGHT, len(photo))
    assert image.mime_type == "image/png"
    assert [item.label for item in image.objects] == ["cat", "sofa"]
    assert len(image.faces) == 2
    assert image.faces[0].embedding_space == "fake-space"
    assert not image.faces[0].embedding
    assert (await world.images.GetImage(pb.GetImageRequest(name=image.name))).image == image


async def test_one_message_is_enough(world: World) -> None:
    photo = world.script.photo("anna")
    request = pb.IndexImageRequest(header=pb.ImageHeader(), content=photo)
    streamed = await world.images.IndexImage(stream([request]))
    unary = await world.images.IndexImageBytes(pb.IndexImageBytesRequest(content=photo))
    assert unary.already_indexed
    assert unary.image == streamed.image


async def test_a_known_image_is_answered_without_its_bytes(world: World) -> None:
    photo = world.script.photo("anna")
    known = await world.index(photo)
    sha256 = hashlib.sha256(photo).hexdigest()
    asked_for_more = asyncio.Event()

    async def header_only() -> AsyncIterator[pb.IndexImageRequest]:
        yield pb.IndexImageRequest(header=pb.ImageHeader(sha256=sha256, source_uri="file:///copy.png"))
        await asked_for_more.wait()

    response = await world.images.IndexImage(header_only())
    asked_for_more.set()
    assert response.already_indexed
    assert response.image.name == known.name
    assert list(response.image.source_uris) == ["file:///copy.png"]
    assert world.script.detections == 1


async def test_indexing_the_same_bytes_at_once_indexes_them_once(world: World) -> None:
    photo = world.script.photo("anna", "bob")
    responses = await asyncio.gather(*(world.images.IndexImage(stream(messages(photo))) for _ in range(6)))
    assert sorted(response.already_indexed for response in responses) == [False] + [True] * 5
    assert await image_count(world) == 1
    faces = await world.people.ListFaces(people_pb.ListFacesRequest())
    assert len(faces.faces) == 2


REFUSED = {
    "no header": ([pb.IndexImageRequest(content=b"x")], "IMAGE_HEADER_MISSING", "header"),
    "no message": ([], "IMAGE_HEADER_MISSING", "header"),
    "two headers": (messages(b"x") + messages(b"x"), "IMAGE_HEADER_REPEATED", "header"),
    "no bytes": (messages(b""), "IMAGE_EMPTY", "content"),
    "not an image": (messages(b"hello, world"), "IMAGE_FORMAT_UNSUPPORTED", "content"),
    "truncated header": (messages(png(40, 40)[:20]), "IMAGE_UNREADABLE", "content"),
    "too many bytes": (messages(bytes(100_001), 4096), "IMAGE_TOO_LARGE", "content"),
    "too many bytes announced": (messages(b"x", size_bytes=100_001), "IMAGE_TOO_LARGE", "header.size_bytes"),
    "too many pixels": (messages(png(101, 100)), "IMAGE_TOO_MANY_PIXELS", "content"),
    "another hash": (messages(png(9, 9), sha256="0" * 64), "SHA256_MISMATCH", "header.sha256"),
    "no hash": (messages(png(9, 9), sha256="xyz"), "SHA256_INVALID", "header.sha256"),
    "fewer bytes": (messages(png(9, 9), size_bytes=99_999), "SIZE_MISMATCH", "header.size_bytes"),
    "more bytes": (messages(png(9, 9), size_bytes=5), "SIZE_MISMATCH", "header.size_bytes"),
    "long name": (messages(b"x", file_name="n" * 256), "FILE_NAME_INVALID", "header.file_name"),
    "NUL in URI": (messages(b"x", source_uri="a\0b"), "SOURCE_URI_INVALID", "header.source_uri"),
    "name with folders": (messages(b"x", file_name="2024/cat.jpg"), "FILE_NAME_INVALID", "header.file_name"),
    "no URI": (messages(b"x", source_uri="not a uri"), "SOURCE_URI_INVALID", "header.source_uri"),
    "bad parent": (messages(b"x", parent="default"), "RESOURCE_NAME_INVALID", "header.parent"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_refused_is_refused_by_name(world: World, case: str) -> None:
    parts, reason, field = REFUSED[case]
    failure = await refusal(world.images.IndexImage(stream(parts)))
    assert failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert (failure.reason, failure.fields) == (reason, [field])
    assert await image_count(world) == 0


async def test_all_that_is_wrong_with_a_header_is_told_at_once(world: World) -> None:
    header = pb.ImageHeader(
        parent="nonsense", file_name="C:\\cat.jpg", source_uri="C:\\cat.jpg", sha256="xyz", size_bytes=-1
    )
    failure = await refusal(world.images.IndexImageBytes(pb.IndexImageBytesRequest(header=header, content=png(9, 9))))
    assert [(violation.field, violation.reason) for violation in failure.violations] == [
        ("header.parent", "RESOURCE_NAME_INVALID"),
        ("header.file_name", "FILE_NAME_INVALID"),
        ("header.source_uri", "SOURCE_URI_INVALID"),
        ("header.sha256", "SHA256_INVALID"),
        ("header.size_bytes", "SIZE_MISMATCH"),
    ]
    assert await image_count(world) == 0


async def test_an_unknown_library_is_not_found(world: World) -> None:
    failure = await refusal(world.images.IndexImage(stream(messages(b"x", parent="libraries/none"))))
    assert (failure.reason, failure.resources) == ("LIBRARY_NOT_FOUND", ["libraries/none"])


async def test_a_dead_detector_is_named_and_nothing_is_stored(world: World) -> None:
    photo = world.script.photo("anna")
    await world.detector.stop(None)
    failure = await refusal(world.images.IndexImage(stream(messages(photo))))
    assert failure.code == grpc.StatusCode.UNAVAILABLE.value[0]
    assert failure.reason == "DETECTOR_UNAVAILABLE"
    assert failure.delays[0] > 0
    assert await image_count(world) == 0


async def test_a_dead_embedder_is_named_and_nothing_is_stored(world: World) -> None:
    photo = world.script.photo("anna")
    await world.embedder.stop(None)
    failure = await refusal(world.images.IndexImage(stream(messages(photo))))
    assert (failure.code, failure.reason) == (grpc.StatusCode.UNAVAILABLE.value[0], "EMBEDDER_UNAVAILABLE")
    assert await image_count(world) == 0
    scenery = await world.index(world.script.photo(objects=("boat",)))
    assert [item.label for item in scenery.objects] == ["boat"]


async def test_a_detector_that_comes_back_is_used_again(world: World) -> None:
    photo = world.script.photo("anna")
    await world.detector.stop(None)
    assert (await refusal(world.images.IndexImage(stream(messages(photo))))).reason == "DETECTOR_UNAVAILABLE"
    again, _ = await serve_detector(world.script, world.detector_target)
    try:
        outcome: object = None
        while not isinstance(outcome, pb.IndexImageResponse):
            (outcome,) = await asyncio.gather(world.images.IndexImage(stream(messages(photo))), return_exceptions=True)
        assert len(outcome.image.faces) == 1
    finally:
        await again.stop(None)


async def test_embeddings_of_another_space_are_refused(world: World) -> None:
    await world.index(world.script.photo("anna"))
    world.script.space = "other-space"
    failure = await refusal(world.images.IndexImage(stream(messages(world.script.photo("bob")))))
    assert failure.code == grpc.StatusCode.FAILED_PRECONDITION.value[0]
    assert failure.reason == "EMBEDDING_SPACE_MISMATCH"
    assert await image_count(world) == 1
