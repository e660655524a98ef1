"""Two faults of a request are told at once: each face tells its own, and nothing else of a request can be wrong."""

from collections.abc import Mapping

import grpc
import pytest
from google.protobuf.message import Message

from albumen.embedder.v1 import embedder_service_pb2 as pb
from albumen.embedder.v1 import embedder_service_pb2_grpc as pb_grpc
from tests.planting import Faults
from tests.serving import Failure

SERVICE = pb.DESCRIPTOR.services_by_name["EmbedderService"]
REQUESTS: Mapping[str, Message] = {
    "Embed": pb.EmbedRequest(),
    "EmbedStream": pb.EmbedStreamRequest(),
    "ListModels": pb.ListModelsRequest(),
}
WRONG_FACES = [pb.FaceImage(), pb.FaceImage(rgb=b"short"), pb.FaceImage(content=b"no image")]
FAULTS = Faults(
    values={"faces": WRONG_FACES, "rgb": b"short", "content": b"no image"},
    harmless=frozenset({"id"}),
)


def test_every_method_of_the_embedder_is_known() -> None:
    assert {name: request.DESCRIPTOR for name, request in REQUESTS.items()} == {
        method.name: method.input_type for method in SERVICE.methods
    }


@pytest.mark.parametrize("method", REQUESTS)
def test_no_request_can_be_wrong_in_two_fields(method: str) -> None:
    assert FAULTS.unknown(REQUESTS[method]) == []
    assert list(FAULTS.pairs(REQUESTS[method])) == []


async def test_the_second_wrong_face_is_not_kept_for_the_next_try(embedder_channel: grpc.aio.Channel) -> None:
    answer = await pb_grpc.EmbedderServiceStub(embedder_channel).Embed(pb.EmbedRequest(faces=WRONG_FACES))
    told = [field for result in answer.results for field in Failure(result.error).fields]
    assert told == ["faces[0]", "faces[1].rgb", "faces[2].content"]
