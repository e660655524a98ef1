"""Whose a request says that faces are."""

from albumen.catalog.v1 import people_edit_service_pb2 as pb
from services.catalog.display_name import checked_display_name
from services.catalog.edits.target import Target, ToAutomatic, ToNewPerson, ToNobody, ToPerson
from services.catalog.servicers.resource_names import parse_own


def edit_target(request: pb.ReassignFacesRequest | pb.CreateFaceRequest, library: str | None) -> Target | None:
    """Return whose faces are to be, None if a request does not say it; `library` is that of the request, if known.

    Raises:
        InvalidArgumentError: RESOURCE_NAME_INVALID, DISPLAY_NAME_TOO_LONG or DISPLAY_NAME_INVALID.

    """
    match request.WhichOneof("target"):
        case "person":
            return ToPerson(parse_own(request.person, "people", library, field="person"))
        case "new_person":
            return ToNewPerson(checked_display_name(request.new_person.display_name, field="new_person.display_name"))
        case "nobody":
            return ToNobody()
        case "automatic":
            return ToAutomatic()
        case _:
            return None
