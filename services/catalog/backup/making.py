"""Backups as operations: each is written under a name that nobody finds, read back, and named."""

import contextlib
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from services.catalog.backup.backup_folder import BACKUPS
from services.catalog.backup.backups import Backups
from services.catalog.backup.hashing import hash_file
from services.catalog.backup.manifest import FORMAT, Manifest, program_version
from services.catalog.catalog import Catalog
from services.catalog.copies.content import Content
from services.catalog.operations.kind import Kind, Progress, Steps, Task
from services.catalog.operations.turn import in_turn
from services.catalog.storage.unavailable import not_copied
from services.common.errors import AlbumenError

FILE: Final = "library.duckdb"
BACKUP: Final = "backup"
_log = structlog.get_logger()


class BackupMaker:
    """Makes backups of libraries.

    Args:
        catalog: the libraries.
        backups: of them.

    """

    def __init__(self, catalog: Catalog, backups: Backups) -> None:
        self._catalog = catalog
        self._backups = backups

    @property
    def kind(self) -> Kind:
        """The kind of operation that makes a backup."""
        return Kind(BACKUP, self._steps)

    def _steps(self, task: Task) -> Steps:
        """Make a backup; the record has its name.

        Raises:
            FailedPreconditionError: BACKUPS_OFF, BACKUP_DAMAGED.
            NotFoundError: LIBRARY_NOT_FOUND.
            ResourceExhaustedError: DISK_FULL.
            UnavailableError: BACKUPS_UNAVAILABLE, LIBRARY_UNAVAILABLE.

        """
        # It may have been whole when the process died.
        made = self._backups.folder.made_by(BACKUPS, task.operation_id) if task.attempt > 1 else None
        if made is not None:
            backup_id, _ = made
        else:
            backup_id = yield from self._make(task)
        try:
            self._backups.expire()
        except AlbumenError as error:
            _log.warning("backups_not_expired", reason=str(error.reason), error=error.message)
        return {"backup": f"backups/{backup_id}"}

    def _make(self, task: Task) -> Generator[Progress, None, str]:
        library_id = task.library_id
        with self._backups.folder.making(BACKUPS) as unfinished:
            content = yield from self._copy(library_id, unfinished.path / FILE)
            try:
                file = yield from hash_file(unfinished.path / FILE, FILE)
                manifest = Manifest(FORMAT, library_id, task.operation_id, program_version(), content, (file,))
                manifest.write(unfinished.path)
                backup_id = unfinished.publish(f"{library_id}-{content.time:%Y%m%d-%H%M%S}")
            except OSError as error:
                raise not_copied(library_id, error) from error
        _log.info("library_backed_up", library=library_id, backup=backup_id, bytes=manifest.size_bytes)
        return backup_id

    def _copy(self, library_id: str, path: Path) -> Generator[Progress, None, Content]:
        with self._catalog.lease(library_id) as library, contextlib.ExitStack() as closing:
            run = yield from in_turn(partial(library.copies.backup.begin, path), "rows")
            closing.callback(run.close)
            while (step := run.advance()) is not None:
                if step.content is not None:
                    return step.content
                yield Progress(step.done, step.total, "rows")
        raise AssertionError("a copy ends with its content")
