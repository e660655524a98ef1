"""The connection to a catalog: its services, and lists without their pages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

import grpc

from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.album_service_pb2 import ListAlbumsRequest
from albumen.catalog.v1.album_service_pb2_grpc import AlbumServiceStub
from albumen.catalog.v1.edit_pb2 import Edit
from albumen.catalog.v1.event_service_pb2 import (
    ListEventsRequest,
    ListEventsResponse,
    WatchLibraryRequest,
    WatchLibraryResponse,
)
from albumen.catalog.v1.event_service_pb2_grpc import EventServiceStub
from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceStub
from albumen.catalog.v1.library_pb2 import Library
from albumen.catalog.v1.library_service_pb2 import (
    CompactLibraryRequest,
    CompactLibraryResponse,
    CreateLibraryRequest,
    DeleteLibraryRequest,
    GetLibraryRequest,
    ListLibrariesRequest,
    ReclusterLibraryRequest,
    ReclusterLibraryResponse,
    UpdateLibraryRequest,
)
from albumen.catalog.v1.library_service_pb2_grpc import LibraryServiceStub
from albumen.catalog.v1.people_edit_service_pb2 import ListEditsRequest
from albumen.catalog.v1.people_edit_service_pb2_grpc import PeopleEditServiceStub
from albumen.catalog.v1.people_service_pb2 import (
    BatchGetFacesRequest,
    BatchGetPeopleRequest,
    FaceFilter,
    FaceResult,
    GetFaceRequest,
    ListFacesRequest,
    ListPeopleRequest,
    PersonResult,
    UpdatePersonRequest,
    UpdatePersonResponse,
)
from albumen.catalog.v1.people_service_pb2_grpc import PeopleServiceStub
from albumen.catalog.v1.person_pb2 import Person
from albumen.catalog.v1.picture_service_pb2_grpc import PictureServiceStub
from albumen.catalog.v1.search_service_pb2_grpc import SearchServiceStub
from albumen.catalog.v1.summary_service_pb2_grpc import SummaryServiceStub
from clients.cli.address import require_target
from clients.cli.backup_calls import BackupCalls
from clients.cli.failure import from_call
from clients.cli.folder_calls import FolderCalls
from clients.cli.image_calls import ImageCalls
from clients.cli.library_name import library_id, require_library
from clients.cli.operation_calls import OperationCalls
from clients.cli.paging import CALL_SECONDS, mask, pages
from clients.cli.reach import require_reached
from services.common.wire.channel import channel_options

# The most that a catalog can be configured to take.
MAX_FILE_BYTES: Final = 1024**3

DEFAULT_TARGET: Final = "localhost:50053"
_LIBRARIES_PER_PAGE: Final = 1000
# Calls in progress are waited for.
_ERASE_SECONDS: Final = 300.0
_PEOPLE_PER_PAGE: Final = 1000
_PEOPLE_PER_BATCH: Final = 500
_FACES_PER_PAGE: Final = 250
_EVENTS_PER_PAGE: Final = 1000
_EDITS_PER_PAGE: Final = 100
_ALBUMS_PER_PAGE: Final = 250
_OPTIONS: Final = [
    # How large an image may be is the catalog's to say.
    *channel_options(max_image_bytes=MAX_FILE_BYTES),
    # A catalog that can't serve says why; health checking would say only that it can't be reached.
    ("grpc.inhibit_health_checking", 1),
]


@dataclass(frozen=True, slots=True)
class Session:
    """What the options of the root command say.

    Attributes:
        target: gRPC target of the catalog, for example ``localhost:50053``.
        library: id of the library to work in, or its resource name.

    """

    target: str
    library: str

    def in_library(self, library: str) -> "Session":
        """Return the same in another library."""
        return replace(self, library=library)


class Catalog(ImageCalls):
    """A library of a catalog, seen through a channel. Calls raise `grpc.RpcError`."""

    def __init__(self, session: Session) -> None:
        self.target = session.target
        self._channel = grpc.insecure_channel(session.target, options=_OPTIONS)
        super().__init__(ImageServiceStub(self._channel), f"libraries/{library_id(session.library)}")
        self.edits = PeopleEditServiceStub(self._channel)
        self.pictures = PictureServiceStub(self._channel)
        self.search = SearchServiceStub(self._channel)
        self.albums = AlbumServiceStub(self._channel)
        self.summaries = SummaryServiceStub(self._channel)
        self._people = PeopleServiceStub(self._channel)
        self._libraries = LibraryServiceStub(self._channel)
        self._events = EventServiceStub(self._channel)
        self.operations = OperationCalls(self._channel, self.parent)
        self.backups = BackupCalls(self._channel, self.parent)
        self.folders = FolderCalls(self._channel, self.parent)

    def close(self) -> None:
        """Close the channel; calls under way are cancelled."""
        self._channel.close()

    def library(self) -> Library:
        """Return the library with its counts."""
        return self._libraries.GetLibrary(GetLibraryRequest(name=self.parent), timeout=CALL_SECONDS).library

    def list_libraries(self) -> Iterator[Library]:
        """Yield all libraries of the catalog by id, those that can't be opened too."""
        request = ListLibrariesRequest(page_size=_LIBRARIES_PER_PAGE)
        for page in pages(self._libraries.ListLibraries, request):
            yield from page.libraries

    def create_library(self, display_name: str) -> Library:
        """Make the library, which is not there yet."""
        request = CreateLibraryRequest(library_id=library_id(self.parent), library=Library(display_name=display_name))
        return self._libraries.CreateLibrary(request, timeout=CALL_SECONDS).library

    def delete_library(self, *, etag: str = "", dry_run: bool = False) -> Library:
        """Erase the library, if `etag` is set only while this is its etag; return it as it was."""
        request = DeleteLibraryRequest(name=self.parent, force=True, etag=etag, validate_only=dry_run)
        return self._libraries.DeleteLibrary(request, timeout=_ERASE_SECONDS).library

    def update_library(self, library: Library, *fields: str) -> Library:
        """Change `fields` of the library, and return it."""
        request = UpdateLibraryRequest(library=library, update_mask=mask(fields))
        request.library.name = self.parent
        return self._libraries.UpdateLibrary(request, timeout=CALL_SECONDS).library

    def recluster(self, eps: float | None) -> Iterator[ReclusterLibraryResponse]:
        """Let the catalog think again about everybody, by a new `eps` if there is one, and yield how far it is."""
        yield from self._libraries.ReclusterLibrary(ReclusterLibraryRequest(name=self.parent, eps=eps))

    def compact(self) -> Iterator[CompactLibraryResponse]:
        """Let the catalog write the library's file anew, and yield how far it is."""
        yield from self._libraries.CompactLibrary(CompactLibraryRequest(name=self.parent))

    def watch(self, resume_token: str) -> Iterator[WatchLibraryResponse]:
        """Yield what happens in the library, after a token or from now on, for as long as the caller wishes."""
        yield from self._events.WatchLibrary(WatchLibraryRequest(name=self.parent, resume_token=resume_token))

    def list_people(self) -> list[Person]:
        """Return everybody, hidden people too, those with most faces first."""
        people: dict[str, Person] = {}
        request = ListPeopleRequest(parent=self.parent, page_size=_PEOPLE_PER_PAGE, show_hidden=True)
        for page in pages(self._people.ListPeople, request):
            # A person whose number of faces changes between two pages may come twice.
            people.update((person.name, person) for person in page.people)
        return list(people.values())

    def list_faces(self, *fields: str, face_filter: FaceFilter, page_size: int = _FACES_PER_PAGE) -> Iterator[Face]:
        """Yield `fields` of the faces that meet `face_filter`, the first indexed first."""
        request = ListFacesRequest(parent=self.parent, page_size=page_size, filter=face_filter, read_mask=mask(fields))
        for page in pages(self._people.ListFaces, request):
            yield from page.faces

    def list_edits(self, *, page_size: int = _EDITS_PER_PAGE) -> Iterator[Edit]:
        """Yield what users corrected, the newest first."""
        request = ListEditsRequest(parent=self.parent, page_size=page_size)
        for page in pages(self.edits.ListEdits, request):
            yield from page.edits

    def list_albums(self) -> Iterator[Album]:
        """Yield the albums by name."""
        request = ListAlbumsRequest(parent=self.parent, page_size=_ALBUMS_PER_PAGE)
        for page in pages(self.albums.ListAlbums, request):
            yield from page.albums

    def events(self, resume_token: str, limit: int) -> Iterator[ListEventsResponse]:
        """Yield what happened in the library after a token, or all that is kept, up to `limit` events, in pages."""
        request = ListEventsRequest(parent=self.parent, resume_token=resume_token)
        while limit:
            request.page_size = min(limit, _EVENTS_PER_PAGE)
            page = self._events.ListEvents(request, timeout=CALL_SECONDS)
            yield page
            limit -= len(page.events)
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def faces(self, names: Sequence[str]) -> Iterator[FaceResult]:
        """Yield what became of each of these names: the face, or why there is none."""
        for start in range(0, len(names), _FACES_PER_PAGE):
            request = BatchGetFacesRequest(parent=self.parent, names=names[start : start + _FACES_PER_PAGE])
            yield from self._people.BatchGetFaces(request, timeout=CALL_SECONDS).results

    def people(self, names: Sequence[str]) -> Iterator[PersonResult]:
        """Yield what became of each of these names: the person, or why there is none."""
        for start in range(0, len(names), _PEOPLE_PER_BATCH):
            request = BatchGetPeopleRequest(parent=self.parent, names=names[start : start + _PEOPLE_PER_BATCH])
            yield from self._people.BatchGetPeople(request, timeout=CALL_SECONDS).results

    def face(self, name: str) -> Face:
        """Return the face with the resource name `name`."""
        return self._people.GetFace(GetFaceRequest(name=name), timeout=CALL_SECONDS).face

    def update_person(self, person: Person, *fields: str, dry_run: bool = False) -> UpdatePersonResponse:
        """Change `fields` of a person to what `person` says, unless somebody else changed the person meanwhile."""
        request = UpdatePersonRequest(person=person, update_mask=mask(fields), validate_only=dry_run)
        return self._people.UpdatePerson(request, timeout=CALL_SECONDS)


@contextmanager
def connect(session: Session) -> Iterator[Catalog]:
    """Open the catalog of `session`.

    Raises:
        CommandError: for any call inside that failed, or a target or library that can't be one.

    """
    require_target(session.target)
    require_library(session.library)
    catalog = Catalog(session)
    try:
        require_reached(session.target)
        yield catalog
    except grpc.RpcError as error:
        raise from_call(error, session.target) from error
    finally:
        catalog.close()
