"""An image on its way in: chunks are counted and hashed as they come, and checked against what was announced."""

import hashlib
from dataclasses import dataclass, field

from services.catalog.source_uri import check_source_uri
from services.catalog.vocabulary import Source
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.image_header import check_size
from services.common.length import check_length
from services.common.limits import MAX_FILE_NAME_CHARS, ImageLimits
from services.common.sha256 import is_sha256


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a client says of an image before its bytes.

    Attributes:
        library: id of the library to index into.
        source: where the file is for its owner.
        sha256: of the bytes, 64 lower-case hexadecimal digits; empty if unknown.
        size_bytes: 0 if unknown.

    """

    library: str
    source: Source = field(default_factory=Source)
    sha256: str = ""
    size_bytes: int = 0

    def check(self, limits: ImageLimits) -> None:
        """Refuse what can be refused without the bytes.

        Raises:
            InvalidArgumentError: FILE_NAME_INVALID, SOURCE_URI_INVALID, SHA256_INVALID, SIZE_MISMATCH or
                IMAGE_TOO_LARGE.

        """
        checks = Checks()
        checks.run(_check_file_name, self.source.file_name)
        if self.source.uri:
            checks.run(check_source_uri, self.source.uri, field="header.source_uri")
        if self.sha256:
            checks.run(check_sha256, self.sha256, field="header.sha256")
        checks.run(_check_announced_size, self.size_bytes, limits)
        checks.done()


class Upload:
    """The bytes of one image, as far as they have come."""

    def __init__(self, announcement: Announcement, limits: ImageLimits) -> None:
        self.announcement = announcement
        self._limits = limits
        self._hash = hashlib.sha256()
        self._chunks: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            InvalidArgumentError: IMAGE_TOO_LARGE as soon as the limit is passed, SIZE_MISMATCH as soon as there are
                more bytes than announced.

        """
        size = self._size + len(chunk)
        if size > 0:
            check_size(size, self._limits, field="content")
        if self.announcement.size_bytes and size > self.announcement.size_bytes:
            raise self._size_mismatch(size)
        self._chunks.append(chunk)
        self._size = size
        self._hash.update(chunk)

    def finish(self) -> tuple[bytes, str]:
        """Return the whole file, which is kept no longer, and its SHA-256 as 64 lower-case hexadecimal digits.

        Raises:
            InvalidArgumentError: IMAGE_EMPTY, SIZE_MISMATCH or SHA256_MISMATCH.

        """
        check_size(self._size, self._limits, field="content")
        if self.announcement.size_bytes and self._size != self.announcement.size_bytes:
            raise self._size_mismatch(self._size)
        sha256 = self._hash.hexdigest()
        if self.announcement.sha256 and sha256 != self.announcement.sha256:
            raise InvalidArgumentError(
                Reason.SHA256_MISMATCH,
                f"The bytes have the SHA-256 {sha256}, not the announced one. Did the file change meanwhile?",
                field="header.sha256",
            )
        chunks, self._chunks = self._chunks, []
        # One alone is not copied.
        return b"".join(chunks), sha256

    def _size_mismatch(self, size: int) -> InvalidArgumentError:
        return InvalidArgumentError(
            Reason.SIZE_MISMATCH,
            f"{self.announcement.size_bytes} bytes were announced and {size} came. Did the file change meanwhile?",
            field="header.size_bytes",
            metadata={"limit": str(self.announcement.size_bytes), "value": str(size)},
        )


def _check_file_name(file_name: str) -> None:
    field = "header.file_name"
    check_length(file_name, MAX_FILE_NAME_CHARS, Reason.FILE_NAME_INVALID, what="A file name", field=field)
    for character in ("/", "\\", "\0"):
        if character in file_name:
            raise InvalidArgumentError(
                Reason.FILE_NAME_INVALID,
                f"A file name is without folders, and {excerpt(file_name)!r} holds {character!r}. Send the last "
                "part of the path; source_uri tells where the file is.",
                field=field,
                metadata={"value": excerpt(file_name)},
            )


def check_sha256(sha256: str, *, field: str) -> None:
    """Refuse what is no SHA-256 in lower-case hexadecimal digits.

    Raises:
        InvalidArgumentError: SHA256_INVALID.

    """
    if not is_sha256(sha256):
        raise InvalidArgumentError(Reason.SHA256_INVALID, "A SHA-256 is written as 64 hexadecimal digits.", field=field)


def _check_announced_size(size_bytes: int, limits: ImageLimits) -> None:
    field = "header.size_bytes"
    if size_bytes < 0:
        raise InvalidArgumentError(
            Reason.SIZE_MISMATCH,
            "A size can't be negative; 0 means unknown.",
            field=field,
            metadata={"limit": "0", "value": str(size_bytes)},
        )
    if size_bytes:
        check_size(size_bytes, limits, field=field)
