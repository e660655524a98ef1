"""A catalog with a folder for its backups, and operations that are done at once."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.catalog.backup.backup_folder import BackupFolder
from services.catalog.backup.backups import Backups
from services.catalog.backup.exporting import Exporter
from services.catalog.backup.keeping import Keeping
from services.catalog.backup.making import BackupMaker
from services.catalog.backup.restoring import Restorer
from services.catalog.backup.verifying import Verifier
from services.catalog.catalog import Catalog
from services.catalog.operations.kind import Kind, Progress, Task


@dataclass
class Backing:
    """A catalog with what makes and restores its backups."""

    path: Path
    catalog: Catalog
    backups: Backups
    making: Kind
    restoring: Kind
    exporting: Kind
    verifying: Kind

    @property
    def folder(self) -> Path:
        return self.path / "kept"

    @property
    def libraries(self) -> Path:
        return self.path / "libraries"

    def back_up(self, library_id: str = "a", **task: Any) -> str:
        return str(end_of(self.making, library_id, **task)["backup"]).removeprefix("backups/")

    def restore(self, backup_id: str, library_id: str, **task: Any) -> None:
        end_of(self.restoring, library_id, {"backup": backup_id}, **task)


def end_of(kind: Kind, library_id: str, request: dict[str, Any] | None = None, **task: Any) -> dict[str, Any]:
    """Do the work of an operation; return what came of it."""
    return steps_of(kind, library_id, request, **task)[1]


def steps_of(
    kind: Kind, library_id: str, request: dict[str, Any] | None = None, *, operation: str = "o", attempt: int = 1
) -> tuple[list[Progress], dict[str, Any]]:
    steps = kind.steps(Task(library_id, operation, request or {}, attempt))
    progress = []
    try:
        while True:
            progress.append(next(steps))
    except StopIteration as end:
        return progress, dict(end.value)
    finally:
        steps.close()


@contextlib.contextmanager
def backing(path: Path, *, trash_days: float = 30) -> Iterator[Backing]:
    """A catalog in `path`, with a library called a."""
    (path / "kept").mkdir(exist_ok=True)
    catalog = Catalog(path / "libraries", trash=timedelta(days=trash_days))
    backups = Backups(BackupFolder(path / "kept"), Keeping())
    try:
        if "a" not in catalog.ids():
            catalog.create("a")
        yield Backing(
            path,
            catalog,
            backups,
            BackupMaker(catalog, backups).kind,
            Restorer(catalog, backups, path / "libraries").kind,
            Exporter(catalog, backups.folder).kind,
            Verifier(catalog).kind,
        )
    finally:
        backups.folder.close()
        catalog.close()
