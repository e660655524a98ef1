"""The operations of a catalog: begun, found, cancelled, and gone on with after a restart."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog

from services.catalog.catalog import Catalog
from services.catalog.edits.request import EditRequest
from services.catalog.not_found import library_not_found, operation_not_found
from services.catalog.operations.interruption import cancelled, interrupted
from services.catalog.operations.kind import Kind, Record
from services.catalog.operations.operation import Operation, OperationKey
from services.catalog.operations.operation_files import OperationFiles
from services.catalog.operations.operation_runner import OperationRunner
from services.catalog.operations.operation_table import OperationBounds, OperationTable
from services.catalog.records import Page
from services.common.errors import AlbumenError, FailedPreconditionError, InvalidArgumentError, Reason
from services.common.limits import MAX_OPERATION_ATTEMPTS, MAX_OPERATION_RECORD_BYTES

_log = structlog.get_logger()


class Operations:
    """All operations of a catalog; methods may be called from any thread.

    Args:
        catalog: the libraries, whose folder is this process's own.
        folder: that of the libraries.
        kinds: what can be done.
        bounds: how many are kept once they are done.
        workers: how many are worked on at a time.
        ended: called with the name of an operation when it is done or gone, in the thread that ends it.

    """

    def __init__(
        self,
        catalog: Catalog,
        folder: Path,
        kinds: Iterable[Kind],
        *,
        bounds: OperationBounds = OperationBounds(),  # noqa: B008 - frozen
        workers: int = 2,
        ended: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._catalog = catalog
        self._kinds = {kind.name: kind for kind in kinds}
        self._table = OperationTable(OperationFiles(folder), bounds, lambda key: ended(key.name))
        self._runner = OperationRunner(self._table, self._kinds, workers=workers)
        self._undone = self._table.load()
        catalog.before_erasing(self._table.drop_library)

    def start(self) -> None:
        """Go on with what was not done when the service stopped or died."""
        undone, self._undone = self._undone, []
        for operation in undone:
            end = self._end_of(operation)
            if end is None:
                self._runner.submit(operation.key)
            else:
                _log.warning("operation_not_resumed", operation=operation.key.name, reason=str(end.reason))
                self._table.end(operation.key, partial(Operation.ended, end_time=datetime.now(UTC), error=end))
        self._table.expire()

    def stop(self) -> None:
        """End all work after the steps under way; called before the libraries are closed."""
        self._runner.stop()

    def expire(self) -> None:
        """Forget what was done long ago; meant for every now and then."""
        self._table.expire()

    def begin(
        self,
        library_id: str,
        kind: str,
        request: Record,
        *,
        identity: EditRequest = EditRequest(),  # noqa: B008 - frozen
        validate_only: bool = False,
    ) -> Operation:
        """Begin an operation, which is durable when this returns; the same request again returns the same operation.

        Args:
            library_id: which library it belongs to.
            kind: name of its kind.
            request: what is asked for, as the kind takes it.
            identity: the request's own id, and a digest of all that it asks for.
            validate_only: check, but begin nothing; the operation that is returned has the number 0.

        Raises:
            NotFoundError: LIBRARY_NOT_FOUND.
            InvalidArgumentError: REQUEST_ID_REUSED, or REQUEST_TOO_LARGE to be kept.
            FailedPreconditionError: OPERATION_IN_PROGRESS, one of its kind and subject is under way.
            ResourceExhaustedError: TOO_MANY_OPERATIONS are under way.
            UnavailableError: LIBRARY_UNAVAILABLE, its file can't be written.

        """
        _check_size(request)
        known = self._kinds[kind]
        subject = known.subject(request)
        new = Operation(library_id, 0, kind, subject, request, datetime.now(UTC), identity)
        # Whoever erases the library comes before, and finds nothing of it, or afterwards, and takes it along.
        with self._catalog.held(library_id, may_lack=known.makes_library):
            operation, is_new = self._table.add(new, validate_only=validate_only)
        if is_new:
            self._runner.submit(operation.key)
        return operation

    def get(self, key: OperationKey) -> Operation:
        """Return an operation as it is now, at once.

        Raises:
            NotFoundError: OPERATION_NOT_FOUND.

        """
        operation = self._table.find(key)
        if operation is None:
            raise operation_not_found(*key)
        return operation

    def page(
        self,
        library_id: str | None,
        accepts: Callable[[Operation], bool],
        *,
        after: int | None = None,
        limit: int,
    ) -> Page[Operation, int]:
        """List operations of a library, or of all if it is None, the newest first.

        Args:
            library_id: which library.
            accepts: whether an operation is listed.
            after: a key of the page before.
            limit: of the page.

        Raises:
            NotFoundError: LIBRARY_NOT_FOUND, and it has no operations either, as one that is to be made may have.

        """
        every = [one for one in self._table.all() if library_id is None or one.library_id == library_id]
        if not every and library_id is not None and library_id not in self._catalog.ids():
            raise library_not_found(library_id)
        found = [one for one in every if (after is None or one.number < after) and accepts(one)]
        found.sort(key=lambda one: one.number, reverse=True)
        items = tuple(found[:limit])
        keys = tuple(one.number for one in items)
        return Page(items, keys, keys[-1] if len(found) > limit else None)

    def cancel(self, key: OperationKey) -> None:
        """Have an operation end; one that is done stays as it is. That outlives a restart.

        Raises:
            NotFoundError: OPERATION_NOT_FOUND.
            UnavailableError: LIBRARY_UNAVAILABLE, its file can't be written.

        """
        if self._table.change(key, lambda one: replace(one, cancel_requested=True)) is None:
            raise operation_not_found(*key)
        self._runner.cancel(key)

    def delete(self, key: OperationKey) -> None:
        """Forget an operation that is done.

        Raises:
            NotFoundError: OPERATION_NOT_FOUND.
            FailedPreconditionError: OPERATION_NOT_DONE.

        """
        self.get(key)
        if not self._table.remove(key):
            raise FailedPreconditionError(
                Reason.OPERATION_NOT_DONE,
                f"{key.name!r} is not done. Cancel it first, or wait for it.",
                resource=key.name,
            )

    def _end_of(self, operation: Operation) -> AlbumenError | None:
        """Return why an operation that the last service left undone is not gone on with; None if it is."""
        if operation.cancel_requested:
            return cancelled(operation)
        kind = self._kinds.get(operation.kind)
        if kind is None:
            return interrupted(operation, "this version does not know what it does")
        if operation.attempts and not kind.resumes:
            return interrupted(operation, "the service died")
        if operation.attempts - operation.stops >= MAX_OPERATION_ATTEMPTS:
            return interrupted(operation, f"the service died {MAX_OPERATION_ATTEMPTS} times while it was under way")
        return None


def _check_size(request: Record) -> None:
    if (size := len(json.dumps(request))) > MAX_OPERATION_RECORD_BYTES:
        raise InvalidArgumentError(
            Reason.REQUEST_TOO_LARGE,
            f"What is asked for takes {size:,} bytes, and {MAX_OPERATION_RECORD_BYTES:,} can be kept of it.",
            metadata={"limit": str(MAX_OPERATION_RECORD_BYTES), "value": str(size)},
        )
