"""All operations that are kept: in memory for whoever asks, and on disk for the next start."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from services.catalog.edits.request import EditRequest, request_id_reused
from services.catalog.operations.operation import Operation, OperationKey
from services.catalog.operations.operation_files import OperationFiles
from services.common.errors import AlbumenError, FailedPreconditionError, Reason, ResourceExhaustedError
from services.common.limits import MAX_OPERATIONS

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_RETRY_SECONDS: Final = 5.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class OperationBounds:
    """How many operations are kept.

    Attributes:
        count: of those that are done, the newest so many, of all libraries together.
        days: for so long after they were done.

    """

    count: int = 1_000
    days: float = 30


class OperationTable:
    """Operations by key; methods may be called from any thread.

    Changes are made one at a time, and kept on disk before anybody sees them. Who reads waits for none of them.

    Args:
        files: where they are kept.
        bounds: how many are kept once they are done.
        ended: called with the key of an operation when it is done or gone, in the thread that ends it.

    """

    def __init__(self, files: OperationFiles, bounds: OperationBounds, ended: Callable[[OperationKey], None]) -> None:
        self._files = files
        self._bounds = bounds
        self._ended = ended
        self._lock = threading.Lock()
        self._operations: dict[OperationKey, Operation] = {}
        self._last_number = 0

    def load(self) -> list[Operation]:
        """Read what is kept, and return those that are not done, in the order in which they were begun."""
        with self._lock:
            self._operations = {operation.key: operation for operation in self._files.read()}
            self._last_number = max((one.number for one in self._operations.values()), default=0)
            return sorted((one for one in self.all() if not one.done), key=lambda one: one.number)

    def all(self) -> list[Operation]:
        """Return all, in any order, as they are now."""
        # Made in one go, so that nobody changes the table meanwhile.
        return list(self._operations.values())

    def find(self, key: OperationKey) -> Operation | None:
        """Return one as it is now, if it is there."""
        return self._operations.get(key)

    def repeated(self, library_id: str, identity: EditRequest) -> Operation | None:
        """Return the operation that the same request began before, if it is kept.

        Raises:
            InvalidArgumentError: REQUEST_ID_REUSED.

        """
        if not identity.id:
            return None
        for one in self.all():
            if one.library_id == library_id and one.identity.id == identity.id:
                if one.identity.digest != identity.digest:
                    raise request_id_reused(identity)
                return one
        return None

    def add(self, new: Operation, *, validate_only: bool = False) -> tuple[Operation, bool]:
        """Keep a new operation, with a number that is its own; or return the one that the same request began before.

        Returns:
            The operation, and whether it is new.

        Raises:
            InvalidArgumentError: REQUEST_ID_REUSED.
            FailedPreconditionError: OPERATION_IN_PROGRESS, one of its kind and subject is under way.
            ResourceExhaustedError: TOO_MANY_OPERATIONS are under way.
            UnavailableError: LIBRARY_UNAVAILABLE, its file can't be written.

        """
        with self._lock:
            before = self.repeated(new.library_id, new.identity)
            if before is not None:
                return before, False
            self._check_room(new)
            if validate_only:
                return new, False
            now = (new.create_time - _EPOCH) // _MICROSECOND
            self._last_number = max(now, self._last_number + 1)
            numbered = replace(new, number=self._last_number)
            self._files.write(numbered)
            self._operations[numbered.key] = numbered
        return numbered, True

    def change(
        self, key: OperationKey, change: Callable[[Operation], Operation], *, durable: bool = True
    ) -> Operation | None:
        """Change an operation that is not done; return it as it is now, or None if it is gone.

        Args:
            key: which one.
            change: returns the new one; called under the lock.
            durable: whether it is kept on disk.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, its file can't be written; nothing is changed then.

        """
        with self._lock:
            before = self._operations.get(key)
            if before is None or before.done:
                return before
            after = change(before)
            if durable and after != before:
                self._files.write(after)
            self._operations[key] = after
        if after.done:
            self._ended(key)
        return after

    def end(self, key: OperationKey, change: Callable[[Operation], Operation]) -> None:
        """Change an operation so that it is done, be there room on the disk or not."""
        try:
            self.change(key, change)
        except AlbumenError as error:
            # Whoever asks is told what came of it. After a restart it counts as interrupted.
            _log.warning("operation_end_unwritten", operation=key.name, error=error.message)
            self.change(key, change, durable=False)
        self.expire()

    def remove(self, key: OperationKey) -> bool:
        """Keep an operation that is done no more; return whether it was there, and done."""
        with self._lock:
            found = self._operations.get(key)
            if found is None or not found.done:
                return False
            self._remove([found])
        return True

    def drop_library(self, library_id: str) -> None:
        """Forget all of a library whose files are about to be erased, theirs among them."""
        with self._lock:
            dropped = [key for key in self._operations if key.library_id == library_id]
            for key in dropped:
                del self._operations[key]
        for key in dropped:
            self._ended(key)

    def expire(self) -> None:
        """Forget those that were done long ago, and the oldest of too many."""
        with self._lock:
            done = sorted((one for one in self.all() if one.end_time), key=_end_of, reverse=True)
            limit = datetime.now(UTC) - timedelta(days=self._bounds.days)
            self._remove(one for rank, one in enumerate(done) if rank >= self._bounds.count or _end_of(one) < limit)

    def _remove(self, operations: Iterable[Operation]) -> None:
        for operation in operations:
            self._files.remove(operation.key)
            del self._operations[operation.key]

    def _check_room(self, new: Operation) -> None:
        under_way = [one for one in self.all() if not one.done]
        for one in under_way:
            if (one.library_id, one.kind, one.subject) == (new.library_id, new.kind, new.subject):
                raise FailedPreconditionError(
                    Reason.OPERATION_IN_PROGRESS,
                    f"{one.key.name!r} does the same, and is not done. Wait for it, or cancel it.",
                    resource=one.key.name,
                    retry_after=_RETRY_SECONDS,
                    metadata={"operation": one.key.name},
                )
        if len(under_way) >= MAX_OPERATIONS:
            raise ResourceExhaustedError(
                Reason.TOO_MANY_OPERATIONS,
                f"{len(under_way)} operations are not done yet, which is the limit. Wait for some, or cancel them.",
                retry_after=_RETRY_SECONDS,
                metadata={"limit": str(MAX_OPERATIONS), "value": str(len(under_way))},
            )


def _end_of(operation: Operation) -> datetime:
    return operation.end_time or _EPOCH
