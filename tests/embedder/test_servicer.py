import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import numpy as np
import pytest
from PIL import Image

from albumen.embedder.v1 import embedder_service_pb2 as pb
from albumen.embedder.v1 import embedder_service_pb2_grpc as pb_grpc
from services.common.wire.channel import DIRECT
from services.embedder.__main__ import build
from services.embedder.settings import EmbedderSettings
from tests.serving import Failure, channel_to, failure_of, serving

RGB_BYTES = 160 * 160 * 3


@pytest.fixture
def stub(embedder_channel: grpc.aio.Channel) -> "pb_grpc.EmbedderServiceAsyncStub":
    return pb_grpc.EmbedderServiceStub(embedder_channel)


@pytest.fixture
def pixels(samples_dir: Path) -> Image.Image:
    with Image.open(samples_dir / "obama.jpg") as photo:
        return photo.convert("RGB").resize((160, 160))


async def test_an_embedding_is_a_unit_vector_of_float32(
    stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image
) -> None:
    response = await stub.Embed(pb.EmbedRequest(faces=[pb.FaceImage(rgb=pixels.tobytes())]))
    embedding = np.frombuffer(response.results[0].embedding, "<f4")
    assert embedding.shape == (512,)
    assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-5)
    assert response.embedding_space == (await stub.ListModels(pb.ListModelsRequest())).models[0].embedding_space


async def test_a_lossless_file_embeds_as_its_pixels_do(
    stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image
) -> None:
    file = io.BytesIO()
    pixels.save(file, "PNG")
    faces = [pb.FaceImage(rgb=pixels.tobytes()), pb.FaceImage(content=file.getvalue())]
    raw, encoded = (await stub.Embed(pb.EmbedRequest(faces=faces))).results
    assert raw.embedding == encoded.embedding


async def test_one_bad_face_fails_alone(stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image) -> None:
    faces = [
        pb.FaceImage(rgb=pixels.tobytes()),
        pb.FaceImage(rgb=b"short"),
        pb.FaceImage(content=b"not an image"),
        pb.FaceImage(),
        pb.FaceImage(content=bytes(2_000_000)),
        pb.FaceImage(rgb=bytes(RGB_BYTES)),
    ]
    results = (await stub.Embed(pb.EmbedRequest(faces=faces))).results
    assert [result.WhichOneof("result") for result in results] == ["embedding"] + ["error"] * 4 + ["embedding"]
    failures = [Failure(result.error) for result in results[1:5]]
    assert [(failure.reason, failure.fields[0]) for failure in failures] == [
        ("FACE_IMAGE_SIZE", "faces[1].rgb"),
        ("IMAGE_FORMAT_UNSUPPORTED", "faces[2].content"),
        ("FACE_IMAGE_MISSING", "faces[3]"),
        ("IMAGE_TOO_LARGE", "faces[4].content"),
    ]


@pytest.mark.parametrize(("number", "reason"), [(0, "FACES_EMPTY"), (257, "TOO_MANY_FACES")])
async def test_the_number_of_faces_has_bounds(
    stub: "pb_grpc.EmbedderServiceAsyncStub", number: int, reason: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Embed(pb.EmbedRequest(faces=[pb.FaceImage()] * number))
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert (failure_of(caught.value).reason, failure_of(caught.value).fields) == (reason, ["faces"])


async def test_all_faces_together_have_a_bound(embedder_target: str) -> None:
    options = [*DIRECT, ("grpc.max_send_message_length", -1)]
    # 33.2 MiB: beyond what the method takes, and within what the transport does.
    request = pb.EmbedRequest(faces=[pb.FaceImage(content=bytes(994_000))] * 35)
    async with grpc.aio.insecure_channel(embedder_target, options=options) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await pb_grpc.EmbedderServiceStub(channel).Embed(request)
    assert failure_of(caught.value).reason == "REQUEST_TOO_LARGE"


async def test_the_answer_says_where_the_time_went(
    stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image
) -> None:
    file = io.BytesIO()
    pixels.save(file, "PNG")
    raw = (await stub.Embed(pb.EmbedRequest(faces=[pb.FaceImage(rgb=pixels.tobytes())]))).timings
    encoded = (await stub.Embed(pb.EmbedRequest(faces=[pb.FaceImage(content=file.getvalue())]))).timings
    assert raw.infer.ToMicroseconds() > 0
    assert raw.queue.ToMicroseconds() >= 0
    assert encoded.decode.ToMicroseconds() > raw.decode.ToMicroseconds()


@pytest.fixture
async def narrow_stub(weights_dir: Path) -> AsyncIterator["pb_grpc.EmbedderServiceAsyncStub"]:
    """An embedder with one thread and little room."""
    settings = EmbedderSettings(
        listen="127.0.0.1:0",
        weights_dir=weights_dir,
        workers=1,
        queue=20,
        max_faces=20,
        stream_queue=6,
        stream_window=4,
    )
    async with serving(settings, build(settings)) as target, channel_to(target) as channel:
        yield pb_grpc.EmbedderServiceStub(channel)


async def test_faces_over_the_bound_are_refused_and_the_others_answered(
    narrow_stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image
) -> None:
    request = pb.EmbedRequest(faces=[pb.FaceImage(rgb=pixels.tobytes())] * 15)
    calls = [narrow_stub.Embed(request) for _ in range(3)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, grpc.aio.AioRpcError)]
    assert [error.code() for error in refused] == [grpc.StatusCode.RESOURCE_EXHAUSTED] * 2
    assert [failure_of(error).reason for error in refused] == ["OVERLOADED"] * 2
    assert all(delay > 0 for error in refused for delay in failure_of(error).delays)


