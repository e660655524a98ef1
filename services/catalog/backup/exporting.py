"""Exports as operations: each is written under a name that nobody finds, and named once it is whole."""

import contextlib
from collections.abc import Generator, Iterable
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from services.catalog.backup.backup_folder import EXPORTS, BackupFolder
from services.catalog.backup.hashing import hash_file
from services.catalog.backup.manifest import FORMAT, KeptFile, Manifest, program_version
from services.catalog.catalog import Catalog
from services.catalog.copies.export import ExportProgress
from services.catalog.operations.kind import Kind, Progress, Steps, Task
from services.catalog.operations.turn import in_turn
from services.catalog.storage.export_table import ExportParts
from services.catalog.storage.unavailable import not_copied

EXPORT: Final = "export"
_log = structlog.get_logger()


class Exporter:
    """Exports libraries.

    Args:
        catalog: the libraries.
        folder: where exports go.

    """

    def __init__(self, catalog: Catalog, folder: BackupFolder) -> None:
        self._catalog = catalog
        self._folder = folder

    @property
    def kind(self) -> Kind:
        """The kind of operation that exports a library; of a request with the keys embeddings and pictures."""
        return Kind(EXPORT, self._steps)

    def _steps(self, task: Task) -> Steps:
        """Export a library; the record has the folder's name, and sums.

        Raises:
            FailedPreconditionError: BACKUPS_OFF.
            NotFoundError: LIBRARY_NOT_FOUND.
            ResourceExhaustedError: DISK_FULL.
            UnavailableError: BACKUPS_UNAVAILABLE, LIBRARY_UNAVAILABLE.

        """
        made = self._folder.made_by(EXPORTS, task.operation_id) if task.attempt > 1 else None
        name, manifest = made if made is not None else (yield from self._make(task))
        return {"folder": f"{EXPORTS}/{name}", "row_count": manifest.row_count, "size_bytes": manifest.size_bytes}

    def _make(self, task: Task) -> Generator[Progress, None, tuple[str, Manifest]]:
        library_id, parts = task.library_id, ExportParts(0)
        if task.request.get("embeddings"):
            parts |= ExportParts.EMBEDDINGS
        if task.request.get("pictures"):
            parts |= ExportParts.PICTURES
        with self._folder.making(EXPORTS) as unfinished:
            last = yield from self._write(library_id, unfinished.path, parts)
            if last.content is None:
                raise AssertionError("an export ends with its content")
            try:
                files = yield from _hashed(unfinished.path, last.files)
                manifest = Manifest(
                    FORMAT, library_id, task.operation_id, program_version(), last.content, files, last.done
                )
                manifest.write(unfinished.path)
                name = unfinished.publish(f"{library_id}-{last.content.time:%Y%m%d-%H%M%S}")
            except OSError as error:
                raise not_copied(library_id, error) from error
        _log.info("library_exported", library=library_id, export=name, bytes=manifest.size_bytes)
        return name, manifest

    def _write(self, library_id: str, folder: Path, parts: ExportParts) -> Generator[Progress, None, ExportProgress]:
        last = ExportProgress(0, 0)
        with self._catalog.lease(library_id) as library, contextlib.ExitStack() as closing:
            run = yield from in_turn(partial(library.copies.export.begin, folder, parts), "rows")
            closing.callback(run.close)
            while (step := run.advance()) is not None:
                last = step
                yield Progress(step.done, step.total, "rows")
        return last


def _hashed(folder: Path, names: Iterable[str]) -> Generator[Progress, None, tuple[KeptFile, ...]]:
    files: tuple[KeptFile, ...] = ()
    for name in names:
        file = yield from hash_file(folder / name, name)
        files += (file,)
    return files
