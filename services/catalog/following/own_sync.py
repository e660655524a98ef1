"""The sync of a watched folder that the service begins by itself, through the same door as callers do."""

import contextlib
from enum import Enum, auto

import structlog

from services.catalog.operations.operation import OperationKey, OperationState
from services.catalog.operations.operations import Operations
from services.catalog.syncing.folder_sync import FOLDER_SYNC
from services.common.errors import AlbumenError, Reason

_log = structlog.get_logger()


class SyncEnd(Enum):
    """What became of a sync."""

    DONE = auto()
    """It is done, was cancelled, or is gone."""
    FAILED = auto()
    """It failed, and is to be tried again."""


class OwnSync:
    """Begins syncs of one folder, one at a time; belongs to one thread.

    Args:
        operations: of the catalog.
        library_id: the folder's.
        folder_id: the folder.

    """

    def __init__(self, operations: Operations, library_id: str, folder_id: str) -> None:
        self._operations = operations
        self._library_id = library_id
        self._folder_id = folder_id
        self._key: OperationKey | None = None
        self._last: OperationKey | None = None

    @property
    def under_way(self) -> bool:
        """Whether one was begun whose end nobody was told of."""
        return self._key is not None

    def begin(self) -> bool:
        """Begin a sync; return whether it has begun: somebody else may have begun one, or too much is under way."""
        request = {"folder": self._folder_id, "verify": False, "even_if_empty": False}
        try:
            self._key = self._operations.begin(self._library_id, FOLDER_SYNC, request).key
        except AlbumenError as error:
            if error.reason not in (Reason.OPERATION_IN_PROGRESS, Reason.LIBRARY_NOT_FOUND):
                _log.warning(
                    "folder_sync_put_off", library=self._library_id, folder=self._folder_id, reason=str(error.reason)
                )
            return False
        if self._last is not None:
            # So that a folder that changes all the time leaves room for what users have begun.
            with contextlib.suppress(AlbumenError):
                self._operations.delete(self._last)
        self._last = self._key
        return True

    def take_end(self) -> SyncEnd | None:
        """Return what became of the sync, once; None while it is under way, or if there was none."""
        if self._key is None:
            return None
        try:
            operation = self._operations.get(self._key)
        except AlbumenError:
            self._key = None
            return SyncEnd.DONE
        if not operation.done:
            return None
        self._key = None
        return SyncEnd.FAILED if operation.state is OperationState.FAILED else SyncEnd.DONE
