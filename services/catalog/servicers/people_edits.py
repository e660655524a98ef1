"""PeopleEditService: translates between messages and the corrections of a library's people."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final, TypeVar

from albumen.catalog.v1 import people_edit_service_pb2 as pb
from albumen.catalog.v1 import people_edit_service_pb2_grpc as pb_grpc
from albumen.catalog.v1.edit_pb2 import Edit
from albumen.catalog.v1.person_pb2 import Person
from services.catalog.display_name import checked_display_name
from services.catalog.edits.bounds import EditBounds, check_count, check_people, checked_faces
from services.catalog.edits.record import EditOutcome, EditRecord
from services.catalog.edits.request import EditRequest
from services.catalog.edits.target import Target
from services.catalog.filters import PeopleFilter
from services.catalog.library import Library
from services.catalog.search.merge_suggestions import MergeSuggestion
from services.catalog.servicers.edit_request import edit_request
from services.catalog.servicers.edit_target import edit_target
from services.catalog.servicers.face_drawing import FaceDrawing
from services.catalog.servicers.messages import edit_message, person_message
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import (
    parse_child,
    parse_each,
    parse_library,
    parse_number,
    parse_own,
    parse_own_number,
)
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.wire.context import Context

_BOUNDS: Final = EditBounds()
_MAX_EDITS: Final = 100
_Rejection = TypeVar("_Rejection", pb.RejectFacesRequest, pb.AcceptFacesRequest)
_MAX_SUGGESTIONS: Final = 100


class PeopleEditServicer(FaceDrawing, pb_grpc.PeopleEditServiceServicer):
    """Corrects people, and undoes corrections. It takes what `FaceDrawing` does, which is what the others need."""

    async def MergePeople(self, request: pb.MergePeopleRequest, context: Context) -> pb.MergePeopleResponse:
        """Say that people are the same."""
        checks = Checks()
        library = checks.run(_library_of, request.person, field="person")
        person = checks.run(parse_own, request.person, "people", library, field="person")
        others = checks.run(
            _people, request.others, checks.known(library), least=1, field="others", beside=request.person
        )
        edit = checks.run(edit_request, request)
        checks.done()

        def write(opened: Library) -> EditOutcome:
            return opened.edits.merge(
                person, others, etag=request.etag, validate_only=request.validate_only, request=edit
            )

        outcome = await self._libraries.run(library, write, people=True)
        return pb.MergePeopleResponse(edit=_edit(library, outcome), person=_person(library, outcome))

    async def SplitPerson(self, request: pb.SplitPersonRequest, context: Context) -> pb.SplitPersonResponse:
        """Say that some faces are somebody else."""
        checks = Checks()
        library = checks.run(_library_of, request.person, field="person")
        person = checks.run(parse_own, request.person, "people", library, field="person")
        faces = checks.run(_faces, request.faces, checks.known(library))
        display_name = checks.run(checked_display_name, request.display_name, field="display_name")
        edit = checks.run(edit_request, request)
        checks.done()

        def write(opened: Library) -> EditOutcome:
            return opened.edits.split(
                person, faces, display_name=display_name, validate_only=request.validate_only, request=edit
            )

        outcome = await self._libraries.run(library, write, people=True)
        return pb.SplitPersonResponse(edit=_edit(library, outcome), person=_person(library, outcome))

    async def ReassignFaces(self, request: pb.ReassignFacesRequest, context: Context) -> pb.ReassignFacesResponse:
        """Say whose faces these are."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        faces = checks.run(_faces, request.faces, checks.known(library))
        target = checks.run(_target, request, checks.known(library))
        edit = checks.run(edit_request, request)
        checks.done()

        def write(opened: Library) -> EditOutcome:
            return opened.edits.reassign(faces, target, validate_only=request.validate_only, request=edit)

        outcome = await self._libraries.run(library, write, people=True)
        return pb.ReassignFacesResponse(edit=_edit(library, outcome), person=_person(library, outcome))

    async def SeparatePeople(self, request: pb.SeparatePeopleRequest, context: Context) -> pb.SeparatePeopleResponse:
        """Say that people are different."""
        checks = Checks()
        library = _library_of_any(request.people)
        people = checks.run(_people, request.people, library, least=2, field="people")
        edit = checks.run(edit_request, request)
        checks.done()

        def write(opened: Library) -> EditOutcome:
            return opened.edits.separate(people, validate_only=request.validate_only, request=edit)

        outcome = await self._libraries.run(library, write, people=True)
        return pb.SeparatePeopleResponse(edit=_edit(library, outcome))

    async def RejectFaces(self, request: pb.RejectFacesRequest, context: Context) -> pb.RejectFacesResponse:
        """Put faces out of sight."""
        library, faces, edit = _rejection(request)

        def write(opened: Library) -> EditOutcome:
            return opened.edits.faces.reject(faces, validate_only=request.validate_only, request=edit)

        outcome = await self._libraries.run(library, write, people=True)
        return pb.RejectFacesResponse(edit=_edit(library, outcome))

    async def AcceptFaces(self, request: pb.AcceptFacesRequest, context: Context) -> pb.AcceptFacesResponse:
        """Have rejected faces in sight again."""
        library, faces, edit = _rejection(request)

        def write(opened: Library) -> EditOutcome:
            return opened.edits.faces.accept(faces, validate_only=request.validate_only, request=edit)

        outcome = await self._libraries.run(library, write, people=True)
        return pb.AcceptFacesResponse(edit=_edit(library, outcome))

    async def SuggestMerges(self, request: pb.SuggestMergesRequest, context: Context) -> pb.SuggestMergesResponse:
        """Suggest people that may be the same."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        people_filter = PeopleFilter(include_hidden=request.show_hidden)
        page = PageRequest(
            checks,
            request,
            "merges",
            library,
            people_filter,
            most=_MAX_SUGGESTIONS,
            key_types=(float, int, int),
        )
        checks.done()

        def read(opened: Library) -> tuple[list[pb.MergeSuggestion], str]:
            merges = opened.merges
            return page.fill(
                lambda after, limit: merges.page(people_filter, after=after, limit=limit),
                lambda found: _merge_suggestion(library, found),
            )

        suggestions, next_page_token = await self._libraries.run(library, read, people=True)
        return pb.SuggestMergesResponse(suggestions=suggestions, next_page_token=next_page_token)

    async def GetEdit(self, request: pb.GetEditRequest, context: Context) -> pb.GetEditResponse:
        """Get an edit."""
        library, edit = parse_number(request.name, "edits", field="name")

        def read(opened: Library) -> EditRecord:
            return opened.history.get(edit)

        return pb.GetEditResponse(edit=edit_message(library, await self._libraries.run(library, read)))

    async def ListEdits(self, request: pb.ListEditsRequest, context: Context) -> pb.ListEditsResponse:
        """List edits, the newest first."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        page = PageRequest(checks, request, "edits", library, most=_MAX_EDITS)
        checks.done()

        def read(opened: Library) -> tuple[list[Edit], str]:
            history = opened.history
            return page.fill(
                lambda before, limit: history.page(before=before, limit=limit),
                lambda record: edit_message(library, record),
            )

        edits, next_page_token = await self._libraries.run(library, read)
        return pb.ListEditsResponse(edits=edits, next_page_token=next_page_token)

    async def UndoEdit(self, request: pb.UndoEditRequest, context: Context) -> pb.UndoEditResponse:
        """Take an edit back."""
        library, edit = parse_number(request.name, "edits", field="name")

        def write(opened: Library) -> EditRecord:
            return opened.undo.undo(edit, validate_only=request.validate_only)

        return pb.UndoEditResponse(edit=edit_message(library, await self._libraries.run(library, write, people=True)))


