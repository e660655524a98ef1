"""A catalog without a core: it keeps what it is told in dicts, and fails when it is told to."""

# ruff: noqa: N802, ARG002

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.longrunning.operations_pb2 import Operation
from google.longrunning.operations_pb2_grpc import add_OperationsServicer_to_server

from albumen.catalog.v1 import library_service_pb2 as libraries_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.album_service_pb2_grpc import add_AlbumServiceServicer_to_server
from albumen.catalog.v1.backup_service_pb2_grpc import add_BackupServiceServicer_to_server
from albumen.catalog.v1.edit_pb2 import EDIT_KIND_UPDATE, PersonChange
from albumen.catalog.v1.event_service_pb2_grpc import add_EventServiceServicer_to_server
from albumen.catalog.v1.folder_service_pb2_grpc import add_FolderServiceServicer_to_server
from albumen.catalog.v1.image_service_pb2_grpc import add_ImageServiceServicer_to_server
from albumen.catalog.v1.library_pb2 import Library
from albumen.catalog.v1.library_service_pb2_grpc import (
    LibraryServiceServicer,
    add_LibraryServiceServicer_to_server,
)
from albumen.catalog.v1.operation_pb2 import OperationMetadata
from albumen.catalog.v1.people_edit_service_pb2_grpc import add_PeopleEditServiceServicer_to_server
from albumen.catalog.v1.people_service_pb2_grpc import (
    PeopleServiceServicer,
    add_PeopleServiceServicer_to_server,
)
from albumen.catalog.v1.person_pb2 import Person
from albumen.catalog.v1.picture_service_pb2_grpc import add_PictureServiceServicer_to_server
from albumen.catalog.v1.search_service_pb2_grpc import add_SearchServiceServicer_to_server
from albumen.catalog.v1.summary_service_pb2_grpc import add_SummaryServiceServicer_to_server
from services.common.errors import (
    AbortedError,
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
)
from services.common.limits import MAX_DISPLAY_NAME_CHARS, MAX_IMAGE_BYTES, MEBIBYTE
from services.common.wire.status import to_status
from tests.clients.fake_albums import FakeAlbumService
from tests.clients.fake_backups import FakeBackupService
from tests.clients.fake_events import FakeEventService
from tests.clients.fake_folders import FakeFolderService
from tests.clients.fake_images import FakeImageService, masked
from tests.clients.fake_operations import FakeOperationsService
from tests.clients.fake_people_edits import FakePeopleEditService, FakeSearchService, note
from tests.clients.fake_pictures import FakePictureService
from tests.clients.fake_state import PARENT, Faults, State
from tests.clients.fake_summaries import FakeSummaryService


