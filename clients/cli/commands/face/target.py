"""Whose faces are, as options of a command say it."""

from albumen.catalog.v1.people_edit_service_pb2 import CreateFaceRequest, NewPerson, Nobody, ReassignFacesRequest
from clients.cli.connection import Catalog
from clients.cli.resolution import resolve_person


def set_target(
    request: CreateFaceRequest | ReassignFacesRequest,
    catalog: Catalog,
    *,
    person: str | None,
    name: str | None,
    nobody: bool,
) -> None:
    """Set whose faces are: a person's, a new one's who is called `name`, or nobody's; nothing if that isn't said.

    Raises:
        CommandError: there is no such person, or more than one.

    """
    if person is not None:
        request.person = resolve_person(catalog.list_people(), person).name
    elif name is not None:
        request.new_person.CopyFrom(NewPerson(display_name=name))
    elif nobody:
        request.nobody.CopyFrom(Nobody())
