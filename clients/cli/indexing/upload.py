"""The way of one file into the catalog."""

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from threading import Event
from typing import BinaryIO, Final

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from albumen.catalog.v1.image_service_pb2 import ImageHeader, IndexImageRequest, IndexImageResponse
from clients.cli.connection import MAX_FILE_BYTES, Catalog
from clients.cli.failure import CommandError, from_call
from clients.cli.indexing.backoff import Backoff
from clients.cli.indexing.known_files import KnownFiles
from clients.cli.source import file_sha256, to_uri
from services.common.errors import (
    AlbumenError,
    InvalidArgumentError,
    Reason,
    ResourceExhaustedError,
    UnavailableError,
)
from services.common.file_name import readable_file_name
from services.common.limits import MAX_SOURCE_URI_CHARS
from services.common.wire.status import from_rpc_error

CHUNK_BYTES: Final = 1024 * 1024

_INDEX_SECONDS: Final = 120.0
# What the server says to a header without bytes if the image was deleted after it had been seen.
_BYTES_WANTED: Final = frozenset((Reason.IMAGE_EMPTY, Reason.SIZE_MISMATCH, Reason.SHA256_MISMATCH))
# Wrong for every file alike, so not the file's fault.
_NOT_THE_FILE: Final = frozenset((Reason.RESOURCE_NAME_INVALID, Reason.LIBRARY_ID_INVALID))