async def test_a_caller_whose_deadline_passes_frees_its_room(
    narrow_stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image
) -> None:
    request = pb.EmbedRequest(faces=[pb.FaceImage(rgb=pixels.tobytes())] * 20)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await narrow_stub.Embed(request, timeout=0.02)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert len((await _once_there_is_room(narrow_stub, request)).results) == 20


async def _once_there_is_room(stub: "pb_grpc.EmbedderServiceAsyncStub", request: pb.EmbedRequest) -> pb.EmbedResponse:
    """Embed; the server may drop a call a moment after the client has given it up."""
    while True:
        try:
            return await stub.Embed(request)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise


async def test_a_stream_answers_every_face_once_under_its_id(
    narrow_stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image
) -> None:
    pictures = [np.roll(np.asarray(pixels), 3 * shift, axis=1).tobytes() for shift in range(5)]
    expected = (await narrow_stub.Embed(pb.EmbedRequest(faces=[pb.FaceImage(rgb=rgb) for rgb in pictures]))).results

    async def requests() -> AsyncIterator[pb.EmbedStreamRequest]:
        for number in range(60):
            yield pb.EmbedStreamRequest(id=1000 + number, face=pb.FaceImage(rgb=pictures[number % 5]))

    answers = {answer.id: answer async for answer in narrow_stub.EmbedStream(requests())}
    assert sorted(answers) == list(range(1000, 1060))
    for number, answer in answers.items():
        vector = np.frombuffer(answer.result.embedding, "<f4")
        assert vector @ np.frombuffer(expected[number % 5].embedding, "<f4") == pytest.approx(1, abs=1e-5)
        assert answer.embedding_space.startswith("facenet-20180408")


async def test_streams_that_share_little_room_are_slowed_down_and_not_refused(
    narrow_stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image
) -> None:
    async def requests() -> AsyncIterator[pb.EmbedStreamRequest]:
        for number in range(15):
            yield pb.EmbedStreamRequest(id=number, face=pb.FaceImage(rgb=pixels.tobytes()))

    async def embedded() -> int:
        answers = [answer async for answer in narrow_stub.EmbedStream(requests())]
        return sum(answer.result.WhichOneof("result") == "embedding" for answer in answers)

    assert list(await asyncio.gather(embedded(), embedded(), embedded())) == [15, 15, 15]


async def test_a_bad_face_of_a_stream_fails_alone(
    stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image
) -> None:
    faces = [
        pb.FaceImage(rgb=b"short"),
        pb.FaceImage(content=b"no image"),
        pb.FaceImage(),
        pb.FaceImage(rgb=pixels.tobytes()),
    ]
    stream = stub.EmbedStream(pb.EmbedStreamRequest(id=number, face=face) for number, face in enumerate(faces))
    answers = {answer.id: answer.result async for answer in stream}
    failures = [Failure(answers[number].error) for number in range(3)]
    assert [(failure.reason, failure.fields) for failure in failures] == [
        ("FACE_IMAGE_SIZE", ["face.rgb"]),
        ("IMAGE_FORMAT_UNSUPPORTED", ["face.content"]),
        ("FACE_IMAGE_MISSING", ["face"]),
    ]
    assert answers[3].WhichOneof("result") == "embedding"


async def test_a_stream_that_is_dropped_gives_its_room_back(
    narrow_stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image
) -> None:
    async def endless() -> AsyncIterator[pb.EmbedStreamRequest]:
        while True:
            yield pb.EmbedStreamRequest(face=pb.FaceImage(rgb=pixels.tobytes()))

    for _ in range(4):
        stream = narrow_stub.EmbedStream(endless())
        async for _ in stream:
            stream.cancel()
            break
    last = narrow_stub.EmbedStream(iter([pb.EmbedStreamRequest(id=7, face=pb.FaceImage(rgb=pixels.tobytes()))]))
    assert [answer.id async for answer in last] == [7]
