"""PeopleService: translates between messages and the people and faces of a library."""

from typing import Final

from albumen.catalog.v1 import face_pb2, person_pb2
from albumen.catalog.v1 import people_service_pb2 as pb
from albumen.catalog.v1 import people_service_pb2_grpc as pb_grpc
from services.catalog.catalog import Catalog
from services.catalog.display_name import checked_display_name
from services.catalog.edits.record import EditOutcome
from services.catalog.filters import FaceFilter, PeopleFilter
from services.catalog.records import PersonRecord
from services.catalog.servicers.edit_request import edit_request
from services.catalog.servicers.field_mask import ReadMask, fields_to_update
from services.catalog.servicers.messages import edit_message, face_message, person_message
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import parse_child, parse_child_of, parse_library
from services.common.bounded_executor import BoundedExecutor
from services.common.checks import Checks
from services.common.wire.context import Context

_MAX_PEOPLE: Final = 1_000
_MAX_FACES: Final = 250
_UPDATABLE: Final = frozenset({"display_name", "hidden"})
_UNASKED: Final = frozenset(face_pb2.Face.DESCRIPTOR.fields_by_name) - {"embedding", "thumbnail"}


class PeopleServicer(pb_grpc.PeopleServiceServicer):
    """Lists and names people, and lists faces."""

    def __init__(self, catalog: Catalog, executor: BoundedExecutor) -> None:
        self._catalog = catalog
        self._executor = executor

    async def ListPeople(self, request: pb.ListPeopleRequest, context: Context) -> pb.ListPeopleResponse:
        """List people, those with most faces first."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        people_filter = PeopleFilter(include_hidden=request.show_hidden)
        page = PageRequest(checks, request, "people", library, people_filter, most=_MAX_PEOPLE, key_types=(int, str))
        checks.done()

        def read() -> tuple[list[person_pb2.Person], str]:
            opened = self._catalog.get(library)
            return page.fill(
                lambda after, limit: opened.list_people(people_filter, after=after, limit=limit),
                lambda record: person_message(library, record),
            )

        people, next_page_token = await self._executor.run(read)
        return pb.ListPeopleResponse(people=people, next_page_token=next_page_token)

    async def GetPerson(self, request: pb.GetPersonRequest, context: Context) -> pb.GetPersonResponse:
        """Get a person."""
        library, person = parse_child(request.name, "people", field="name")
        record = await self._executor.run(self._get, library, person)
        return pb.GetPersonResponse(person=person_message(library, record))

    async def UpdatePerson(self, request: pb.UpdatePersonRequest, context: Context) -> pb.UpdatePersonResponse:
        """Change a person's name, or whether the person is hidden."""
        checks = Checks()
        name = checks.run(parse_child, request.person.name, "people", field="person.name")
        fields = checks.run(fields_to_update, request.update_mask, request.person, _UPDATABLE)
        checks.run(checked_display_name, request.person.display_name, field="person.display_name")
        checks.done()
        library, person = name

        def write() -> EditOutcome:
            return self._catalog.get(library).edits.update(
                person,
                display_name=request.person.display_name if "display_name" in fields else None,
                hidden=request.person.hidden if "hidden" in fields else None,
                etag=request.person.etag,
                validate_only=request.validate_only,
                request=edit_request(request),
            )

        outcome = await self._executor.run(write)
        return pb.UpdatePersonResponse(
            edit=None if outcome.edit is None else edit_message(library, outcome.edit),
            person=None if outcome.person is None else person_message(library, outcome.person),
        )

    async def ListFaces(self, request: pb.ListFacesRequest, context: Context) -> pb.ListFacesResponse:
        """List faces, the first indexed first."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        face_filter = checks.run(_face_filter, request.filter, library)
        mask = checks.run(ReadMask, request.read_mask, face_pb2.Face, _UNASKED)
        page = PageRequest(checks, request, "faces", library, face_filter, most=_MAX_FACES)
        checks.done()

        def read() -> tuple[list[face_pb2.Face], str]:
            opened = self._catalog.get(library)
            return page.fill(
                lambda after, limit: opened.list_faces(
                    face_filter,
                    after=after,
                    limit=limit,
                    with_embedding=mask.wants("embedding"),
                    with_thumbnail=mask.wants("thumbnail"),
                ),
                lambda record: mask.apply(face_message(library, record)),
            )

        faces, next_page_token = await self._executor.run(read)
        return pb.ListFacesResponse(faces=faces, next_page_token=next_page_token)

    def _get(self, library: str, person: str) -> PersonRecord:
        return self._catalog.get(library).get_person(person)


def _face_filter(message: pb.FaceFilter, library: str) -> FaceFilter:
    checks = Checks()
    person = checks.run(parse_child_of, message.person, "people", library, field="filter.person")
    image = checks.run(parse_child_of, message.image, "images", library, field="filter.image")
    checks.done()
    return FaceFilter(person, image, message.ungrouped)