class Result(Enum):
    """What became of a file."""

    NEW = auto()
    KNOWN = auto()
    CHANGED = auto()
    SKIPPED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file, and why.

    Attributes:
        path: the file.
        result: CHANGED if the file's place held other bytes before; SKIPPED if it is no photo that can be read; FAILED
            if the service could not take it.
        image: resource name of its image, empty if it has none.
        is_new_place: whether the file was not known at its place before.
        other_places: if so, the newest of the places at which its image was known before, as URIs.
        reason: stable cause, empty if all went well.
        message: the cause in words.
        error: what the service answered, if it refused.
        failure: the same for people, with what to do about it.
        os_error: what the system answered, if it would not let the file be read.

    """

    path: Path
    result: Result
    image: str = ""
    is_new_place: bool = False
    other_places: tuple[str, ...] = ()
    reason: str = ""
    message: str = ""
    error: AlbumenError | None = None
    failure: CommandError | None = None
    os_error: OSError | None = None


def unreadable(path: Path, error: OSError) -> Outcome:
    """Return the outcome of a file or folder that `error` keeps from being read."""
    message = f"Can't be read: {error.strerror or error}."
    return Outcome(path, Result.SKIPPED, reason="FILE_UNREADABLE", message=message, os_error=error)


class Uploader:
    """Sends files to a catalog, each as often as it takes.

    Args:
        catalog: where to.
        backoff: when to try again.
        stopping: set to end all waiting.
        known: what the catalog knew of the files before.

    """

    def __init__(self, catalog: Catalog, backoff: Backoff, stopping: Event, known: KnownFiles | None = None) -> None:
        self._catalog = catalog
        self._known = known or KnownFiles({})
        self._backoff = backoff
        self._stopping = stopping

    def index(self, path: Path) -> Outcome:
        """Index the file at `path`; whatever goes wrong is in the outcome."""
        if (length := len(to_uri(path))) > MAX_SOURCE_URI_CHARS:
            # Without a place, nobody would ever know that the file is gone.
            message = f"Its path makes a URI of {length:,} characters, more than {MAX_SOURCE_URI_CHARS:,}: shorten it."
            return Outcome(path, Result.SKIPPED, reason="PATH_TOO_LONG", message=message)
        try:
            # A named pipe would block for ever when opened.
            if not stat.S_ISREG(path.stat().st_mode):
                return Outcome(path, Result.SKIPPED, reason="NOT_A_FILE", message="Not a regular file.")
            with path.open("rb") as file:
                return self._index(path, file)
        except OSError as error:
            return unreadable(path, error)

    def _index(self, path: Path, file: BinaryIO) -> Outcome:
        # Before the bytes are read: if they change meanwhile, the next run sees a newer time.
        status = os.fstat(file.fileno())
        if status.st_size > MAX_FILE_BYTES:
            message = f"The file has {status.st_size:,} bytes, more than {MAX_FILE_BYTES:,}: not a photo."
            return Outcome(path, Result.SKIPPED, reason=str(Reason.IMAGE_TOO_LARGE), message=message)
        sha256, size = file_sha256(file)
        uri = to_uri(path)
        header = ImageHeader(
            parent=self._catalog.parent,
            file_name=readable_file_name(os.fsencode(path.name)),
            source_uri=uri,
            modify_time=_timestamp(status.st_mtime_ns),
            sha256=sha256,
            size_bytes=size,
        )
        content = _Content(file, header)
        try:
            response = self._send_patiently(content)
        except grpc.RpcError as call:
            if content.error is not None:
                return unreadable(path, content.error)
            return self._refused(path, call)
        image = response.image.name
        before = self._known.get(uri)
        if response.replaced_image or (before is not None and before.image != image):
            return Outcome(path, Result.CHANGED, image)
        result = Result.KNOWN if response.already_indexed else Result.NEW
        if before is not None:
            return Outcome(path, result, image)
        others = tuple(place for place in response.image.source_uris if place != uri)
        return Outcome(path, result, image, is_new_place=True, other_places=others)

    def _refused(self, path: Path, call: grpc.RpcError) -> Outcome:
        error, failure = from_rpc_error(call), from_call(call, self._catalog.target)
        file_at_fault = isinstance(error, InvalidArgumentError) and error.reason not in _NOT_THE_FILE
        result = Result.SKIPPED if file_at_fault else Result.FAILED
        return Outcome(path, result, reason=failure.reason, message=failure.message, error=error, failure=failure)

    def _send_patiently(self, content: "_Content") -> IndexImageResponse:
        # The channel's policy repeats this question by itself: where it fails, the catalog has been away for long.
        known = self._catalog.has_image(content.header.sha256)
        started = time.monotonic()
        failures = 0
        while True:
            try:
                return self._send(content, known=known)
            except grpc.RpcError as call:
                failures += 1
                delay = self._delay(from_rpc_error(call), failures, started)
                if delay is None or self._stopping.wait(delay):
                    raise

    def _delay(self, error: AlbumenError, failures: int, started: float) -> float | None:
        """Return the seconds until the next attempt, or None if there is to be none."""
        # The catalog has been patient with others, for as long as we would be.
        if error.retried:
            return None
        if isinstance(error, UnavailableError):
            return self._backoff.delay(failures, error.retry_after, away_for=time.monotonic() - started)
        return self._backoff.delay(failures, error.retry_after) if isinstance(error, ResourceExhaustedError) else None

    def _send(self, content: "_Content", *, known: bool) -> IndexImageResponse:
        if known:
            try:
                return self._call(iter([IndexImageRequest(header=content.header)]))
            except grpc.RpcError as error:
                if from_rpc_error(error).reason not in _BYTES_WANTED:
                    raise
        return self._call(content.messages())

    def _call(self, messages: Iterator[IndexImageRequest]) -> IndexImageResponse:
        return self._catalog.images.IndexImage(messages, timeout=_INDEX_SECONDS)


class _Content:
    """A file as the messages of a call.

    Attributes:
        header: what is known of the file.
        error: what kept its bytes from being read.

    """

    def __init__(self, file: BinaryIO, header: ImageHeader) -> None:
        self._file = file
        self.header = header
        self.error: OSError | None = None

    def messages(self) -> Iterator[IndexImageRequest]:
        """Yield the header, then the bytes from the start."""
        yield IndexImageRequest(header=self.header)
        try:
            self._file.seek(0)
            while chunk := self._file.read(CHUNK_BYTES):
                yield IndexImageRequest(content=chunk)
        except OSError as error:
            # gRPC reads in a thread of its own. What is missing, the server notices by the hash.
            self.error = error
        except ValueError:
            # It reads on for a moment after the call has ended and the file is closed.
            return


def _timestamp(nanoseconds: int) -> Timestamp | None:
    """Return a file's time as a message; None for one that no message can hold, as file systems may have it."""
    time = Timestamp()
    try:
        time.FromNanoseconds(nanoseconds)
        time.ToJsonString()
    except ValueError:
        return None
    return time
