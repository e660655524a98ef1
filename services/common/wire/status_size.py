"""Keeps a status small enough for the trailers that carry it.

Clients take 8 KiB of trailers by default, servers and proxies sometimes less than that. A larger status never reaches
the caller: the transport replaces it with an error of its own, without a reason, that clients may retry for ever.
"""

import math
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from google.protobuf.message import Message
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status

MAX_TRAILER_BYTES: Final = 7 * 1024

# Together, with one violation, these stay below the limit even if every character has to be percent-encoded.
_MAX_MESSAGE_BYTES: Final = 500
_MAX_TEXT_BYTES: Final = 200
_MAX_FIGURE_BYTES: Final = 64
_MAX_FIGURES: Final = 16


def fitted(code: int, message: str, details: Sequence[Message]) -> Status:
    """Return the status of `details`, whose texts are cut and last violations left out if they take too much room.

    The texts of our own messages are far below the bounds; this is the net for what a caller sent and we repeat.
    """
    status = _packed(code, message, details)
    if trailer_bytes(status) <= MAX_TRAILER_BYTES:
        return status
    for detail in details:
        _shorten(detail)
    status = _packed(code, _cut(message, _MAX_MESSAGE_BYTES), details)
    requests = [detail for detail in details if isinstance(detail, error_details_pb2.BadRequest)]
    while trailer_bytes(status) > MAX_TRAILER_BYTES and any(len(request.field_violations) > 1 for request in requests):
        for request in requests:
            # Half of them at a time: there may be thousands.
            del request.field_violations[math.ceil(len(request.field_violations) / 2) :]
        status = _packed(code, status.message, details)
    return status


def trailer_bytes(status: Status) -> int:
    """Return the size of `status` in the trailers: its message percent-encoded, and all of it in Base64."""
    return len(quote(status.message)) + (int(status.ByteSize()) + 2) // 3 * 4


def _packed(code: int, message: str, details: Sequence[Message]) -> Status:
    status = Status(code=code, message=message)
    for detail in details:
        status.details.add().Pack(detail)
    return status


def _shorten(detail: Message) -> None:
    match detail:
        case error_details_pb2.ErrorInfo():
            # Those of later violations end with a number, and may go first.
            figures = sorted(detail.metadata.items(), key=lambda figure: (figure[0][-1:].isdigit(), figure))
            detail.metadata.clear()
            for key, value in figures[:_MAX_FIGURES]:
                detail.metadata[_cut(key, _MAX_FIGURE_BYTES)] = _cut(value, _MAX_FIGURE_BYTES)
        case error_details_pb2.ResourceInfo():
            detail.resource_name = _cut(detail.resource_name, _MAX_TEXT_BYTES)
            detail.description = _cut(detail.description, _MAX_TEXT_BYTES)
        case error_details_pb2.BadRequest():
            for violation in detail.field_violations:
                violation.field = _cut(violation.field, _MAX_TEXT_BYTES)
                violation.description = _cut(violation.description, _MAX_TEXT_BYTES)


def _cut(text: str, limit: int) -> str:
    data = text.encode()
    return text if len(data) <= limit else data[: limit - 3].decode(errors="ignore") + "…"
