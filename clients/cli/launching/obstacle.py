"""Why a service does not serve, asked of the service itself."""

from collections.abc import Callable
from typing import Final

import grpc

from albumen.catalog.v1.library_service_pb2 import GetLibraryRequest
from albumen.catalog.v1.library_service_pb2_grpc import LibraryServiceStub
from albumen.detector.v1.detector_service_pb2 import ListModelsRequest as ListDetectorModelsRequest
from albumen.detector.v1.detector_service_pb2_grpc import DetectorServiceStub
from albumen.embedder.v1.embedder_service_pb2 import ListModelsRequest as ListEmbedderModelsRequest
from albumen.embedder.v1.embedder_service_pb2_grpc import EmbedderServiceStub
from services.common.errors import AlbumenError, Reason
from services.common.wire.status import from_rpc_error

_CALL_SECONDS: Final = 1.0
# These don't pass by waiting.
_LASTING: Final = frozenset((Reason.MODEL_UNAVAILABLE, Reason.LIBRARY_UNAVAILABLE))


def _ask_detector(channel: grpc.Channel) -> None:
    DetectorServiceStub(channel).ListModels(ListDetectorModelsRequest(), timeout=_CALL_SECONDS)


def _ask_embedder(channel: grpc.Channel) -> None:
    EmbedderServiceStub(channel).ListModels(ListEmbedderModelsRequest(), timeout=_CALL_SECONDS)


def _ask_catalog(channel: grpc.Channel) -> None:
    LibraryServiceStub(channel).GetLibrary(GetLibraryRequest(name="libraries/default"), timeout=_CALL_SECONDS)


# For each service a call that does little, and fails for the very reason for which the service does not serve.
_ASK: Final[dict[str, Callable[[grpc.Channel], None]]] = {
    "detector": _ask_detector,
    "embedder": _ask_embedder,
    "catalog": _ask_catalog,
}


def lasting_obstacle(service: str, channel: grpc.Channel) -> AlbumenError | None:
    """Return why `service` will not serve however long one waits, or None if it may yet.

    Args:
        service: ``detector``, ``embedder`` or ``catalog``; of any other nothing is known.
        channel: to the service.

    """
    ask = _ASK.get(service)
    if ask is None:
        return None
    try:
        ask(channel)
    except grpc.RpcError as call:
        error = from_rpc_error(call)
        return error if error.reason in _LASTING else None
    return None
