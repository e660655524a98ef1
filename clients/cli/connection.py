"""The connection to a catalog: its services, and lists without their pages."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar

import grpc
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1.edit_pb2 import Edit
from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.image_pb2 import Image, LabelCount, Source
from albumen.catalog.v1.image_service_pb2 import (
    ForgetSourcesRequest,
    GetImageRequest,
    ImageFilter,
    ImageHeader,
    IndexImageRequest,
    ListImagesRequest,
    ListLabelsRequest,
    ListSourcesRequest,
)
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
)
from albumen.catalog.v1.library_service_pb2_grpc import LibraryServiceStub
from albumen.catalog.v1.people_edit_service_pb2 import ListEditsRequest
from albumen.catalog.v1.people_edit_service_pb2_grpc import PeopleEditServiceStub
from albumen.catalog.v1.people_service_pb2 import (
    FaceFilter,
    ListFacesRequest,
    ListPeopleRequest,
    UpdatePersonRequest,
    UpdatePersonResponse,
)
from albumen.catalog.v1.people_service_pb2_grpc import PeopleServiceStub
from albumen.catalog.v1.person_pb2 import Person
from albumen.catalog.v1.search_service_pb2_grpc import SearchServiceStub
from clients.cli.address import require_target
from clients.cli.failure import from_call
from clients.cli.library_name import library_id, require_library
from clients.cli.reach import require_reached
from services.common.errors import Reason
from services.common.limits import MAX_SOURCE_URI_CHARS
from services.common.wire.channel import channel_options
from services.common.wire.status import from_rpc_error

# The most that a catalog can be configured to take.
MAX_FILE_BYTES: Final = 1024**3

DEFAULT_TARGET: Final = "localhost:50053"
CALL_SECONDS: Final = 30.0

_LIBRARIES_PER_PAGE: Final = 1000
_IMAGES_PER_PAGE: Final = 500
_LABELS_PER_PAGE: Final = 1000
_SOURCES_PER_PAGE: Final = 1000
# Whoever is left without faces goes too, which may move many people.
_FORGET_SECONDS: Final = 300.0
# Calls in progress are waited for.
_ERASE_SECONDS: Final = 300.0
_PEOPLE_PER_PAGE: Final = 1000
_FACES_PER_PAGE: Final = 250
_EDITS_PER_PAGE: Final = 100
_OPTIONS: Final = [
    # How large an image may be is the catalog's to say.
    *channel_options(max_image_bytes=MAX_FILE_BYTES),
    # A catalog that can't serve says why; health checking would say only that it can't be reached.
    ("grpc.inhibit_health_checking", 1),
]


class _ListRequest(Protocol):
    page_token: str


class _AnyPage(Protocol):
    next_page_token: str


_Page = TypeVar("_Page", bound=_AnyPage)


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


class Catalog:
    """A library of a catalog, seen through a channel. Calls raise `grpc.RpcError`."""

    def __init__(self, session: Session) -> None:
        self.target = session.target
        self.parent = f"libraries/{library_id(session.library)}"
        self._channel = grpc.insecure_channel(session.target, options=_OPTIONS)
        self.images = ImageServiceStub(self._channel)
        self.edits = PeopleEditServiceStub(self._channel)
        self.search = SearchServiceStub(self._channel)
        self._people = PeopleServiceStub(self._channel)
        self._libraries = LibraryServiceStub(self._channel)

    def close(self) -> None:
        """Close the channel; calls under way are cancelled."""
        self._channel.close()

    def library(self) -> Library:
        """Return the library with its counts."""
        return self._libraries.GetLibrary(GetLibraryRequest(name=self.parent), timeout=CALL_SECONDS).library

    def list_libraries(self) -> Iterator[Library]:
        """Yield all libraries of the catalog by id, those that can't be opened too."""
        request = ListLibrariesRequest(page_size=_LIBRARIES_PER_PAGE)
        for page in _pages(self._libraries.ListLibraries, request):
            yield from page.libraries

    def create_library(self, display_name: str) -> Library:
        """Make the library, which is not there yet."""
        request = CreateLibraryRequest(library_id=library_id(self.parent), library=Library(display_name=display_name))
        return self._libraries.CreateLibrary(request, timeout=CALL_SECONDS).library

    def delete_library(self, *, etag: str = "", dry_run: bool = False) -> Library:
        """Erase the library, if `etag` is set only while this is its etag; return it as it was."""
        request = DeleteLibraryRequest(name=self.parent, force=True, etag=etag, validate_only=dry_run)
        return self._libraries.DeleteLibrary(request, timeout=_ERASE_SECONDS).library

    def recluster(self, eps: float | None) -> Iterator[ReclusterLibraryResponse]:
        """Let the catalog think again about everybody, by a new `eps` if there is one, and yield how far it is."""
        yield from self._libraries.ReclusterLibrary(ReclusterLibraryRequest(name=self.parent, eps=eps))

    def compact(self) -> Iterator[CompactLibraryResponse]:
        """Let the catalog write the library's file anew, and yield how far it is."""
        yield from self._libraries.CompactLibrary(CompactLibraryRequest(name=self.parent))

    def image(self, name: str, *fields: str) -> Image:
        """Return the image with the resource name `name`, or only `fields` of it."""
        request = GetImageRequest(name=name, read_mask=_mask(fields))
        return self.images.GetImage(request, timeout=CALL_SECONDS).image

    def has_image(self, sha256: str) -> bool:
        """Return whether the library holds an image of these bytes."""
        try:
            self.image(f"{self.parent}/images/{sha256}", "name")
        except grpc.RpcError as error:
            if from_rpc_error(error).reason is not Reason.IMAGE_NOT_FOUND:
                raise
            return False
        return True

    def list_images(
        self, *fields: str, image_filter: ImageFilter | None = None, page_size: int = _IMAGES_PER_PAGE
    ) -> Iterator[Image]:
        """Yield the images that meet `image_filter`, first indexed first; all fields, or only `fields`."""
        request = ListImagesRequest(
            parent=self.parent, page_size=page_size, filter=image_filter, read_mask=_mask(fields)
        )
        for page in _pages(self.images.ListImages, request):
            yield from page.images

    def list_labels(self) -> Iterator[LabelCount]:
        """Yield the labels of the objects in the images, by name."""
        request = ListLabelsRequest(parent=self.parent, page_size=_LABELS_PER_PAGE)
        for page in _pages(self.images.ListLabels, request):
            yield from page.labels

    def list_sources(self, uri_prefix: str = "", *, page_size: int = _SOURCES_PER_PAGE) -> Iterator[Source]:
        """Yield the places that images were indexed from whose URIs begin with `uri_prefix`, in the order of URIs."""
        if len(uri_prefix) > MAX_SOURCE_URI_CHARS:
            return  # No place can begin so.
        request = ListSourcesRequest(parent=self.parent, page_size=page_size, uri_prefix=uri_prefix)
        for page in _pages(self.images.ListSources, request):
            yield from page.sources

    def source(self, uri: str) -> Source | None:
        """Return the place `uri`, or None if no image was indexed from it."""
        # Of all URIs that begin so, the shortest is the first.
        first = next(self.list_sources(uri, page_size=1), None)
        return first if first is not None and first.uri == uri else None

    def add_place(self, image: str, uri: str) -> None:
        """Say that an image is at `uri` too; nothing happens if the catalog does not know the image any more."""
        header = ImageHeader(parent=self.parent, source_uri=uri, sha256=image.rpartition("/")[2])
        try:
            self.images.IndexImage(iter([IndexImageRequest(header=header)]), timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            if from_rpc_error(error).reason is not Reason.IMAGE_EMPTY:
                raise

    def forget_sources(self, uris: Sequence[str], *, dry_run: bool = False) -> tuple[int, int]:
        """Forget the places `uris`, with the images that have no other; return how many places and images went."""
        places, images = 0, 0
        for start in range(0, len(uris), _SOURCES_PER_PAGE):
            batch = uris[start : start + _SOURCES_PER_PAGE]
            request = ForgetSourcesRequest(parent=self.parent, uris=batch, validate_only=dry_run)
            forgotten = self.images.ForgetSources(request, timeout=_FORGET_SECONDS)
            places += forgotten.forgotten_count
            images += len(forgotten.deleted_images)
        return places, images

    def list_people(self) -> list[Person]:
        """Return everybody, hidden people too, those with most faces first."""
        people: dict[str, Person] = {}
        request = ListPeopleRequest(parent=self.parent, page_size=_PEOPLE_PER_PAGE, show_hidden=True)
        for page in _pages(self._people.ListPeople, request):
            # A person whose number of faces changes between two pages may come twice.
            people.update((person.name, person) for person in page.people)
        return list(people.values())

    def list_faces(self, *fields: str, face_filter: FaceFilter, page_size: int = _FACES_PER_PAGE) -> Iterator[Face]:
        """Yield `fields` of the faces that meet `face_filter`, the first indexed first."""
        request = ListFacesRequest(parent=self.parent, page_size=page_size, filter=face_filter, read_mask=_mask(fields))
        for page in _pages(self._people.ListFaces, request):
            yield from page.faces

    def list_edits(self, *, page_size: int = _EDITS_PER_PAGE) -> Iterator[Edit]:
        """Yield what users corrected, the newest first."""
        request = ListEditsRequest(parent=self.parent, page_size=page_size)
        for page in _pages(self.edits.ListEdits, request):
            yield from page.edits

    def update_person(self, person: Person, *fields: str, dry_run: bool = False) -> UpdatePersonResponse:
        """Change `fields` of a person to what `person` says, unless somebody else changed the person meanwhile."""
        request = UpdatePersonRequest(person=person, update_mask=_mask(fields), validate_only=dry_run)
        return self._people.UpdatePerson(request, timeout=CALL_SECONDS)


def _pages(call: Callable[..., _Page], request: _ListRequest) -> Iterator[_Page]:
    """Yield the pages of a list from the one that `request` asks for."""
    while True:
        page = call(request, timeout=CALL_SECONDS)
        yield page
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


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


def _mask(fields: tuple[str, ...]) -> FieldMask | None:
    return FieldMask(paths=fields) if fields else None
