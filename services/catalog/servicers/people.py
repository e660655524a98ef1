"""PeopleService: translates between messages and the people and faces of a library."""

from collections.abc import Sequence
from typing import Final

from albumen.catalog.v1 import face_pb2, person_pb2
from albumen.catalog.v1 import people_service_pb2 as pb
from albumen.catalog.v1 import people_service_pb2_grpc as pb_grpc
from services.catalog.edits.record import EditOutcome
from services.catalog.expressions.order import PeopleField, people_order
from services.catalog.filters import FaceFilter, PeopleFilter
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.not_found import face_not_found, person_not_found
from services.catalog.person_record import PersonRecord
from services.catalog.servicers.edit_request import edit_request
from services.catalog.servicers.face_message import FACE_FIELDS
from services.catalog.servicers.field_mask import ReadMask
from services.catalog.servicers.image_filter import order_of
from services.catalog.servicers.messages import edit_message, person_message
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.person_request import person_update
from services.catalog.servicers.resource_names import (
    child_name,
    parse_child,
    parse_child_of,
    parse_each,
    parse_library,
    parse_number,
    parse_own,
    parse_own_number,
)
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason, ResourceExhaustedError
from services.common.limits import MAX_DISPLAY_NAME_CHARS, MAX_PAGE_BYTES
from services.common.wire.context import Context
from services.common.wire.status import to_status

_MAX_PEOPLE: Final = 1_000
_MAX_BATCH: Final = 500
_MAX_FACES: Final = 250
# What is sent without a read mask: all but what is large.
_FACE_FIELDS: Final = frozenset(face_pb2.Face.DESCRIPTOR.fields_by_name) - {"embedding", "thumbnail"}
_PERSON_FIELDS: Final = frozenset(person_pb2.Person.DESCRIPTOR.fields_by_name) - {"cover_thumbnail"}


class PeopleServicer(pb_grpc.PeopleServiceServicer):
    """Reads people and faces, and names people."""

    def __init__(self, libraries: LibraryCalls) -> None:
        self._libraries = libraries

    async def ListPeople(self, request: pb.ListPeopleRequest, context: Context) -> pb.ListPeopleResponse:
        """List people in an order."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        people_filter = checks.run(_people_filter, request)
        order = checks.run(order_of, people_order, request.order_by, field="order_by")
        mask = checks.run(ReadMask, request.read_mask, person_pb2.Person, _PERSON_FIELDS)
        named = request.order_by.strip().startswith(PeopleField.DISPLAY_NAME.value)
        page = PageRequest(
            checks, request, "people", library, people_filter, order,
            most=_MAX_PEOPLE, key_types=(str if named else int, str),
        )  # fmt: skip
        checks.done()

        def read(opened: Library) -> tuple[list[person_pb2.Person], str]:
            return page.fill(
                lambda after, limit: opened.list_people(
                    people_filter, order, after=after, limit=limit, with_cover=mask.wants("cover_thumbnail")
                ),
                lambda record: mask.apply(person_message(library, record)),
            )

        people, next_page_token = await self._libraries.run(library, read)
        return pb.ListPeopleResponse(people=people, next_page_token=next_page_token)

    async def GetPerson(self, request: pb.GetPersonRequest, context: Context) -> pb.GetPersonResponse:
        """Get a person."""
        checks = Checks()
        name = checks.run(parse_child, request.name, "people", field="name")
        mask = checks.run(ReadMask, request.read_mask, person_pb2.Person, _PERSON_FIELDS)
        checks.done()
        library, person = name

        def read(opened: Library) -> PersonRecord:
            return opened.get_person(person, with_cover=mask.wants("cover_thumbnail"))

        record = await self._libraries.run(library, read)
        return pb.GetPersonResponse(person=mask.apply(person_message(library, record)))

    async def BatchGetPeople(self, request: pb.BatchGetPeopleRequest, context: Context) -> pb.BatchGetPeopleResponse:
        """Get people, each or why there is none, in the order of their names."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        ids = checks.run(_person_ids, request.names, checks.known(library))
        mask = checks.run(ReadMask, request.read_mask, person_pb2.Person, _PERSON_FIELDS)
        checks.done()

        def read(opened: Library) -> dict[str, person_pb2.Person]:
            found = opened.find_people(ids, with_cover=mask.wants("cover_thumbnail"))
            return {person: mask.apply(person_message(library, record)) for person, record in found.items()}

        people = await self._libraries.run(library, read)
        results = []
        # A sixteenth is left for what tells why there is no person.
        room = MAX_PAGE_BYTES - MAX_PAGE_BYTES // 16
        for person in ids:
            if person not in people:
                results.append(pb.PersonResult(error=to_status(person_not_found(library, person))))
            elif people[person].ByteSize() > room:
                too_large = _does_not_fit(child_name(library, "people", person))
                results.append(pb.PersonResult(error=to_status(too_large)))
            else:
                results.append(pb.PersonResult(person=people[person]))
                room -= results[-1].ByteSize()
        return pb.BatchGetPeopleResponse(results=results)

    async def UpdatePerson(self, request: pb.UpdatePersonRequest, context: Context) -> pb.UpdatePersonResponse:
        """Change what a user says of a person."""
        checks = Checks()
        name = checks.run(parse_child, request.person.name, "people", field="person.name")
        known = checks.known(name)
        said = checks.run(person_update, request, None if known is None else known[0])
        edit = checks.run(edit_request, request)
        checks.done()
        library, person = name

        def write(opened: Library) -> EditOutcome:
            return opened.edits.update(
                person, etag=request.person.etag, validate_only=request.validate_only, request=edit, **said
            )

        outcome = await self._libraries.run(library, write, people=True)
        return pb.UpdatePersonResponse(
            edit=None if outcome.edit is None else edit_message(library, outcome.edit),
            person=None if outcome.person is None else person_message(library, outcome.person),
        )

    async def GetFace(self, request: pb.GetFaceRequest, context: Context) -> pb.GetFaceResponse:
        """Get a face."""
        checks = Checks()
        name = checks.run(parse_number, request.name, "faces", field="name")
        mask = checks.run(ReadMask, request.read_mask, face_pb2.Face, _FACE_FIELDS)
        checks.done()
        library, face = name
        faces = await self._find_faces(library, [face], mask)
        if face not in faces:
            raise face_not_found(library, face)
        return pb.GetFaceResponse(face=faces[face])

    async def BatchGetFaces(self, request: pb.BatchGetFacesRequest, context: Context) -> pb.BatchGetFacesResponse:
        """Get faces, each or why there is none, in the order of their names."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        ids = checks.run(_face_ids, request.names, checks.known(library))
        mask = checks.run(ReadMask, request.read_mask, face_pb2.Face, _FACE_FIELDS)
        checks.done()
        faces = await self._find_faces(library, ids, mask)
        results = []
        # A sixteenth is left for what tells why there is no face.
        room = MAX_PAGE_BYTES - MAX_PAGE_BYTES // 16
        for face in ids:
            if face not in faces:
                results.append(pb.FaceResult(error=to_status(face_not_found(library, face))))
            elif faces[face].ByteSize() > room:
                results.append(pb.FaceResult(error=to_status(_does_not_fit(child_name(library, "faces", str(face))))))
            else:
                results.append(pb.FaceResult(face=faces[face]))
                room -= results[-1].ByteSize()
        return pb.BatchGetFacesResponse(results=results)

    async def ListFaces(self, request: pb.ListFacesRequest, context: Context) -> pb.ListFacesResponse:
        """List faces, the first indexed first."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        face_filter = checks.run(_face_filter, request.filter, checks.known(library))
        mask = checks.run(ReadMask, request.read_mask, face_pb2.Face, _FACE_FIELDS)
        page = PageRequest(checks, request, "faces", library, face_filter, most=_MAX_FACES)
        checks.done()

        fields = FACE_FIELDS.select(mask)

        def read(opened: Library) -> tuple[list[face_pb2.Face], str]:
            return page.fill(
                lambda after, limit: opened.list_faces(face_filter, after=after, limit=limit, parts=fields.parts),
                lambda record: fields.message(library, record),
            )

        faces, next_page_token = await self._libraries.run(library, read)
        return pb.ListFacesResponse(faces=faces, next_page_token=next_page_token)

    async def _find_faces(self, library: str, ids: Sequence[int], mask: ReadMask) -> dict[int, face_pb2.Face]:
        fields = FACE_FIELDS.select(mask)

        def read(opened: Library) -> dict[int, face_pb2.Face]:
            records = opened.find_faces(ids, fields.parts)
            return {face: fields.message(library, record) for face, record in records.items()}

        return await self._libraries.run(library, read)


