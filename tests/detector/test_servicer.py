import asyncio
import io
from pathlib import Path

import grpc
import pytest
from PIL import Image

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1 import detector_service_pb2_grpc as pb_grpc
from albumen.types.v1 import model_pb2
from services.common.wire.channel import DIRECT
from services.detector.__main__ import build
from services.detector.settings import DetectorSettings
from tests.serving import channel_to, failure_of, serving


@pytest.fixture
def stub(detector_channel: grpc.aio.Channel) -> "pb_grpc.DetectorServiceAsyncStub":
    return pb_grpc.DetectorServiceStub(detector_channel)


@pytest.fixture
def photo(samples_dir: Path) -> bytes:
    return (samples_dir / "obama.jpg").read_bytes()


def png(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


async def test_a_portrait_has_a_person_and_a_face(stub: "pb_grpc.DetectorServiceAsyncStub", photo: bytes) -> None:
    response = await stub.Detect(pb.DetectRequest(content=photo, face_options=pb.FaceOptions(include_crops=True)))
    size = Image.open(io.BytesIO(photo)).size
    assert (response.image_size.width, response.image_size.height) == size
    assert "person" in {item.label for item in response.objects}
    (face,) = response.faces
    assert face.box.left < face.landmarks.left_eye.x < face.landmarks.right_eye.x < face.box.left + face.box.width
    assert face.box.top < face.landmarks.left_eye.y < face.landmarks.mouth_left.y < face.box.top + face.box.height
    assert len(face.crop.rgb) == 160 * 160 * 3
    quality = face.quality
    assert quality.source_pixels == pytest.approx(min(face.box.width, face.box.height))
    assert 0.9 < quality.score <= 1
    assert 0.4 < quality.sharpness < 1
    assert quality.truncation == 0
    for angle in (quality.yaw_degrees, quality.pitch_degrees, quality.roll_degrees):
        assert abs(angle) < 20
    assert (response.object_model, response.face_model) == ("ssdlite-mobilenet-v2-coco", "centerface-int8")


async def test_features_decide_what_is_looked_for(stub: "pb_grpc.DetectorServiceAsyncStub", photo: bytes) -> None:
    objects = await stub.Detect(pb.DetectRequest(content=photo, features=[pb.FEATURE_OBJECTS]))
    assert objects.objects
    assert not objects.faces
    assert not objects.face_model
    faces = await stub.Detect(pb.DetectRequest(content=photo, features=[pb.FEATURE_FACES]))
    assert faces.faces
    assert not faces.objects
    assert not faces.faces[0].HasField("crop")


async def test_options_narrow_the_answer(stub: "pb_grpc.DetectorServiceAsyncStub", photo: bytes) -> None:
    options = pb.ObjectOptions(min_score=0.1, labels=["tie"], max_results=1)
    response = await stub.Detect(pb.DetectRequest(content=photo, object_options=options))
    assert [item.label for item in response.objects] == ["tie"]
    response = await stub.Detect(pb.DetectRequest(content=photo, face_options=pb.FaceOptions(min_score=1.0)))
    assert not response.faces


async def test_models_are_listed(stub: "pb_grpc.DetectorServiceAsyncStub") -> None:
    models = {model.id: model for model in (await stub.ListModels(pb.ListModelsRequest())).models}
    assert models["centerface-int8"].task == model_pb2.MODEL_TASK_FACE_DETECTION
    ssd = models["ssdlite-mobilenet-v2-coco"]
    assert ssd.task == model_pb2.MODEL_TASK_OBJECT_DETECTION
    assert (ssd.license, ssd.precision, ssd.execution_provider) == ("Apache-2.0", "fp32", "CPUExecutionProvider")
    assert len(ssd.labels) == 80


REFUSED = [
    (
        pb.DetectRequest(content=png(10, 10), object_options=pb.ObjectOptions(labels=["person"] * 1_001)),
        "TOO_MANY_LABELS",
        "object_options.labels",
    ),
    (pb.DetectRequest(), "IMAGE_EMPTY", "content"),
    (pb.DetectRequest(content=b"not an image"), "IMAGE_FORMAT_UNSUPPORTED", "content"),
    (pb.DetectRequest(content=png(10, 10), features=[pb.FEATURE_UNSPECIFIED]), "FEATURE_INVALID", "features"),
    (
        pb.DetectRequest(content=png(10, 10), object_options=pb.ObjectOptions(labels=["unicorn"])),
        "LABEL_UNKNOWN",
        "object_options.labels",
    ),
    (
        pb.DetectRequest(content=png(10, 10), object_options=pb.ObjectOptions(min_score=1.5)),
        "SCORE_OUT_OF_RANGE",
        "object_options.min_score",
    ),
    (
        pb.DetectRequest(content=png(10, 10), face_options=pb.FaceOptions(max_results=-1)),
        "MAX_RESULTS_INVALID",
        "face_options.max_results",
    ),
]


@pytest.mark.parametrize(("request_", "reason", "field"), REFUSED, ids=[row[1] for row in REFUSED])
async def test_a_wrong_request_is_refused_by_field(
    stub: "pb_grpc.DetectorServiceAsyncStub", request_: pb.DetectRequest, reason: str, field: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Detect(request_)
    failure = failure_of(caught.value)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert (failure.reason, failure.fields) == (reason, [field])


async def test_everything_wrong_with_a_request_is_told_at_once(stub: "pb_grpc.DetectorServiceAsyncStub") -> None:
    request = pb.DetectRequest(
        content=png(10, 10),
        features=[pb.FEATURE_UNSPECIFIED, pb.FEATURE_OBJECTS, pb.FEATURE_FACES],
        object_options=pb.ObjectOptions(min_score=1.5, max_results=-1, labels=["unicorn"]),
        face_options=pb.FaceOptions(min_score=-0.5, max_results=-2),
    )
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Detect(request)
    failure = failure_of(caught.value)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert failure.reason == "FEATURE_INVALID"
    assert failure.fields == [
        "features",
        "object_options.min_score",
        "object_options.max_results",
        "object_options.labels",
        "face_options.min_score",
        "face_options.max_results",
    ]


async def test_a_truncated_photo_is_refused(stub: "pb_grpc.DetectorServiceAsyncStub", photo: bytes) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Detect(pb.DetectRequest(content=photo[: len(photo) // 2]))
    assert failure_of(caught.value).reason == "IMAGE_UNREADABLE"


async def test_limits_are_configured_and_told(weights_dir: Path) -> None:
    settings = DetectorSettings(
        listen="127.0.0.1:0", weights_dir=weights_dir, max_image_bytes=2000, max_image_pixels=100
    )
    async with serving(settings, build(settings)) as target, channel_to(target) as channel:
        stub = pb_grpc.DetectorServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as many_bytes:
            await stub.Detect(pb.DetectRequest(content=bytes(2001)))
        with pytest.raises(grpc.aio.AioRpcError) as many_pixels:
            await stub.Detect(pb.DetectRequest(content=png(11, 10)))
    assert failure_of(many_bytes.value).reason == "IMAGE_TOO_LARGE"
    assert failure_of(many_bytes.value).infos[0].metadata["limit"] == "2000"
    assert failure_of(many_pixels.value).reason == "IMAGE_TOO_MANY_PIXELS"
    assert failure_of(many_pixels.value).infos[0].metadata["value"] == "110"


async def test_overload_is_refused_with_a_time_to_retry(weights_dir: Path, photo: bytes) -> None:
    settings = DetectorSettings(listen="127.0.0.1:0", weights_dir=weights_dir, workers=1, queue=1)
    async with serving(settings, build(settings)) as target, channel_to(target) as channel:
        stub = pb_grpc.DetectorServiceStub(channel)
        calls = [stub.Detect(pb.DetectRequest(content=photo)) for _ in range(12)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    refused = [failure_of(outcome) for outcome in outcomes if isinstance(outcome, grpc.aio.AioRpcError)]
    assert refused
    assert {failure.reason for failure in refused} == {"OVERLOADED"}
    assert all(failure.delays[0] > 0 for failure in refused)
    assert any(isinstance(outcome, pb.DetectResponse) for outcome in outcomes)


async def test_missing_weights_are_said_and_not_served(tmp_path: Path) -> None:
    from services.common.wire.server import Server

    settings = DetectorSettings(listen="127.0.0.1:0", weights_dir=tmp_path, reload_seconds=0.05)
    server = Server(settings, build(settings))
    await server.open()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}", options=DIRECT) as channel:
            stub = pb_grpc.DetectorServiceStub(channel)
            while True:
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await stub.ListModels(pb.ListModelsRequest())
                assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
                if failure_of(caught.value).reason != "MODEL_NOT_READY":
                    break
    finally:
        await server.close()
    assert failure_of(caught.value).reason == "MODEL_UNAVAILABLE"
    assert "albumen-models pull" in failure_of(caught.value).message
