"""Calls that bring a file to a service: in one message, or in a stream."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from google.protobuf.message import Message

from albumen.catalog.v1.image_service_pb2 import ImageHeader, IndexImageBytesRequest, IndexImageRequest
from albumen.detector.v1.detector_service_pb2 import DetectRequest, DetectStreamRequest
from services.common.limits import MAX_CHUNK_BYTES

# The path of a method, and its serialized requests.
Call: TypeAlias = tuple[str, Sequence[bytes]]

_DETECTOR: Final = "albumen.detector.v1.DetectorService"
_IMAGES: Final = "albumen.catalog.v1.ImageService"
_PHOTOS_A_STREAM: Final = 3


def whole(server: str, content: bytes) -> Call:
    """Return the call that brings a file to the detector or the catalog in one message."""
    if server == "detector":
        return _call(f"{_DETECTOR}/Detect", [DetectRequest(content=content)])
    return _call(f"{_IMAGES}/IndexImageBytes", [IndexImageBytesRequest(header=ImageHeader(), content=content)])


def streamed(server: str, content: bytes) -> Call:
    """Return the call that brings a file to the detector three times, or to the catalog in chunks."""
    if server == "detector":
        photo = DetectRequest(content=content)
        photos = (DetectStreamRequest(id=id_, request=photo) for id_ in range(_PHOTOS_A_STREAM))
        return _call(f"{_DETECTOR}/DetectStream", photos)
    chunks = (content[start : start + MAX_CHUNK_BYTES] for start in range(0, len(content), MAX_CHUNK_BYTES))
    header = IndexImageRequest(header=ImageHeader())
    return _call(f"{_IMAGES}/IndexImage", [header, *(IndexImageRequest(content=chunk) for chunk in chunks)])


def _call(path: str, requests: Iterable[Message]) -> Call:
    return path, [request.SerializeToString() for request in requests]
