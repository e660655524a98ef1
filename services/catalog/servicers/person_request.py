"""What an update says of a person."""

from datetime import date
from typing import Final, cast

from albumen.catalog.v1 import people_service_pb2 as pb
from services.catalog.birth_date import checked_birth_date
from services.catalog.display_name import checked_display_name
from services.catalog.not_found import face_not_found
from services.catalog.person_statements import PersonUpdate
from services.catalog.servicers.days import parse_day
from services.catalog.servicers.field_mask import fields_to_update, may_update
from services.catalog.servicers.resource_names import parse_own_number
from services.common.checks import Checks

# Name of each field that can be changed -> what it is called in an update.
_UPDATABLE: Final = {
    "display_name": "display_name",
    "hidden": "hidden",
    "favorite": "favorite",
    "birth_date": "birth_date",
    "cover_face": "cover_face_id",
}


def person_update(request: pb.UpdatePersonRequest, library: str | None) -> PersonUpdate:
    """Return what a request changes of a person of `library`, if that is known.

    Raises:
        InvalidArgumentError: UPDATE_MASK_INVALID, and whatever is wrong with what it may change.
        NotFoundError: FACE_NOT_FOUND.

    """
    checks = Checks()
    fields = checks.run(fields_to_update, request.update_mask, request.person, _UPDATABLE)
    name = checks.run(_name, request)
    birth_date = checks.run(_birth_date, request)
    cover = checks.run(_cover, request, library)
    checks.done()
    if not request.update_mask.paths:
        # It is there whether a user chose it or not.
        fields -= {"cover_face"}
    if library is not None and "cover_face" in fields and request.person.cover_face and not cover:
        # No face has this number, which means within that nobody chose one.
        raise face_not_found(library, cover)
    whole = PersonUpdate(
        display_name=name,
        hidden=request.person.hidden,
        favorite=request.person.favorite,
        birth_date=birth_date,
        cover_face_id=cover,
    )
    wanted = {_UPDATABLE[field] for field in fields}
    return cast("PersonUpdate", {key: value for key, value in whole.items() if key in wanted})


# What does not change need not be what could be said today.


def _name(request: pb.UpdatePersonRequest) -> str:
    if not may_update(request.update_mask, "display_name"):
        return ""
    return checked_display_name(request.person.display_name, field="person.display_name")


def _birth_date(request: pb.UpdatePersonRequest) -> date | None:
    if not request.person.HasField("birth_date") or not may_update(request.update_mask, "birth_date"):
        return None
    field = "person.birth_date"
    return checked_birth_date(parse_day(request.person.birth_date, field=field), field=field)


def _cover(request: pb.UpdatePersonRequest, library: str | None) -> int:
    if not request.person.cover_face or not may_update(request.update_mask, "cover_face"):
        return 0
    return parse_own_number(request.person.cover_face, "faces", library, field="person.cover_face")
