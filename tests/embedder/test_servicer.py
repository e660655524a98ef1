import io
from pathlib import Path

import grpc
import numpy as np
import pytest
from PIL import Image

from albumen.embedder.v1 import embedder_service_pb2 as pb
from albumen.embedder.v1 import embedder_service_pb2_grpc as pb_grpc
from tests.serving import Failure, failure_of

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
    faces = [pb.FaceImage(rgb=pixels.tobytes()), pb.FaceImage(encoded=file.getvalue())]
    raw, encoded = (await stub.Embed(pb.EmbedRequest(faces=faces))).results
    assert raw.embedding == encoded.embedding


async def test_one_bad_face_fails_alone(stub: "pb_grpc.EmbedderServiceAsyncStub", pixels: Image.Image) -> None:
    faces = [
        pb.FaceImage(rgb=pixels.tobytes()),
        pb.FaceImage(rgb=b"short"),
        pb.FaceImage(encoded=b"not an image"),
        pb.FaceImage(),
        pb.FaceImage(encoded=bytes(2_000_000)),
        pb.FaceImage(rgb=bytes(RGB_BYTES)),
    ]
    results = (await stub.Embed(pb.EmbedRequest(faces=faces))).results
    assert [result.WhichOneof("result") for result in results] == ["embedding"] + ["error"] * 4 + ["embedding"]
    failures = [Failure(result.error) for result in results[1:5]]
    assert [(failure.reason, failure.fields[0]) for failure in failures] == [
        ("FACE_IMAGE_SIZE", "faces[1].rgb"),
        ("IMAGE_FORMAT_UNSUPPORTED", "faces[2].encoded"),
        ("FACE_IMAGE_MISSING", "faces[3]"),
        ("IMAGE_TOO_LARGE", "faces[4].encoded"),
    ]


@pytest.mark.parametrize(("number", "reason"), [(0, "FACES_EMPTY"), (257, "TOO_MANY_FACES")])
async def test_the_number_of_faces_has_bounds(
    stub: "pb_grpc.EmbedderServiceAsyncStub", number: int, reason: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Embed(pb.EmbedRequest(faces=[pb.FaceImage()] * number))
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert (failure_of(caught.value).reason, failure_of(caught.value).fields) == (reason, ["faces"])
