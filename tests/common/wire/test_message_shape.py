from contextlib import suppress

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from albumen.detector.v1 import detector_service_pb2 as detector
from albumen.embedder.v1 import embedder_service_pb2 as embedder
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_MESSAGE_FIELDS, MEBIBYTE
from services.common.wire.message_shape import check_shape

DETECT = detector.DetectRequest
EMBED = embedder.EmbedRequest


def labels(number: int, text: str = "") -> bytes:
    request = detector.DetectRequest(content=b"x", object_options=detector.ObjectOptions(labels=[text] * number))
    return bytes(request.SerializeToString())


def test_images_are_as_large_as_they_are() -> None:
    check_shape(detector.DetectRequest(content=bytes(33 * MEBIBYTE)).SerializeToString(), DETECT)
    faces = [embedder.FaceImage(rgb=bytes(76_800))] * 256
    check_shape(embedder.EmbedRequest(faces=faces).SerializeToString(), EMBED)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (labels(5_000_000), DETECT),
        (labels(100, "a" * 20_000), DETECT),
        (detector.DetectRequest(features=[detector.FEATURE_OBJECTS] * 2_000_000).SerializeToString(), DETECT),
        (b"\x0a\x00" * 1_000_000, EMBED),
        # A field that nobody knows, a varint; and groups within groups.
        (b"\xf8\x01\x00" * 1_000_000, DETECT),
        (b"\xfb\x01" * 1_000_000, DETECT),
    ],
    ids=["labels", "long labels", "features", "faces", "unknown fields", "groups"],
)
def test_what_is_large_otherwise_is_refused_unparsed(message: bytes, kind: type[Message]) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        check_shape(message, kind)
    assert caught.value.reason is Reason.REQUEST_TOO_LARGE
    assert caught.value.metadata["limit"] in {str(MAX_MESSAGE_FIELDS), str(MEBIBYTE)}


@given(st.binary(max_size=300), st.integers(0, 255))
def test_whatever_is_no_message_is_left_to_the_parser(noise: bytes, byte: int) -> None:
    for kind in (DETECT, EMBED):
        with suppress(InvalidArgumentError):
            check_shape(noise + bytes([byte]) * 70_000, kind)
