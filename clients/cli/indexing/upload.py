"""The way of one file into the catalog."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from threading import Event
from typing import BinaryIO, Final

import grpc

from albumen.catalog.v1.image_service_pb2 import ImageHeader, IndexImageRequest, IndexImageResponse
from clients.cli.connection import Catalog
from clients.cli.indexing.backoff import Backoff
from clients.cli.source import file_sha256, to_uri
from services.common.errors import (
    AlbumenError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
    ResourceExhaustedError,
    UnavailableError,
)
from services.common.wire.status import from_rpc_error

CHUNK_BYTES: Final = 1024 * 1024
MAX_FILE_BYTES: Final = 1024 * CHUNK_BYTES

_INDEX_SECONDS: Final = 120.0
# What the server says to a header without bytes if the image was deleted after it had been seen.
_BYTES_WANTED: Final = frozenset((Reason.IMAGE_EMPTY, Reason.SIZE_MISMATCH, Reason.SHA256_MISMATCH))
# Wrong for every file alike, so not the file's fault.
_NOT_THE_FILE: Final = frozenset((Reason.RESOURCE_NAME_INVALID, Reason.LIBRARY_ID_INVALID))


class Result(Enum):
    """What became of a file."""

    NEW = auto()
    KNOWN = auto()
    SKIPPED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file, and why.

    Attributes:
        path: the file.
        result: SKIPPED if the file is no photo that can be read, FAILED if the service could not take it.
        reason: stable cause, empty if all went well.
        message: the cause in words.
        error: what the service answered, if it refused.

    """

    path: Path
    result: Result
    reason: str = ""
    message: str = ""
    error: AlbumenError | None = None


def unreadable(path: Path, error: OSError) -> Outcome:
    """Return the outcome of a file or folder that `error` keeps from being read."""
    return Outcome(path, Result.SKIPPED, "FILE_UNREADABLE", f"Can't be read: {error.strerror or error}.")


class Uploader:
    """Sends files to a catalog, each as often as it takes.

    Args:
        catalog: where to.
        backoff: when to try again.
        stopping: set to end all waiting.

    """

    def __init__(self, catalog: Catalog, backoff: Backoff, stopping: Event) -> None:
        self._catalog = catalog
        self._backoff = backoff
        self._stopping = stopping

    def index(self, path: Path) -> Outcome:
        """Index the file at `path`; whatever goes wrong is in the outcome."""
        try:
            # A named pipe would block for ever when opened.
            if not stat.S_ISREG(path.stat().st_mode):
                return Outcome(path, Result.SKIPPED, "NOT_A_FILE", "Not a regular file.")
            with path.open("rb") as file:
                return self._index(path, file)
        except OSError as error:
            return unreadable(path, error)

    def _index(self, path: Path, file: BinaryIO) -> Outcome:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_FILE_BYTES:
            message = f"The file has {size:,} bytes, more than {MAX_FILE_BYTES:,}: not a photo."
            return Outcome(path, Result.SKIPPED, str(Reason.IMAGE_TOO_LARGE), message)
        sha256, size = file_sha256(file)
        header = ImageHeader(
            parent=self._catalog.parent,
            file_name=os.fsencode(path.name).decode("utf-8", "replace"),
            source_uri=to_uri(path),
            sha256=sha256,
            size_bytes=size,
        )
        try:
            response = self._send_patiently(file, header)
        except AlbumenError as error:
            file_at_fault = isinstance(error, InvalidArgumentError) and error.reason not in _NOT_THE_FILE
            result = Result.SKIPPED if file_at_fault else Result.FAILED
            return Outcome(path, result, str(error.reason), error.message, error)
        return Outcome(path, Result.KNOWN if response.already_indexed else Result.NEW)

    def _send_patiently(self, file: BinaryIO, header: ImageHeader) -> IndexImageResponse:
        failures = 0
        while True:
            try:
                return self._send(file, header)
            except grpc.RpcError as call:
                error = from_rpc_error(call)
            failures += 1
            delay = self._backoff.delay(failures, error.retry_after)
            may_pass = isinstance(error, ResourceExhaustedError | UnavailableError)
            if not may_pass or delay is None or self._stopping.wait(delay):
                raise error

    def _send(self, file: BinaryIO, header: ImageHeader) -> IndexImageResponse:
        if self._is_known(header.sha256):
            try:
                return self._call(iter([IndexImageRequest(header=header)]))
            except grpc.RpcError as error:
                if from_rpc_error(error).reason not in _BYTES_WANTED:
                    raise
        return self._call(_messages(file, header))

    def _call(self, messages: Iterator[IndexImageRequest]) -> IndexImageResponse:
        return self._catalog.images.IndexImage(messages, timeout=_INDEX_SECONDS)

    def _is_known(self, sha256: str) -> bool:
        try:
            self._catalog.image(f"{self._catalog.parent}/images/{sha256}", "name")
        except grpc.RpcError as error:
            failure = from_rpc_error(error)
            if isinstance(failure, NotFoundError) and failure.reason is Reason.IMAGE_NOT_FOUND:
                return False
            raise
        return True


def _messages(file: BinaryIO, header: ImageHeader) -> Iterator[IndexImageRequest]:
    yield IndexImageRequest(header=header)
    try:
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield IndexImageRequest(content=chunk)
    except (OSError, ValueError):
        # gRPC reads on in a thread of its own, where the disk may fail, and for a moment after the call has
        # ended and the file is closed. What is missing then, the server notices by the hash.
        return
