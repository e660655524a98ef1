from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1 import detector_service_pb2_grpc as pb_grpc
from tests.serving import Failure


@pytest.fixture
def stub(detector_channel: grpc.aio.Channel) -> "pb_grpc.DetectorServiceAsyncStub":
    return pb_grpc.DetectorServiceStub(detector_channel)


async def test_every_photo_of_a_stream_is_answered_under_its_id(
    stub: "pb_grpc.DetectorServiceAsyncStub", samples_dir: Path
) -> None:
    photos = {
        1: (samples_dir / "obama.jpg").read_bytes(),
        2: b"not an image",
        3: (samples_dir / "chelsea.png").read_bytes(),
        4: b"",
    }

    async def requests() -> AsyncIterator[pb.DetectStreamRequest]:
        # More rounds than a stream takes in at once.
        for round_number in range(3):
            for number, photo in photos.items():
                yield pb.DetectStreamRequest(id=10 * round_number + number, request=pb.DetectRequest(content=photo))

    answers = {answer.id: answer async for answer in stub.DetectStream(requests())}
    assert answers.keys() == {10 * round_number + number for round_number in range(3) for number in photos}
    for number, answer in answers.items():
        match number % 10:
            case 1:
                assert len(answer.response.faces) == 1
            case 2:
                assert Failure(answer.error).reason == "IMAGE_FORMAT_UNSUPPORTED"
            case 3:
                assert {item.label for item in answer.response.objects} == {"cat"}
            case _:
                assert Failure(answer.error).reason == "IMAGE_EMPTY"


async def test_timings_say_where_the_time_went(stub: "pb_grpc.DetectorServiceAsyncStub", samples_dir: Path) -> None:
    photo = (samples_dir / "obama.jpg").read_bytes()
    timings = (await stub.Detect(pb.DetectRequest(content=photo))).timings
    assert timings.decode.ToMicroseconds() > 0
    assert timings.infer.ToMicroseconds() > 0
    assert timings.queue.ToMicroseconds() >= 0
