"""The files of operations: a small one each, beside the file of their library, written whole or not at all."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import structlog

from services.catalog.damage import DAMAGE
from services.catalog.library_paths import OPERATIONS, SUFFIX
from services.catalog.operations.operation import Operation, OperationKey, operation_of
from services.catalog.storage.file_copy import sync_folder
from services.catalog.storage.unavailable import library_unavailable

_SUFFIX: Final = ".json"
_UNFINISHED: Final = ".new"
_OWNER_ONLY: Final = 0o700
_OWNER_ONLY_FILE: Final = 0o600

_log = structlog.get_logger()


class OperationFiles:
    """Keeps operations on disk; methods may be called from any thread, one at a time for one operation.

    Args:
        folder: that of the libraries.

    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> Iterator[Operation]:
        """Yield all that are kept; what can't be read is logged, and left alone."""
        for folder in self._folder.glob(f"*{SUFFIX}{OPERATIONS}"):
            for unfinished in folder.glob(f"*{_UNFINISHED}"):
                unfinished.unlink(missing_ok=True)
            for file in folder.glob(f"*{_SUFFIX}"):
                try:
                    yield operation_of(json.loads(file.read_bytes()))
                except DAMAGE as error:
                    _log.warning("operation_unreadable", file=file.name, error=str(error))

    def write(self, operation: Operation) -> None:
        """Keep an operation as it is now; it is durable when this returns.

        Raises:
            UnavailableError: LIBRARY_UNAVAILABLE, the file can't be written; what was kept before stays.

        """
        file = self._file(operation.key)
        unfinished = file.with_name(file.name + _UNFINISHED)
        content = json.dumps(operation.stored(), separators=(",", ":"), allow_nan=False).encode()
        try:
            if not file.parent.exists():
                file.parent.mkdir(mode=_OWNER_ONLY, exist_ok=True)
                sync_folder(self._folder)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY_FILE)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(file)
            sync_folder(file.parent)
        except OSError as error:
            raise library_unavailable(
                self._folder / f"{operation.library_id}{SUFFIX}",
                f"What is known of its operations can't be written ({error.strerror}).",
            ) from error

    def remove(self, key: OperationKey) -> None:
        """Keep an operation no more; what can't be removed is logged, and removed another time."""
        try:
            self._file(key).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("operation_left", operation=key.name, error=str(error))

    def _file(self, key: OperationKey) -> Path:
        return self._folder / f"{key.library_id}{SUFFIX}{OPERATIONS}" / f"{key.id}{_SUFFIX}"
