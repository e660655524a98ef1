"""Last syncs of folders that can't have said themselves what became of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from services.catalog.folder_record import FolderRecord, SyncOutcome, SyncReport
from services.catalog.operations.operation import OperationKey, OperationState
from services.catalog.operations.operations import Operations
from services.common.errors import NotFoundError

_OUTCOMES: Final = {
    OperationState.SUCCEEDED: SyncOutcome.SUCCEEDED,
    OperationState.FAILED: SyncOutcome.FAILED,
    OperationState.CANCELLED: SyncOutcome.STOPPED,
}


class LastSyncs:
    """Tells what became of syncs that say that they are under way, and are not.

    The service may have died in the middle of one that is not gone on with, because somebody cancelled it or because it
    died too often; and a library that was restored remembers a sync of another one, or of another time.

    Args:
        operations: of the catalog.

    """

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def settled(self, library_id: str, folder: FolderRecord, again: Callable[[], FolderRecord]) -> FolderRecord:
        """Return a folder with what became of its last sync.

        Args:
            library_id: the folder's.
            folder: as it was read.
            again: reads it once more.

        """
        sync = folder.last_sync
        if sync is None or sync.outcome is not SyncOutcome.RUNNING:
            return folder
        key = OperationKey(library_id, sync.operation)
        if not self._is_done(key):
            return folder
        try:
            # One that ended after the folder was read has said so before it ended.
            now = again()
        except NotFoundError:
            now = folder
        return replace(now, last_sync=self._ended(key, sync)) if now.last_sync == sync else now

    def _is_done(self, key: OperationKey) -> bool:
        try:
            return self._operations.get(key).done
        except NotFoundError:
            return True

    def _ended(self, key: OperationKey, sync: SyncReport) -> SyncReport:
        try:
            operation = self._operations.get(key)
        except NotFoundError:
            return replace(sync, outcome=SyncOutcome.STOPPED, counts=None)
        outcome = _OUTCOMES[operation.state]
        error = operation.error if outcome is SyncOutcome.FAILED else None
        return replace(sync, outcome=outcome, end_time=operation.end_time, counts=None, error=error)
