"""Corrections of people without a core: people change as the command line will show it, and edits are noted."""

# ruff: noqa: N802, ARG002

import hashlib
from itertools import combinations

import grpc

from albumen.catalog.v1 import people_edit_service_pb2 as pb
from albumen.catalog.v1 import search_service_pb2 as search_pb
from albumen.catalog.v1.edit_pb2 import (
    EDIT_KIND_ACCEPT,
    EDIT_KIND_DRAW,
    EDIT_KIND_MERGE,
    EDIT_KIND_REASSIGN,
    EDIT_KIND_REJECT,
    EDIT_KIND_SEPARATE,
    EDIT_KIND_SPLIT,
    Edit,
    EditKind,
    PersonChange,
)
from albumen.catalog.v1.face_pb2 import FACE_ORIGIN_DRAWN, Face
from albumen.catalog.v1.people_edit_service_pb2_grpc import PeopleEditServiceServicer
from albumen.catalog.v1.person_pb2 import Person
from albumen.catalog.v1.search_service_pb2_grpc import SearchServiceServicer
from albumen.types.v1.geometry_pb2 import BoundingBox
from services.common.errors import FailedPreconditionError, InvalidArgumentError, NotFoundError, Reason
from tests.clients.fake_state import PARENT, Faults, State


def _change(person: Person, before: int, after: int) -> PersonChange:
    return PersonChange(
        person=person.name,
        display_name_before=person.display_name if before else "",
        display_name_after=person.display_name if after else "",
        face_count_before=before,
        face_count_after=after,
    )


def note(state: State, kind: EditKind, faces: int, *people: PersonChange, validate_only: bool) -> Edit:
    """Return the edit, and keep it unless the call only validates."""
    edit = Edit(kind=kind, face_count=faces, person_count=len(people), people=people)
    if not validate_only:
        edit.name = f"{PARENT}/edits/{len(state.edits) + 1}"
        edit.create_time.FromSeconds(1_700_000_000)
        state.edits.append(edit)
    return edit


