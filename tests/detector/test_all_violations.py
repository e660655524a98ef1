"""A request that is wrong in two fields is refused once, with both, whatever the fields."""

import grpc
import pytest
from PIL import Image

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1 import detector_service_pb2_grpc as pb_grpc
from albumen.types.v1.geometry_pb2 import BoundingBox
from tests.detector.photos import encoded
from tests.planting import Faults, untold
from tests.serving import Failure, failure_of

SERVICE = pb.DESCRIPTOR.services_by_name["DetectorService"]
FAULTS = Faults(
    values={
        "content": b"no image",
        "features": [pb.FEATURE_UNSPECIFIED],
        "labels": ["unicorn", "dragon"],
        "min_score": 1.5,
        "max_results": -1,
        "boxes": [BoundingBox(width=-1, height=5), BoundingBox(left=float("nan"), width=5, height=5)],
    },
    counted=frozenset({"features", "labels"}),
)
EMPTY = Faults({**FAULTS.values, "content": b""}, FAULTS.counted)
PHOTO = encoded(Image.new("RGB", (10, 10)), "PNG")


@pytest.fixture
def stub(detector_channel: grpc.aio.Channel) -> "pb_grpc.DetectorServiceAsyncStub":
    return pb_grpc.DetectorServiceStub(detector_channel)


def test_every_request_is_that_of_a_photo_or_has_no_field_to_be_wrong() -> None:
    holders = {method.input_type.full_name: method.input_type for method in SERVICE.methods}
    assert {
        name: [field.name for field in request.fields]
        for name, request in holders.items()
        if request is not pb.DetectRequest.DESCRIPTOR
    } == {
        "albumen.detector.v1.DetectStreamRequest": ["id", "request"],
        "albumen.detector.v1.ListModelsRequest": [],
    }
    assert FAULTS.unknown(pb.DetectRequest()) == []


@pytest.mark.parametrize("faults", [FAULTS, EMPTY], ids=["no image", "no bytes"])
async def test_the_second_fault_of_a_request_is_not_kept_for_the_next_try(
    stub: "pb_grpc.DetectorServiceAsyncStub", faults: Faults
) -> None:
    async def told(request: pb.DetectRequest) -> list[str]:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Detect(request)
        return failure_of(caught.value).fields

    assert await untold(faults, pb.DetectRequest(content=PHOTO), told) == []


async def test_the_second_fault_of_a_photo_of_a_stream_is_told_in_its_answer(
    stub: "pb_grpc.DetectorServiceAsyncStub",
) -> None:
    async def told(request: pb.DetectRequest) -> list[str]:
        (answer,) = [found async for found in stub.DetectStream(iter([pb.DetectStreamRequest(request=request)]))]
        return Failure(answer.error).fields

    assert await untold(FAULTS, pb.DetectRequest(content=PHOTO), told) == []


async def test_every_class_that_is_unknown_is_named(stub: "pb_grpc.DetectorServiceAsyncStub") -> None:
    options = pb.ObjectOptions(labels=["unicorn", "person", "dragon"])
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Detect(pb.DetectRequest(content=PHOTO, object_options=options))
    assert "'dragon, unicorn'" in failure_of(caught.value).message
