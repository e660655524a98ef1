"""The identity of a request for an edit, an album or an operation, so that a retry is told from another request."""

import hashlib
from typing import Any, Protocol

from services.catalog.edits.request import EditRequest


class Identified(Protocol):
    """The part that such requests, which are messages, have in common."""

    request_id: str
    validate_only: bool


def edit_request(request: Identified) -> EditRequest:
    """Return the request's own id, and a digest of everything else that it asks for.

    Raises:
        InvalidArgumentError: REQUEST_ID_INVALID.

    """
    if not request.request_id:
        return EditRequest()
    asked: Any = type(request)()
    asked.CopyFrom(request)
    asked.ClearField("request_id")
    asked.ClearField("validate_only")
    content: bytes = f"{asked.DESCRIPTOR.full_name}\n".encode() + asked.SerializeToString(deterministic=True)
    return EditRequest.checked(request.request_id, hashlib.sha256(content).hexdigest())