def _face_ids(names: Sequence[str], library: str | None) -> list[int]:
    if not names:
        raise InvalidArgumentError(
            Reason.FACES_EMPTY,
            f"No face is named. Name 1 to {_MAX_FACES}.",
            field="names",
            metadata={"limit": str(_MAX_FACES), "value": "0"},
        )
    return parse_each(
        names, parse_own_number, "faces", library, field="names", most=_MAX_FACES, reason=Reason.TOO_MANY_FACES
    )


def _person_ids(names: Sequence[str], library: str | None) -> list[str]:
    if not names:
        raise InvalidArgumentError(
            Reason.PEOPLE_INVALID,
            f"No person is named. Name 1 to {_MAX_BATCH}.",
            field="names",
            metadata={"limit": str(_MAX_BATCH), "value": "0"},
        )
    return parse_each(names, parse_own, "people", library, field="names", most=_MAX_BATCH, reason=Reason.PEOPLE_INVALID)


def _people_filter(request: pb.ListPeopleRequest) -> PeopleFilter:
    name = request.filter.display_name
    if len(name) > MAX_DISPLAY_NAME_CHARS:
        raise InvalidArgumentError(
            Reason.DISPLAY_NAME_TOO_LONG,
            f"No name has {len(name):,} characters; the longest have {MAX_DISPLAY_NAME_CHARS}.",
            field="filter.display_name",
            metadata={"limit": str(MAX_DISPLAY_NAME_CHARS), "value": str(len(name))},
        )
    parts = tuple(name.split("*")) if name else ()
    return PeopleFilter(request.show_hidden, parts, request.filter.named, request.filter.favorite)


def _does_not_fit(resource: str) -> ResourceExhaustedError:
    return ResourceExhaustedError(
        Reason.RESPONSE_TOO_LARGE,
        f"The response would pass {MAX_PAGE_BYTES:,} bytes with {resource}. Ask for it in another call.",
        resource=resource,
        metadata={"limit": str(MAX_PAGE_BYTES)},
    )


def _face_filter(message: pb.FaceFilter, library: str | None) -> FaceFilter:
    checks = Checks()
    person = checks.run(parse_child_of, message.person, "people", library, field="filter.person")
    image = checks.run(parse_child_of, message.image, "images", library, field="filter.image")
    checks.done()
    return FaceFilter(person, image, message.ungrouped, message.rejected)