class FakeLibraryService(Faults, LibraryServiceServicer):
    def GetLibrary(
        self, request: libraries_pb.GetLibraryRequest, context: grpc.ServicerContext
    ) -> libraries_pb.GetLibraryResponse:
        return libraries_pb.GetLibraryResponse(library=self._library(request.name, context))

    def ListLibraries(
        self, request: libraries_pb.ListLibrariesRequest, context: grpc.ServicerContext
    ) -> libraries_pb.ListLibrariesResponse:
        names = sorted({PARENT, *self.state.libraries})
        found, token = self.page([self._library(name, context) for name in names], request.page_token)
        return libraries_pb.ListLibrariesResponse(libraries=found, next_page_token=token)

    def CreateLibrary(
        self, request: libraries_pb.CreateLibraryRequest, context: grpc.ServicerContext
    ) -> libraries_pb.CreateLibraryResponse:
        name = f"libraries/{request.library_id}"
        with self.rich(context):
            if name in {PARENT, *self.state.libraries}:
                raise AlreadyExistsError(Reason.LIBRARY_EXISTS, f"There is a library {name}.")
        made = Library(name=name, display_name=request.library.display_name, etag="1")
        self.state.libraries[name] = made
        return libraries_pb.CreateLibraryResponse(library=made)

    def DeleteLibrary(
        self, request: libraries_pb.DeleteLibraryRequest, context: grpc.ServicerContext
    ) -> libraries_pb.DeleteLibraryResponse:
        found = self._library(request.name, context)
        with self.rich(context):
            if request.etag and request.etag != found.etag:
                raise AbortedError(Reason.ETAG_MISMATCH, "The library has changed since it was read.")
            if found.image_count and not request.force:
                raise FailedPreconditionError(Reason.LIBRARY_NOT_EMPTY, "The library is not empty.")
        if not request.validate_only:
            del self.state.libraries[request.name]
        return libraries_pb.DeleteLibraryResponse(library=found)

    def _library(self, name: str, context: grpc.ServicerContext) -> Library:
        with self.rich(context):
            if name not in {PARENT, *self.state.libraries}:
                raise NotFoundError(Reason.LIBRARY_NOT_FOUND, f"There is no library {name}.")
        if name != PARENT:
            return self.state.libraries[name]
        return Library(
            name=PARENT,
            image_count=len(self.state.images),
            face_count=len(self.state.faces),
            person_count=len(self.state.people),
            ungrouped_face_count=len(self.state.faces) - sum(one.face_count for one in self.state.people.values()),
        )

    def UpdateLibrary(
        self, request: libraries_pb.UpdateLibraryRequest, context: grpc.ServicerContext
    ) -> libraries_pb.UpdateLibraryResponse:
        self.state.library_updates.append(request)
        return libraries_pb.UpdateLibraryResponse(library=request.library)

    def CompactLibrary(
        self, request: libraries_pb.CompactLibraryRequest, context: grpc.ServicerContext
    ) -> Iterator[libraries_pb.CompactLibraryResponse]:
        with self.rich(context):
            if request.name != PARENT:
                raise NotFoundError(Reason.LIBRARY_NOT_FOUND, f"There is no library {request.name}.")
        yield libraries_pb.CompactLibraryResponse(done_count=1, total_count=2)
        yield libraries_pb.CompactLibraryResponse(done_count=2, total_count=2, freed_bytes=self.state.freed_bytes)

    def StartReclustering(
        self, request: libraries_pb.StartReclusteringRequest, context: grpc.ServicerContext
    ) -> Operation:
        self.state.operation_calls.append(request)
        return Operation(name=f"{request.name}/operations/reclustering-1")

    def StartCompaction(self, request: libraries_pb.StartCompactionRequest, context: grpc.ServicerContext) -> Operation:
        self.state.operation_calls.append(request)
        return Operation(name=f"{request.name}/operations/compaction-1")


class FakePeopleService(Faults, PeopleServiceServicer):
    def ListPeople(
        self, request: people_pb.ListPeopleRequest, context: grpc.ServicerContext
    ) -> people_pb.ListPeopleResponse:
        self.require_whole("ListPeople", context)
        everybody = [person for person in self.state.people.values() if request.show_hidden or not person.hidden]
        with self.rich(context):
            if " " in request.parent:
                raise InvalidArgumentError(Reason.RESOURCE_NAME_INVALID, "That is no name of a library.")
            if request.parent != PARENT:
                raise NotFoundError(Reason.LIBRARY_NOT_FOUND, f"There is no library {request.parent}.")
        found, token = self.page(everybody, request.page_token)
        return people_pb.ListPeopleResponse(people=found, next_page_token=token)

    def UpdatePerson(
        self, request: people_pb.UpdatePersonRequest, context: grpc.ServicerContext
    ) -> people_pb.UpdatePersonResponse:
        with self.rich(context):
            person = self.state.people[request.person.name]
            if len(request.person.display_name) > MAX_DISPLAY_NAME_CHARS:
                raise InvalidArgumentError(Reason.DISPLAY_NAME_TOO_LONG, "The name is too long.")
            self.state.on_update(person)
            if request.person.etag and request.person.etag != person.etag:
                raise AbortedError(Reason.ETAG_MISMATCH, "The person has changed since it was read.")
            changed = Person()
            changed.CopyFrom(person)
            for field in request.update_mask.paths:
                changed.ClearField(field)
            changed.MergeFrom(masked(request.person, request.update_mask.paths))
        if changed == person:
            return people_pb.UpdatePersonResponse(person=person)
        change = PersonChange(
            person=person.name,
            display_name_before=person.display_name,
            display_name_after=changed.display_name,
            face_count_before=person.face_count,
            face_count_after=person.face_count,
            hidden_before=person.hidden,
            hidden_after=changed.hidden,
            favorite_before=person.favorite,
            favorite_after=changed.favorite,
            birth_date_before=person.birth_date if person.HasField("birth_date") else None,
            birth_date_after=changed.birth_date if changed.HasField("birth_date") else None,
            cover_face_before=person.cover_face,
            cover_face_after=changed.cover_face,
        )
        edit = note(self.state, EDIT_KIND_UPDATE, 0, change, validate_only=request.validate_only)
        if not request.validate_only:
            person.CopyFrom(changed)
        return people_pb.UpdatePersonResponse(edit=edit, person=changed)

    def GetFace(self, request: people_pb.GetFaceRequest, context: grpc.ServicerContext) -> people_pb.GetFaceResponse:
        return people_pb.GetFaceResponse(face=self.state.faces[request.name])

    def BatchGetFaces(
        self, request: people_pb.BatchGetFacesRequest, context: grpc.ServicerContext
    ) -> people_pb.BatchGetFacesResponse:
        results = []
        for name in request.names:
            error = to_status(NotFoundError(Reason.FACE_NOT_FOUND, f"There is no face {name}."))
            face = self.state.faces.get(name)
            results.append(people_pb.FaceResult(face=face, error=error if face is None else None))
        return people_pb.BatchGetFacesResponse(results=results)

    def BatchGetPeople(
        self, request: people_pb.BatchGetPeopleRequest, context: grpc.ServicerContext
    ) -> people_pb.BatchGetPeopleResponse:
        results = []
        for name in request.names:
            error = to_status(NotFoundError(Reason.PERSON_NOT_FOUND, f"There is no person {name}."))
            person = self.state.people.get(name)
            results.append(people_pb.PersonResult(person=person, error=error if person is None else None))
        return people_pb.BatchGetPeopleResponse(results=results)

    def ListFaces(
        self, request: people_pb.ListFacesRequest, context: grpc.ServicerContext
    ) -> people_pb.ListFacesResponse:
        wanted = request.filter
        matching = [
            face
            for face in (self.state.rejected if wanted.rejected else self.state.faces).values()
            if (not wanted.person or face.person == wanted.person)
            and (not wanted.image or face.image == wanted.image)
            and not (wanted.ungrouped and face.person)
        ]
        found, token = self.page(matching, request.page_token)
        sent = [masked(face, request.read_mask.paths) for face in found]
        return people_pb.ListFacesResponse(faces=sent, next_page_token=token)


