"""The errors that a caller can cause or must know of: one tree, independent of any transport."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum, unique


@unique
class Reason(StrEnum):
    """Stable, machine-readable cause of an error; clients may branch on it, so a value never changes its meaning."""

    # Images and faces
    IMAGE_CONTENT_CHANGED = "IMAGE_CONTENT_CHANGED"
    IMAGE_EMPTY = "IMAGE_EMPTY"
    IMAGE_FORMAT_UNSUPPORTED = "IMAGE_FORMAT_UNSUPPORTED"
    IMAGE_HEADER_MISSING = "IMAGE_HEADER_MISSING"
    IMAGE_HEADER_REPEATED = "IMAGE_HEADER_REPEATED"
    IMAGE_TOO_COSTLY = "IMAGE_TOO_COSTLY"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    IMAGE_TOO_MANY_PIXELS = "IMAGE_TOO_MANY_PIXELS"
    IMAGE_TOO_MUCH_MEMORY = "IMAGE_TOO_MUCH_MEMORY"
    IMAGE_UNREADABLE = "IMAGE_UNREADABLE"
    IMAGES_EMPTY = "IMAGES_EMPTY"
    TOO_MANY_IMAGES = "TOO_MANY_IMAGES"
    FACES_EMPTY = "FACES_EMPTY"
    FACE_IMAGE_MISSING = "FACE_IMAGE_MISSING"
    FACE_IMAGE_SIZE = "FACE_IMAGE_SIZE"
    TOO_MANY_FACES = "TOO_MANY_FACES"
    SHA256_INVALID = "SHA256_INVALID"
    SHA256_MISMATCH = "SHA256_MISMATCH"
    SIZE_MISMATCH = "SIZE_MISMATCH"
    # Fields of a request
    BOX_INVALID = "BOX_INVALID"
    BOX_OUTSIDE_IMAGE = "BOX_OUTSIDE_IMAGE"
    BOX_TOO_SMALL = "BOX_TOO_SMALL"
    DATE_INVALID = "DATE_INVALID"
    DESCRIPTION_INVALID = "DESCRIPTION_INVALID"
    DESCRIPTION_TOO_LONG = "DESCRIPTION_TOO_LONG"
    DISPLAY_NAME_INVALID = "DISPLAY_NAME_INVALID"
    DISPLAY_NAME_TOO_LONG = "DISPLAY_NAME_TOO_LONG"
    EMBEDDING_INVALID = "EMBEDDING_INVALID"
    FACET_INVALID = "FACET_INVALID"
    FEATURE_INVALID = "FEATURE_INVALID"
    FILE_NAME_INVALID = "FILE_NAME_INVALID"
    FILE_UNREADABLE = "FILE_UNREADABLE"
    FILTER_INVALID = "FILTER_INVALID"
    FOLDER_ROOT_INVALID = "FOLDER_ROOT_INVALID"
    GRANULARITY_INVALID = "GRANULARITY_INVALID"
    LABEL_UNKNOWN = "LABEL_UNKNOWN"
    LIBRARY_ID_INVALID = "LIBRARY_ID_INVALID"
    MAX_DISTANCE_INVALID = "MAX_DISTANCE_INVALID"
    MAX_RESULTS_INVALID = "MAX_RESULTS_INVALID"
    MODIFY_TIME_INVALID = "MODIFY_TIME_INVALID"
    ORDER_INVALID = "ORDER_INVALID"
    PAGE_SIZE_INVALID = "PAGE_SIZE_INVALID"
    PAGE_TOKEN_INVALID = "PAGE_TOKEN_INVALID"  # noqa: S105
    PARAMETER_OUT_OF_RANGE = "PARAMETER_OUT_OF_RANGE"
    PATTERN_INVALID = "PATTERN_INVALID"
    PEOPLE_INVALID = "PEOPLE_INVALID"
    PICTURE_FORMAT_INVALID = "PICTURE_FORMAT_INVALID"
    POSITION_INVALID = "POSITION_INVALID"
    PURGE_AMBIGUOUS = "PURGE_AMBIGUOUS"
    QUERY_MISSING = "QUERY_MISSING"
    RATING_OUT_OF_RANGE = "RATING_OUT_OF_RANGE"
    READ_MASK_INVALID = "READ_MASK_INVALID"
    REQUEST_ID_INVALID = "REQUEST_ID_INVALID"
    REQUEST_ID_REUSED = "REQUEST_ID_REUSED"
    REQUEST_MALFORMED = "REQUEST_MALFORMED"
    REQUEST_STALLED = "REQUEST_STALLED"
    RESPONSE_STALLED = "RESPONSE_STALLED"
    REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"
    RESOURCE_NAME_INVALID = "RESOURCE_NAME_INVALID"
    RESUME_TOKEN_INVALID = "RESUME_TOKEN_INVALID"  # noqa: S105
    SCORE_OUT_OF_RANGE = "SCORE_OUT_OF_RANGE"
    SOURCES_EMPTY = "SOURCES_EMPTY"
    SOURCE_URI_INVALID = "SOURCE_URI_INVALID"
    SPLIT_TAKES_ALL = "SPLIT_TAKES_ALL"
    TAG_INVALID = "TAG_INVALID"
    TAG_TOO_LONG = "TAG_TOO_LONG"
    TARGET_MISSING = "TARGET_MISSING"
    TIMEOUT_INVALID = "TIMEOUT_INVALID"
    TOO_MANY_BOXES = "TOO_MANY_BOXES"
    TOO_MANY_LABELS = "TOO_MANY_LABELS"
    TOO_MANY_PATTERNS = "TOO_MANY_PATTERNS"
    TOO_MANY_SOURCES = "TOO_MANY_SOURCES"
    TOO_MANY_TAGS = "TOO_MANY_TAGS"
    UPDATE_MASK_INVALID = "UPDATE_MASK_INVALID"
    # Resources
    ALBUM_NOT_FOUND = "ALBUM_NOT_FOUND"
    BACKUP_NOT_FOUND = "BACKUP_NOT_FOUND"
    EDIT_NOT_FOUND = "EDIT_NOT_FOUND"
    FACE_NOT_FOUND = "FACE_NOT_FOUND"
    FOLDER_NOT_FOUND = "FOLDER_NOT_FOUND"
    IMAGE_NOT_FOUND = "IMAGE_NOT_FOUND"
    LIBRARY_NOT_FOUND = "LIBRARY_NOT_FOUND"
    OPERATION_NOT_FOUND = "OPERATION_NOT_FOUND"
    PERSON_NOT_FOUND = "PERSON_NOT_FOUND"
    FOLDER_EMPTY = "FOLDER_EMPTY"
    FOLDER_FORBIDDEN = "FOLDER_FORBIDDEN"
    FOLDER_OVERLAPS = "FOLDER_OVERLAPS"
    FOLDER_UNAVAILABLE = "FOLDER_UNAVAILABLE"
    IMAGE_FULL = "IMAGE_FULL"
    IMAGE_IN_TRASH = "IMAGE_IN_TRASH"
    IMAGE_NOT_IN_TRASH = "IMAGE_NOT_IN_TRASH"
    LIBRARY_EXISTS = "LIBRARY_EXISTS"
    LIBRARY_NOT_EMPTY = "LIBRARY_NOT_EMPTY"
    TOO_MANY_ALBUMS = "TOO_MANY_ALBUMS"
    TOO_MANY_FOLDERS = "TOO_MANY_FOLDERS"
    TOO_MANY_LIBRARIES = "TOO_MANY_LIBRARIES"
    TOO_MANY_OPERATIONS = "TOO_MANY_OPERATIONS"
    ALBUM_FULL = "ALBUM_FULL"
    ALBUM_IS_SMART = "ALBUM_IS_SMART"
    ALBUM_NOT_SMART = "ALBUM_NOT_SMART"
    COVER_NOT_IN_ALBUM = "COVER_NOT_IN_ALBUM"
    COVER_NOT_OF_PERSON = "COVER_NOT_OF_PERSON"
    BIRTH_DATE_TAKES_ALL = "BIRTH_DATE_TAKES_ALL"
    TOO_MANY_WATCHERS = "TOO_MANY_WATCHERS"
    EDIT_SUPERSEDED = "EDIT_SUPERSEDED"
    EDIT_UNDONE = "EDIT_UNDONE"
    FACE_EXISTS = "FACE_EXISTS"
    FACE_OF_ANOTHER_PERSON = "FACE_OF_ANOTHER_PERSON"
    NO_FACE = "NO_FACE"
    EMBEDDING_SPACE_MISMATCH = "EMBEDDING_SPACE_MISMATCH"
    IMAGE_NOT_IN_ALBUM = "IMAGE_NOT_IN_ALBUM"
    PICTURE_UNAVAILABLE = "PICTURE_UNAVAILABLE"
    RECLUSTERING_IN_PROGRESS = "RECLUSTERING_IN_PROGRESS"
    COMPACTION_IN_PROGRESS = "COMPACTION_IN_PROGRESS"
    OPERATION_CANCELLED = "OPERATION_CANCELLED"
    OPERATION_IN_PROGRESS = "OPERATION_IN_PROGRESS"
    OPERATION_INTERRUPTED = "OPERATION_INTERRUPTED"
    OPERATION_NOT_DONE = "OPERATION_NOT_DONE"
    BACKUP_DAMAGED = "BACKUP_DAMAGED"
    BACKUP_IN_PROGRESS = "BACKUP_IN_PROGRESS"
    BACKUP_NEWER = "BACKUP_NEWER"
    BACKUPS_OFF = "BACKUPS_OFF"
    ETAG_MISMATCH = "ETAG_MISMATCH"
    EVENTS_EXPIRED = "EVENTS_EXPIRED"
    # The services themselves
    BACKUPS_UNAVAILABLE = "BACKUPS_UNAVAILABLE"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    DECODER_UNAVAILABLE = "DECODER_UNAVAILABLE"
    DISK_FULL = "DISK_FULL"
    DETECTOR_UNAVAILABLE = "DETECTOR_UNAVAILABLE"
    EMBEDDER_UNAVAILABLE = "EMBEDDER_UNAVAILABLE"
    INTERNAL = "INTERNAL"
    LIBRARY_UNAVAILABLE = "LIBRARY_UNAVAILABLE"
    MODEL_NOT_READY = "MODEL_NOT_READY"
    MODEL_UNAVAILABLE = "MODEL_UNAVAILABLE"
    OVERLOADED = "OVERLOADED"
    RESPONSE_TOO_LARGE = "RESPONSE_TOO_LARGE"
    SHUTTING_DOWN = "SHUTTING_DOWN"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong with a request.

    Attributes:
        reason: why, for programs.
        field: path of the field at fault as it is called on the wire, for example ``header.sha256`` or ``faces[2]``.
        message: what was wrong, the limit and the value, and what to do.
        metadata: figures for programs; where there is a limit, it has ``limit`` and ``value``.

    """

    reason: Reason
    field: str
    message: str
    metadata: Mapping[str, str] = attribute(default_factory=dict)