class FakePeopleEditService(Faults, PeopleEditServiceServicer):
    def MergePeople(self, request: pb.MergePeopleRequest, context: grpc.ServicerContext) -> pb.MergePeopleResponse:
        person = self.state.people[request.person]
        assert request.etag == person.etag
        with self.rich(context):
            if request.person in request.others:
                raise InvalidArgumentError(Reason.PEOPLE_INVALID, "A person can't be merged into itself.")
        others = [self.state.people[other] for other in request.others]
        gained = sum(other.face_count for other in others)
        changes = [
            _change(person, person.face_count, person.face_count + gained),
            *(_change(other, other.face_count, 0) for other in others),
        ]
        edit = note(self.state, EDIT_KIND_MERGE, gained, *changes, validate_only=request.validate_only)
        if not request.validate_only:
            person.face_count += gained
            for other in request.others:
                del self.state.people[other]
        return pb.MergePeopleResponse(edit=edit, person=person)

    def SplitPerson(self, request: pb.SplitPersonRequest, context: grpc.ServicerContext) -> pb.SplitPersonResponse:
        person, count = self.state.people[request.person], len(request.faces)
        new = Person(
            name=f"{PARENT}/people/new1", display_name=request.display_name, face_count=count, image_count=count
        )
        changes = _change(person, person.face_count, person.face_count - count), _change(new, 0, count)
        edit = note(self.state, EDIT_KIND_SPLIT, count, *changes, validate_only=request.validate_only)
        if not request.validate_only:
            self.state.people[new.name] = new
            for face in request.faces:
                self.state.faces[face].person = new.name
        return pb.SplitPersonResponse(edit=edit, person=new)

    def ReassignFaces(
        self, request: pb.ReassignFacesRequest, context: grpc.ServicerContext
    ) -> pb.ReassignFacesResponse:
        assert request.request_id
        self.state.reassigned.append(request)
        with self.rich(context):
            for name in request.faces:
                if name not in self.state.faces:
                    raise NotFoundError(Reason.FACE_NOT_FOUND, f"There is no face {name}.")
        target, count = None, len(request.faces)
        if request.person:
            target = self.state.people[request.person]
        elif request.HasField("new_person"):
            target = Person(name=f"{PARENT}/people/new1", display_name=request.new_person.display_name)
        changes = []
        for name in sorted({self.state.faces[face].person for face in request.faces} - {""}):
            person = self.state.people[name]
            changes.append(_change(person, person.face_count, person.face_count - 1))
        if target is not None:
            changes.append(_change(target, target.face_count, target.face_count + count))
        edit = note(self.state, EDIT_KIND_REASSIGN, count, *changes, validate_only=request.validate_only)
        if not request.validate_only:
            for face in request.faces:
                self.state.faces[face].person = "" if target is None else target.name
        return pb.ReassignFacesResponse(edit=edit, person=target)

    def SeparatePeople(
        self, request: pb.SeparatePeopleRequest, context: grpc.ServicerContext
    ) -> pb.SeparatePeopleResponse:
        with self.rich(context):
            if len(set(request.people)) < max(2, len(request.people)):
                raise InvalidArgumentError(Reason.PEOPLE_INVALID, "Name 2 to 100 people, each once.")
        pairs = {frozenset(pair) for pair in combinations(request.people, 2)}
        if pairs <= self.state.apart:
            return pb.SeparatePeopleResponse()
        if not request.validate_only:
            self.state.apart |= pairs
        people = [self.state.people[name] for name in request.people]
        changes = [_change(person, person.face_count, person.face_count) for person in people]
        edit = note(self.state, EDIT_KIND_SEPARATE, 0, *changes, validate_only=request.validate_only)
        return pb.SeparatePeopleResponse(edit=edit)

    def RejectFaces(self, request: pb.RejectFacesRequest, context: grpc.ServicerContext) -> pb.RejectFacesResponse:
        changes = []
        for name in sorted({self.state.faces[face].person for face in request.faces} - {""}):
            person = self.state.people[name]
            changes.append(_change(person, person.face_count, person.face_count - 1))
        count, dry = len(request.faces), request.validate_only
        edit = note(self.state, EDIT_KIND_REJECT, count, *changes, validate_only=dry)
        if not dry:
            self.state.rejected |= {face: self.state.faces.pop(face) for face in request.faces}
        return pb.RejectFacesResponse(edit=edit)

    def AcceptFaces(self, request: pb.AcceptFacesRequest, context: grpc.ServicerContext) -> pb.AcceptFacesResponse:
        edit = note(self.state, EDIT_KIND_ACCEPT, len(request.faces), validate_only=request.validate_only)
        if not request.validate_only:
            self.state.faces |= {face: self.state.rejected.pop(face) for face in request.faces}
        return pb.AcceptFacesResponse(edit=edit)

    def CreateFace(self, request: pb.CreateFaceRequest, context: grpc.ServicerContext) -> pb.CreateFaceResponse:
        drawing = self.state.drawing
        drawing.requests.append(request)
        with self.rich(context):
            if not request.content and not drawing.has_pixels:
                raise FailedPreconditionError(Reason.PICTURE_UNAVAILABLE, "No photo.", resource=request.image)
            if request.content and hashlib.sha256(request.content).hexdigest() != request.image.rpartition("/")[2]:
                raise InvalidArgumentError(Reason.SHA256_MISMATCH, "Other bytes.", field="content")
        face = Face(image=request.image, box=request.box, person=request.person, origin=FACE_ORIGIN_DRAWN)
        person, changes = None, []
        if request.person:
            person = self.state.people[request.person]
            changes.append(_change(person, person.face_count, person.face_count + 1))
            face.person_display_name = person.display_name
        elif request.HasField("new_person"):
            person = Person(name=f"{PARENT}/people/new1", display_name=request.new_person.display_name, face_count=1)
            changes.append(_change(person, 0, 1))
        elif not request.HasField("nobody") and drawing.looks_like:
            face.person, face.person_display_name = drawing.looks_like.name, drawing.looks_like.display_name
        if drawing.has_pixels:
            face.landmarks.nose.x = 1
        edit = note(self.state, EDIT_KIND_DRAW, 1, *changes, validate_only=request.validate_only)
        if not request.validate_only:
            face.name = f"{PARENT}/faces/{100 + len(drawing.requests)}"
            self.state.faces[face.name] = face
            self.state.images[request.image].faces.append(face)
        return pb.CreateFaceResponse(edit=edit, face=face, person=person)

    def SuggestMerges(
        self, request: pb.SuggestMergesRequest, context: grpc.ServicerContext
    ) -> pb.SuggestMergesResponse:
        return pb.SuggestMergesResponse(suggestions=self.state.suggestions[: request.page_size])

    def ListEdits(self, request: pb.ListEditsRequest, context: grpc.ServicerContext) -> pb.ListEditsResponse:
        found, token = self.page(self.state.edits[::-1], request.page_token)
        return pb.ListEditsResponse(edits=found, next_page_token=token)

    def UndoEdit(self, request: pb.UndoEditRequest, context: grpc.ServicerContext) -> pb.UndoEditResponse:
        (edit,) = [edit for edit in self.state.edits if edit.name == request.name]
        with self.rich(context):
            if edit.undone:
                raise FailedPreconditionError(Reason.EDIT_UNDONE, "The edit is undone already.")
        edit.undone = not request.validate_only
        return pb.UndoEditResponse(edit=edit)


class FakeSearchService(Faults, SearchServiceServicer):
    def SearchFaces(
        self, request: search_pb.SearchFacesRequest, context: grpc.ServicerContext
    ) -> search_pb.SearchFacesResponse:
        self.state.searched.append(request)
        return search_pb.SearchFacesResponse(results=self.state.matching_faces)

    def SearchPeople(
        self, request: search_pb.SearchPeopleRequest, context: grpc.ServicerContext
    ) -> search_pb.SearchPeopleResponse:
        self.state.searched.append(request)
        return search_pb.SearchPeopleResponse(results=self.state.found_people)

    def VerifyFaces(
        self, request: search_pb.VerifyFacesRequest, context: grpc.ServicerContext
    ) -> search_pb.VerifyFacesResponse:
        self.require_whole("VerifyFaces", context)
        sides = []
        self.state.compared.append(request)
        for side in (request.first, request.second):
            if side.content:
                sides.append(Face(box=BoundingBox(left=1, top=2, width=3, height=4)))
                continue
            faces = [face for face in self.state.faces.values() if face.image == side.image]
            with self.rich(context):
                if not faces:
                    raise FailedPreconditionError(Reason.NO_FACE, "The image has no face.", resource=side.image)
            sides.append(faces[0])
        answer = search_pb.VerifyFacesResponse(first=sides[0], second=sides[1])
        answer.MergeFrom(self.state.verified)
        return answer
