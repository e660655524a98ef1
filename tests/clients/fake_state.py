"""What the fake catalog holds, and how it fails."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from grpc_status import rpc_status

from albumen.catalog.v1.folder_pb2 import FolderSyncCounts
from albumen.catalog.v1.search_service_pb2 import VerifyFacesResponse
from albumen.catalog.v1.summary_service_pb2 import SummarizeImagesResponse
from services.common.errors import AlbumenError
from services.common.wire.status import NEVER, PUSHBACK_KEY, to_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import grpc
    from google.longrunning.operations_pb2 import Operation
    from google.protobuf.message import Message

    from albumen.catalog.v1.album_pb2 import Album
    from albumen.catalog.v1.backup_pb2 import Backup
    from albumen.catalog.v1.edit_pb2 import Edit
    from albumen.catalog.v1.event_service_pb2 import WatchLibraryResponse
    from albumen.catalog.v1.face_pb2 import Face
    from albumen.catalog.v1.folder_pb2 import Folder, FolderSyncFailure
    from albumen.catalog.v1.image_pb2 import Image, Source
    from albumen.catalog.v1.image_service_pb2 import ListImagesRequest
    from albumen.catalog.v1.library_pb2 import Library
    from albumen.catalog.v1.library_service_pb2 import UpdateLibraryRequest
    from albumen.catalog.v1.people_edit_service_pb2 import MergeSuggestion
    from albumen.catalog.v1.person_pb2 import Person
    from albumen.catalog.v1.picture_service_pb2 import GetImageContentRequest, GetThumbnailRequest
    from albumen.catalog.v1.search_service_pb2 import (
        FaceMatches,
        PersonMatches,
        SearchFacesRequest,
        SearchPeopleRequest,
    )
    from albumen.catalog.v1.summary_service_pb2 import TimelineBucket
    from albumen.types.v1.detection_pb2 import ObjectDetection
    from services.common.errors import Reason

PARENT = "libraries/default"


class State:
    """What the fake holds, and what it saw of its callers."""

    def __init__(self) -> None:
        # Held by whoever changes images or looks through them: the server has several threads.
        self.lock = threading.RLock()
        # Other libraries than the one that all else is about.
        self.libraries: dict[str, Library] = {}
        self.images: dict[str, Image] = {}
        self.sources: dict[str, Source] = {}
        self.faces: dict[str, Face] = {}
        self.rejected: dict[str, Face] = {}
        # What is told of any two faces.
        self.verified = VerifyFacesResponse()
        self.people: dict[str, Person] = {}
        # For each file name, what a detector would have found.
        self.objects: dict[str, list[ObjectDetection]] = {}
        self.found_faces: dict[str, list[Face]] = {}
        # Raised by the next calls of IndexImage, in this order; `always` by all others.
        self.failures: list[AlbumenError] = []
        self.always: AlbumenError | None = None
        # What images add up to, and what was asked.
        self.summary = SummarizeImagesResponse()
        self.timeline: list[TimelineBucket] = []
        self.summarized: list[Message] = []
        self.listed: list[ListImagesRequest] = []
        # Raised by every call of these methods.
        self.broken: dict[str, AlbumenError] = {}
        self.page_size = 2
        self.bytes_received: list[int] = []
        self.bytes_wasted = 0
        self.calls = 0
        self.list_calls = 0
        self.forget_after_lookup = False
        # Whether what is deleted goes to the trash.
        self.keeps_trash = False
        self.on_call: Callable[[int], None] = lambda _calls: None
        self.on_update: Callable[[Person], None] = lambda _person: None
        # By name, and the images in each.
        self.albums: dict[str, Album] = {}
        self.album_images: dict[str, list[str]] = {}
        # By name; each WaitOperation of one takes the next of what is told of it, until one is left.
        self.operations: dict[str, list[Operation]] = {}
        self.operation_calls: list[Message] = []
        # By name; what the operations of backups come to, None where there are to be none, and what was asked.
        self.backups: dict[str, Backup] = {}
        self.backup_result: Message | Operation | None = None
        self.backup_calls: list[Message] = []
        self.library_updates: list[UpdateLibraryRequest] = []
        # Folders by name, whether they are away, and what the next syncs find.
        self.folders: dict[str, Folder] = {}
        self.folder_is_away: Reason | None = None
        self.sync_counts = FolderSyncCounts()
        self.sync_failures: list[FolderSyncFailure] = []
        # What compacting the library frees.
        self.freed_bytes = 0
        self.edits: list[Edit] = []
        self.apart: set[frozenset[str]] = set()
        # What the next SuggestMerges, SearchPeople and SearchFaces answer.
        self.suggestions: list[MergeSuggestion] = []
        self.found_people: list[PersonMatches] = []
        self.matching_faces: list[FaceMatches] = []
        # What pictures are made of, by image, whether all of it is sent, and what was asked for.
        self.pictures: dict[str, bytes] = {}
        self.is_whole = True
        self.pictured: list[GetThumbnailRequest | GetImageContentRequest] = []
        # What the next calls of WatchLibrary tell, and how they end; and the tokens that they came with.
        self.watches: list[list[WatchLibraryResponse | AlbumenError]] = []
        self.resumed: list[str] = []
        self.searched: list[SearchFacesRequest | SearchPeopleRequest] = []


class Faults:
    def __init__(self, state: State) -> None:
        self.state = state

    @contextmanager
    def rich(self, context: grpc.ServicerContext) -> Iterator[None]:
        try:
            yield
        except AlbumenError as error:
            status = rpc_status.to_status(to_status(error))
            if error.retried:
                status = status._replace(trailing_metadata=(*status.trailing_metadata, (PUSHBACK_KEY, NEVER)))
            context.abort_with_status(status)

    def require_whole(self, method: str, context: grpc.ServicerContext) -> None:
        with self.rich(context):
            if method in self.state.broken:
                raise self.state.broken[method]

    def page(self, items: list, token: str) -> tuple[list, str]:  # type: ignore[type-arg]
        start = int(token or 0)
        end = start + self.state.page_size
        return items[start:end], str(end) if end < len(items) else ""
