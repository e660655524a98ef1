"""A catalog with a folder for its backups, and operations that are done at once."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.catalog.backup.backup_folder import BACKUPS, BackupFolder
from services.catalog.backup.backups import Backups
from services.catalog.backup.exporting import Exporter
from services.catalog.backup.keeping import Keeping
from services.catalog.backup.making import BackupMaker
from services.catalog.backup.manifest import NAME, Manifest
from services.catalog.backup.restoring import Restorer
from services.catalog.backup.verifying import Verifier
from services.catalog.catalog import Catalog
from services.catalog.operations.kind import Kind, Progress, Task
from services.common.errors import AlbumenError, Reason
from tests.catalog.clustering.synthetic import analysis, direction


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


def refused(kept: Backing, backup: str, library: str, **task: int) -> Reason:
    with pytest.raises(AlbumenError) as caught:
        kept.restore(backup, library, **task)
    return caught.value.reason


def rewrite(kept: Backing, backup: str, change: Callable[[Manifest], Manifest]) -> None:
    folder = kept.folder / BACKUPS / backup
    manifest = change(Manifest.read(folder))
    (folder / NAME).unlink()
    manifest.write(folder)


def fill(kept: Backing, count: int = 12) -> None:
    with kept.catalog.lease("a") as library:
        library.additions.add_all(
            [analysis(str(number), direction(0.01 * number, number % 3), labels=("cat",)) for number in range(count)]
        )
