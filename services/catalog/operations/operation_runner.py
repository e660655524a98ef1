"""Does the work of operations: in a few threads of its own, a step at a time."""

import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import structlog

from services.catalog.operations.interruption import cancelled, interrupted
from services.catalog.operations.kind import Kind, Progress, Record, Steps, Task
from services.catalog.operations.operation import Operation, OperationKey
from services.catalog.operations.operation_table import OperationTable
from services.common.errors import AlbumenError, InternalError, Reason, UnavailableError
from services.common.limits import MAX_OPERATION_RECORD_BYTES

_log = structlog.get_logger()


class OperationRunner:
    """Works on operations in the order in which they come; methods may be called from any thread.

    Args:
        table: of the operations.
        kinds: by name.
        workers: how many are worked on at a time.

    """

    def __init__(self, table: OperationTable, kinds: Mapping[str, Kind], *, workers: int) -> None:
        self._table = table
        self._kinds = kinds
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="operations")
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._running = set[OperationKey]()

    def submit(self, key: OperationKey) -> None:
        """Work on an operation as soon as those before it leave a thread."""
        self._threads.submit(self._run, key)

    def cancel(self, key: OperationKey) -> None:
        """End an operation that is to be cancelled: at once if it waits, else after the step under way."""
        with self._lock:
            if key not in self._running:
                self._table.end(key, lambda one: one.ended(_now(), error=cancelled(one)))

    def stop(self) -> None:
        """End all work after the steps under way; what is not done then is gone on with at the next start."""
        self._stopped.set()
        self._threads.shutdown(cancel_futures=True)

    def _run(self, key: OperationKey) -> None:
        with self._lock:
            if self._stopped.is_set() or not self._begin(key):
                return
            self._running.add(key)
        try:
            self._work_on(key)
        except Exception:  # noqa: BLE001 - the thread has others to work on, and nobody is to wait for ever
            _log.exception("operation_lost", operation=key.name)
            self._table.end(key, partial(_failed, _failure()))
        finally:
            with self._lock:
                self._running.discard(key)

    def _begin(self, key: OperationKey) -> bool:
        """Note that the work begins, unless there is none any more, or the disk refuses."""

        def begin(operation: Operation) -> Operation:
            return replace(operation, start_time=_now(), attempts=operation.attempts + 1, progress=None)

        try:
            begun = self._table.change(key, begin)
        except AlbumenError as error:
            failure = error
            self._table.end(key, lambda one: one.ended(_now(), error=failure))
            return False
        return begun is not None and not begun.done

    def _work_on(self, key: OperationKey) -> None:
        operation = self._table.find(key)
        if operation is None:
            return
        kind = self._kinds[operation.kind]
        _log.info("operation_begun", operation=key.name, attempt=operation.attempts)
        steps = kind.steps(Task(key.library_id, key.id, operation.request, operation.attempts))
        try:
            end = self._advance(kind, key, steps)
        except AlbumenError as error:
            end = partial(_stopped_by, kind) if self._is_end_of_service(error) else partial(_failed, error)
        except Exception:  # noqa: BLE001 - whatever it is, whoever asks is told that there is nothing to wait for
            _log.exception("operation_failed", operation=key.name)
            end = partial(_failed, _failure())
        self._table.end(key, end)
        ended = self._table.find(key)
        _log.info("operation_ended", operation=key.name, state="gone" if ended is None else str(ended.state))

    def _advance(self, kind: Kind, key: OperationKey, steps: Steps) -> "partial[Operation]":
        """Do the work until its end or until it has to end; return what makes of the operation what it is then."""
        try:
            while True:
                if self._stopped.is_set():
                    return partial(_stopped_by, kind)
                operation = self._table.find(key)
                if operation is None or operation.cancel_requested:
                    return partial(_cancelled)
                try:
                    progress = next(steps)
                except StopIteration as end:
                    return partial(_succeeded, _checked_result(end.value))
                self._table.change(key, partial(_with_progress, progress), durable=False)
        finally:
            steps.close()

    def _is_end_of_service(self, error: AlbumenError) -> bool:
        """Return whether an error only says that the service stops, which may be known to a step before it is to us."""
        return self._stopped.is_set() and isinstance(error, UnavailableError)


def _with_progress(progress: Progress, operation: Operation) -> Operation:
    return replace(operation, progress=progress)


def _checked_result(result: Record) -> Record:
    if (size := len(json.dumps(result, allow_nan=False))) > MAX_OPERATION_RECORD_BYTES:
        raise ValueError(f"A result of {size:,} bytes is too large to be kept.")
    return result


def _succeeded(result: Record, operation: Operation) -> Operation:
    return operation.ended(_now(), result=result)


def _failed(error: AlbumenError, operation: Operation) -> Operation:
    return operation.ended(_now(), error=error)


def _cancelled(operation: Operation) -> Operation:
    return operation.ended(_now(), error=cancelled(operation))


def _stopped_by(kind: Kind, operation: Operation) -> Operation:
    """Return an operation that the end of the service ends, or lets wait for the next start."""
    if operation.cancel_requested:
        return _cancelled(operation)
    if not kind.resumes:
        return operation.ended(_now(), error=interrupted(operation, "the service stopped"))
    return replace(operation, stops=operation.stops + 1)


def _failure() -> InternalError:
    return InternalError(Reason.INTERNAL, "The service failed; its log has the details.")


def _now() -> datetime:
    return datetime.now(UTC)