class AlbumenError(Exception):
    """Base of every error that is sent to a caller; its message is for people and says what to do.

    Args:
        reason: why, for programs.
        message: what was wrong, the limit and the value, and what to do; never holds image bytes, embeddings or a
            path of the server. What it repeats of the caller's text goes through `excerpt`.
        field: path of the request's field that is at fault, for example ``header.sha256``; short for one violation
            of this reason, message and metadata.
        violations: all that is wrong with the request, if `field` cannot tell it; the first gives the error its
            reason, message and metadata.
        resource: name of the resource that is meant, for example ``libraries/default``.
        retry_after: seconds after which the same call may succeed.
        retried: whether it was tried again for long already, so that a policy of the caller's should not do it anew.
        metadata: figures for programs, for example ``{"limit": "33554432", "value": "40000000"}``.

    Attributes:
        violations: what is wrong with the request, in the order in which it was found; empty if it is none of its
            fields.

    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        field: str | None = None,
        violations: Sequence[Violation] = (),
        resource: str | None = None,
        retry_after: float | None = None,
        retried: bool = False,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.resource = resource
        self.retry_after = retry_after
        self.retried = retried
        self.metadata = dict(metadata or {})
        self.violations = tuple(violations)
        if field is not None and not violations:
            self.violations = (Violation(reason, field, message, self.metadata),)

    @property
    def field(self) -> str | None:
        """Path of the first field at fault, or None if no field is."""
        return self.violations[0].field if self.violations else None


class InvalidArgumentError(AlbumenError):
    """The request is wrong whatever the state of the service; sending it again cannot help."""


class NotFoundError(AlbumenError):
    """The resource does not exist."""


class AlreadyExistsError(AlbumenError):
    """The resource to create exists already."""


class FailedPreconditionError(AlbumenError):
    """The state of the resource forbids the call until somebody changes it."""


class AbortedError(AlbumenError):
    """The resource changed since the caller read it: read it again, then retry."""


class ResourceExhaustedError(AlbumenError):
    """A bound is reached: of the queue (retry later) or of a resource's number."""


class UnavailableError(AlbumenError):
    """A service or a model cannot answer now; the call may be retried."""


class DeadlineExceededError(AlbumenError):
    """The caller's deadline passed before the work was done."""


class CancelledError(AlbumenError):
    """The work was ended before it was done, because somebody asked for that."""


class InternalError(AlbumenError):
    """A fault of the service itself; the log has the details."""
