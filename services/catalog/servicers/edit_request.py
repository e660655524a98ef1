"""The identity of a request for an edit or an album, so that a retry is told from another request."""

import hashlib
from typing import TypeVar

from albumen.catalog.v1 import album_service_pb2 as albums_pb
from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from services.catalog.edits.request import EditRequest

Request = TypeVar(
    "Request",
    edits_pb.MergePeopleRequest,
    edits_pb.SplitPersonRequest,
    edits_pb.ReassignFacesRequest,
    edits_pb.SeparatePeopleRequest,
    edits_pb.RejectFacesRequest,
    edits_pb.AcceptFacesRequest,
    people_pb.UpdatePersonRequest,
    albums_pb.CreateAlbumRequest,
)


def edit_request(request: Request) -> EditRequest:
    """Return the request's own id, and a digest of everything else that it asks for.

    Raises:
        InvalidArgumentError: REQUEST_ID_INVALID.

    """
    if not request.request_id:
        return EditRequest()
    asked = type(request)()
    asked.CopyFrom(request)
    asked.ClearField("request_id")
    asked.ClearField("validate_only")
    content = f"{request.DESCRIPTOR.full_name}\n".encode() + asked.SerializeToString(deterministic=True)
    return EditRequest.checked(request.request_id, hashlib.sha256(content).hexdigest())
