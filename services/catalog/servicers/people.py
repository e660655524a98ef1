"""PeopleService: translates between messages and the people and faces of a library."""

from typing import Final

from albumen.catalog.v1 import face_pb2
from albumen.catalog.v1 import people_service_pb2 as pb
from albumen.catalog.v1 import people_service_pb2_grpc as pb_grpc
from services.catalog.catalog import Catalog
from services.catalog.edits.record import EditOutcome
from services.catalog.records import FaceRecord, Page, PersonRecord
from services.catalog.servicers.edit_request import edit_request
from services.catalog.servicers.field_mask import ReadMask, fields_to_update
from services.catalog.servicers.messages import edit_message, face_message, person_message
from services.catalog.servicers.page_size import page_size
from services.catalog.servicers.page_token import decode_page_token, encode_page_token
from services.catalog.servicers.resource_names import parse_child, parse_child_of, parse_library
from services.common.bounded_executor import BoundedExecutor
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
        library = parse_library(request.parent, field="parent")
        limit = page_size(request.page_size, _MAX_PEOPLE)
        query = ("people", library, request.show_hidden)
        key = decode_page_token(request.page_token, [int, str], *query)

        def read() -> Page[PersonRecord, tuple[int, str]]:
            after = (int(key[0]), str(key[1])) if key else None
            return self._catalog.get(library).list_people(include_hidden=request.show_hidden, after=after, limit=limit)

        page = await self._executor.run(read)
        return pb.ListPeopleResponse(
            people=[person_message(library, record) for record in page.items],
            next_page_token=encode_page_token(page.next_key, *query) if page.next_key is not None else "",
        )

    async def GetPerson(self, request: pb.GetPersonRequest, context: Context) -> pb.GetPersonResponse:
        """Get a person."""
        library, person = parse_child(request.name, "people", field="name")
        record = await self._executor.run(self._get, library, person)
        return pb.GetPersonResponse(person=person_message(library, record))

    async def UpdatePerson(self, request: pb.UpdatePersonRequest, context: Context) -> pb.UpdatePersonResponse:
        """Change a person's name, or whether the person is hidden."""
        library, person = parse_child(request.person.name, "people", field="person.name")
        fields = fields_to_update(request.update_mask, request.person, _UPDATABLE)

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
        library = parse_library(request.parent, field="parent")
        person = parse_child_of(request.filter.person, "people", library, field="filter.person")
        image = parse_child_of(request.filter.image, "images", library, field="filter.image")
        mask = ReadMask(request.read_mask, face_pb2.Face, _UNASKED)
        limit = page_size(request.page_size, _MAX_FACES)
        query = ("faces", library, person, image, request.filter.ungrouped)
        key = decode_page_token(request.page_token, [int], *query)

        def read() -> Page[FaceRecord, int]:
            return self._catalog.get(library).list_faces(
                person_id=person,
                image_sha256=image,
                ungrouped=request.filter.ungrouped,
                after=int(key[0]) if key else None,
                limit=limit,
                with_embedding=mask.wants("embedding"),
                with_thumbnail=mask.wants("thumbnail"),
            )

        page = await self._executor.run(read)
        return pb.ListFacesResponse(
            faces=[mask.apply(face_message(library, record)) for record in page.items],
            next_page_token=encode_page_token([page.next_key], *query) if page.next_key is not None else "",
        )

    def _get(self, library: str, person: str) -> PersonRecord:
        return self._catalog.get(library).get_person(person)