class FakeCatalog:
    """The fake behind a real server, by default on a free port."""

    def __init__(self, *, max_image_bytes: int = MAX_IMAGE_BYTES, address: str = "127.0.0.1:0") -> None:
        self.state = State()
        # As the real one: what is a little too large is refused by name, what is far too large by the transport.
        limit = ("grpc.max_receive_message_length", 2 * max_image_bytes + MEBIBYTE)
        self._server = grpc.server(ThreadPoolExecutor(8), options=[limit])
        add_LibraryServiceServicer_to_server(FakeLibraryService(self.state), self._server)  # type: ignore[abstract]
        add_ImageServiceServicer_to_server(FakeImageService(self.state), self._server)  # type: ignore[abstract]
        add_PeopleServiceServicer_to_server(FakePeopleService(self.state), self._server)  # type: ignore[abstract]
        add_PeopleEditServiceServicer_to_server(FakePeopleEditService(self.state), self._server)  # type: ignore[abstract]
        add_BackupServiceServicer_to_server(FakeBackupService(self.state), self._server)
        add_EventServiceServicer_to_server(FakeEventService(self.state), self._server)
        add_PictureServiceServicer_to_server(FakePictureService(self.state), self._server)
        add_OperationsServicer_to_server(FakeOperationsService(self.state), self._server)
        add_SearchServiceServicer_to_server(FakeSearchService(self.state), self._server)
        add_AlbumServiceServicer_to_server(FakeAlbumService(self.state), self._server)  # type: ignore[abstract]
        add_FolderServiceServicer_to_server(FakeFolderService(self.state), self._server)
        add_SummaryServiceServicer_to_server(FakeSummaryService(self.state), self._server)
        self.target = f"127.0.0.1:{self._server.add_insecure_port(address)}"
        self._server.start()

    def add_operation(self, identifier: str, *seen: OperationMetadata, **end: Any) -> Operation:
        """Add an operation that is as `seen` says, one look after the other, and then as `end` says."""
        name = f"{PARENT}/operations/{identifier}"
        told = []
        for number, metadata in enumerate(seen):
            is_last = number == len(seen) - 1
            operation = Operation(name=name, done=is_last and bool(end), **(end if is_last else {}))
            operation.metadata.Pack(metadata)
            told.append(operation)
        self.state.operations[name] = told
        return told[-1]

    def add_person(self, identifier: str, display_name: str = "", *, hidden: bool = False, faces: int = 2) -> Person:
        name = f"{PARENT}/people/{identifier}"
        person = Person(
            name=name, display_name=display_name, hidden=hidden, face_count=faces, image_count=faces, etag="1"
        )
        self.state.people[name] = person
        return person

    def stop(self) -> None:
        """Go away, in the middle of a call too, which must not wait for its own end."""
        self._server.stop(None)

    def close(self) -> None:
        self._server.stop(None).wait()
