"""Calls the embedder over gRPC."""

from collections.abc import Iterator, Sequence
from typing import Final

import grpc
import numpy as np
from numpy.typing import NDArray

from albumen.embedder.v1 import embedder_service_pb2 as pb
from albumen.embedder.v1.embedder_service_pb2_grpc import EmbedderServiceStub
from albumen.types.v1.model_pb2 import Model
from clients.cli.failure import CommandError
from services.common.wire.status import from_rpc_error

_FACES_PER_CALL: Final = 32
_CALL_SECONDS: Final = 120.0


class EmbedderClient:
    """Asks the embedder at the other end of a channel; its methods raise `CommandError` if it refuses.

    Args:
        channel: to the embedder.

    """

    def __init__(self, channel: grpc.Channel) -> None:
        self._stub = EmbedderServiceStub(channel)

    def model(self) -> Model:
        """Return what the embedder says of its model."""
        try:
            (model,) = self._stub.ListModels(pb.ListModelsRequest(), timeout=_CALL_SECONDS).models
        except grpc.RpcError as error:
            raise _refusal(error) from error
        return model

    def embed(self, crops: Sequence[bytes]) -> Iterator[NDArray[np.float64]]:
        """Yield the embedding of each crop, float64 [dimension], of unit length, in their order."""
        for start in range(0, len(crops), _FACES_PER_CALL):
            faces = [pb.FaceImage(rgb=crop) for crop in crops[start : start + _FACES_PER_CALL]]
            try:
                answer = self._stub.Embed(pb.EmbedRequest(faces=faces), timeout=_CALL_SECONDS)
            except grpc.RpcError as error:
                raise _refusal(error) from error
            for result in answer.results:
                if result.HasField("error"):
                    raise CommandError(f"The embedder refuses a crop: {result.error.message}")
                vector = np.frombuffer(result.embedding, "<f4").astype(np.float64)
                yield vector / np.linalg.norm(vector)


def _refusal(error: grpc.RpcError) -> CommandError:
    refusal = from_rpc_error(error)
    return CommandError(f"The embedder refuses: {refusal.message}", reason=str(refusal.reason))