def _merge_suggestion(library: str, found: MergeSuggestion) -> pb.MergeSuggestion:
    return pb.MergeSuggestion(
        person=person_message(library, found.person),
        other=person_message(library, found.other),
        probability=found.probability,
    )


def _library_of(person: str, *, field: str) -> str:
    return parse_child(person, "people", field=field)[0]


def _library_of_any(people: Sequence[str]) -> str:
    """Return the id of the library in the first name that is one; empty if none is."""
    for person in people[: _BOUNDS.people]:
        with suppress(InvalidArgumentError):
            return _library_of(person, field="people")
    return ""


def _people(names: Sequence[str], library: str | None, *, least: int, field: str, beside: str = "") -> list[str]:
    """Return the ids of at least so many people of the library, all different, the one called `beside` included."""
    most = _BOUNDS.people
    checks = Checks()
    checks.run(check_people, names, most, least=least, field=field, beside=beside)
    # Of too many, none is looked at.
    if len(names) > most:
        checks.done()
    people = checks.run(
        parse_each, names, parse_own, "people", library, field=field, most=most, reason=Reason.PEOPLE_INVALID
    )
    checks.done()
    return people


def _faces(names: Sequence[str], library: str | None) -> frozenset[int]:
    check_count(len(names), _BOUNDS.faces, field="faces")
    faces = parse_each(
        names, parse_own_number, "faces", library, field="faces", most=_BOUNDS.faces, reason=Reason.TOO_MANY_FACES
    )
    return checked_faces(faces, _BOUNDS.faces)


def _rejection(request: _Rejection) -> tuple[str, frozenset[int], EditRequest]:
    """Return the library and the faces that are meant, and the identity of the request."""
    checks = Checks()
    library = checks.run(parse_library, request.parent, field="parent")
    faces = checks.run(_faces, request.faces, checks.known(library))
    edit = checks.run(edit_request, request)
    checks.done()
    return library, faces, edit


def _edit(library: str, outcome: EditOutcome) -> Edit | None:
    return None if outcome.edit is None else edit_message(library, outcome.edit)


def _person(library: str, outcome: EditOutcome) -> Person | None:
    return None if outcome.person is None else person_message(library, outcome.person)


def _target(request: pb.ReassignFacesRequest, library: str | None) -> Target:
    target = edit_target(request, library)
    if target is None:
        raise InvalidArgumentError(
            Reason.TARGET_MISSING, "Say whose the faces are: person, new_person, nobody or automatic.", field="target"
        )
    return target
