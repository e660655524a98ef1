"""Folders of the server's disk as the catalog answers them; times are aware and in UTC."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum, unique
from typing import Any, Final

from services.common.errors import AlbumenError, InternalError, Reason

_SINGULAR: Final = {"files": "file", "others": "other"}
_ERRORS: Final[Mapping[str, type[AlbumenError]]] = {kind.__name__: kind for kind in AlbumenError.__subclasses__()}


@unique
class SyncOutcome(StrEnum):
    """What became of a sync; the values are stored."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(slots=True)
class SyncCounts:
    """How many files, or places, a sync found in which state.

    Attributes:
        files: photos that are there, and files that may be.
        unchanged: of those that are known, with the same bytes as before.
        added: at places that were not known, and not moved there.
        changed: at places that held other bytes before.
        moved: known, gone from one place, and found at another.
        returned: that were missing, and are back at their place; they are unchanged or changed as well.
        failed: that could not be read or indexed, and folders that could not be read.
        missing: places whose files are not there; they are marked.
        trashed: images moved to the trash, as all their places were missing for long.
        left_out: files and folders left out by a rule.
        others: files that are no photos.
        known: of those added, whose bytes the library had already, from elsewhere.

    """

    files: int = 0
    unchanged: int = 0
    added: int = 0
    changed: int = 0
    moved: int = 0
    returned: int = 0
    failed: int = 0
    missing: int = 0
    trashed: int = 0
    left_out: int = 0
    others: int = 0
    known: int = 0

    def by_name(self) -> dict[str, int]:
        """Return them by name, as contracts have them."""
        return {f"{_SINGULAR.get(name, name)}_count": count for name, count in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class FileFailure:
    """A file or folder that a sync could not read or index.

    Attributes:
        uri: of it.
        error: why.

    """

    uri: str
    error: AlbumenError


@dataclass(frozen=True, slots=True)
class SyncReport:
    """A sync of a folder, as far as it came.

    Attributes:
        operation: id of the operation that it is or was.
        outcome: what became of it.
        start_time: when it began, or began anew.
        end_time: when it ended; None before.
        counts: of files; None if nobody can tell.
        failures: the first of those that failed.
        error: why the sync as a whole failed; None if it did not.

    """

    operation: str
    outcome: SyncOutcome
    start_time: datetime
    end_time: datetime | None = None
    counts: SyncCounts | None = field(default_factory=SyncCounts)
    failures: tuple[FileFailure, ...] = ()
    error: AlbumenError | None = None

    def packed(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "operation": self.operation,
            "outcome": str(self.outcome),
            "start_time": self.start_time.isoformat(),
            "end_time": None if self.end_time is None else self.end_time.isoformat(),
            "counts": None if self.counts is None else asdict(self.counts),
            "failures": [[failure.uri, *_packed(failure.error)] for failure in self.failures],
            "error": None if self.error is None else _packed(self.error),
        }

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> "SyncReport":
        """Return what `packed` has made JSON of."""
        end_time, counts, error = packed["end_time"], packed["counts"], packed["error"]
        return cls(
            operation=packed["operation"],
            outcome=SyncOutcome(packed["outcome"]),
            start_time=datetime.fromisoformat(packed["start_time"]),
            end_time=None if end_time is None else datetime.fromisoformat(end_time),
            counts=None if counts is None else SyncCounts(**counts),
            failures=tuple(FileFailure(uri, _error(*failure)) for uri, *failure in packed["failures"]),
            error=None if error is None else _error(*error),
        )


@dataclass(frozen=True, slots=True)
class FolderRecord:
    """A folder of the server's disk.

    Attributes:
        id: 12 characters of lower-case base32; empty if the folder was not created.
        number: of its row; grows with time, never used again.
        display_name: for people to read.
        root_uri: of the folder, in one spelling, without a slash at its end.
        include: patterns one of which a file must match; empty if any may come.
        exclude: patterns of what is left out.
        trash_missing_days: after so many days without a place images are moved to the trash; 0 for never.
        revision: how often users changed it.
        create_time: when it was created.
        update_time: when users last changed it; create_time until then.
        identity: device and number of the folder at its last sync; empty before.
        last_sync: the one under way, or the last one; None before the first.
        watch: whether it is synced by itself when something in it changes.

    """

    id: str
    number: int
    display_name: str
    root_uri: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    trash_missing_days: int
    revision: int
    create_time: datetime
    update_time: datetime
    identity: str = ""
    last_sync: SyncReport | None = None
    watch: bool = False

    @property
    def etag(self) -> str:
        """Changes with what users change of the folder."""
        return hashlib.sha256(f"{self.id}/{self.revision}".encode()).hexdigest()[:16]

    @property
    def inside(self) -> str:
        """What the URIs of all files in the folder begin with, and of no others: none of ``photos_private``."""
        return f"{self.root_uri}/"

    def touched(self, time: datetime) -> "FolderRecord":
        """Return the folder as it is after a change."""
        return replace(self, revision=self.revision + 1, update_time=time)


def pack_report(report: SyncReport | None) -> str:
    """Return a report as text; empty for none."""
    return "" if report is None else json.dumps(report.packed(), separators=(",", ":"))


def unpack_report(text: str) -> SyncReport | None:
    """Return the report that `pack_report` has made text of."""
    return SyncReport.unpacked(json.loads(text)) if text else None


def _packed(error: AlbumenError) -> list[Any]:
    return [type(error).__name__, str(error.reason), error.message, error.resource]


def _error(kind: str, reason: str, message: str, resource: str | None) -> AlbumenError:
    known = Reason(reason) if reason in Reason.__members__ else Reason.INTERNAL
    return _ERRORS.get(kind, InternalError)(known, message, resource=resource)
