"""The filled library, settled by the product itself and kept, so that a second run begins at once."""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
from rich.progress import Progress

from albumen.catalog.v1.library_service_pb2 import ReclusterLibraryRequest
from albumen.catalog.v1.library_service_pb2_grpc import LibraryServiceStub
from benchmarks.catalog.internals import SUFFIX, fill_library, schema_digest
from benchmarks.catalog.measuring import Values
from benchmarks.catalog.recipe import Recipe
from benchmarks.catalog.service import LONGEST_SECONDS, UPKEEP_SECONDS, RunningCatalog, running_catalog, running_vision
from benchmarks.catalog.twin import fill_twin
from benchmarks.progress import step

# The one that a catalog opens when it starts.
LIBRARY: Final = "default"
PARENT: Final = f"libraries/{LIBRARY}"

_DONE: Final = "settled.json"
_WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class Prepared:
    """A filled and settled library, never opened again: measurements work on copies.

    Attributes:
        folder: of all files.
        recipe: of the rows.
        settling: what it took to settle them.

    """

    folder: Path
    recipe: Recipe
    settling: Values

    @property
    def newcomers(self) -> Path:
        """File of the embeddings of photos that come later."""
        return self.folder / "newcomers.npy"

    @property
    def twin(self) -> Path:
        """File of the same rows in SQLite."""
        return self.folder / "sqlite.db"

    def copy(self, target: Path) -> Path:
        """Copy the library into a new folder, as cheaply as the file system allows; return it."""
        _copy(self.folder / "libraries", target)
        return target

    def copy_library(self, target: Path) -> None:
        """Copy the library's one file, and what the product keeps beside it."""
        name = f"{LIBRARY}{SUFFIX}"
        for part in (self.folder / "libraries").glob(f"{name}*"):
            _copy(part, target.with_name(target.name + part.name.removeprefix(name)))


def prepare(recipe: Recipe, home: Path, progress: Progress, *, settled: bool = True) -> Prepared:
    """Return the library of a recipe below the folder `home`; fill and settle it if it isn't there yet.

    Without `settled` its people are those of the recipe, which are nearly the same.

    A library is as its schema and its people's rules made it, so each schema has its own.

    Raises:
        CommandError: the catalog did not come to serve.

    """
    digest = sha256((recipe.digest + schema_digest()).encode()).hexdigest()[:12]
    folder = home / f"{recipe.photos}-{digest}{'' if settled else '-unsettled'}"
    done = folder / _DONE
    if not done.exists():
        home.mkdir(parents=True, exist_ok=True)
        # In a folder of its own, for another run may be at the same library.
        with tempfile.TemporaryDirectory(dir=home, prefix=f"{folder.name}-", ignore_cleanup_errors=True) as unfinished:
            _fill(recipe, Path(unfinished), progress)
            settling = _settle(Path(unfinished), progress) if settled else {}
            (Path(unfinished) / _DONE).write_text(json.dumps(settling), "utf-8")
            if not done.exists():
                Path(unfinished).rename(folder)
    return Prepared(folder, recipe, json.loads(done.read_text("utf-8")))


def recluster(catalog: RunningCatalog, show: Callable[[float], None]) -> Values:
    """Recluster the library; return CPU and wall seconds. `show` is told how much is done, 0 to 1."""
    catalog.wait_until_idle()
    cpu, wall = catalog.usage().cpu_seconds, time.perf_counter()
    stub = LibraryServiceStub(catalog.channel)
    for at in stub.ReclusterLibrary(ReclusterLibraryRequest(name=PARENT), timeout=LONGEST_SECONDS):
        show(at.done_count / max(at.total_count, 1))
    wall = time.perf_counter() - wall
    return {"recluster.cpu": [catalog.usage().cpu_seconds - cpu], "recluster.wall": [wall]}


def _fill(recipe: Recipe, folder: Path, progress: Progress) -> None:
    libraries = folder / "libraries"
    libraries.mkdir(parents=True, mode=0o700)
    with step(progress, "Filling", 3) as advance:
        np.save(folder / "newcomers.npy", recipe.newcomers())
        advance()
        fill_library(libraries / f"{LIBRARY}{SUFFIX}", recipe)
        advance()
        fill_twin(folder / "sqlite.db", recipe)
        advance()


def _settle(folder: Path, progress: Progress) -> Values:
    with (
        step(progress, "Settling", _WHOLE) as advance,
        running_vision(folder / "newcomers.npy") as vision,
        running_catalog(folder / "libraries", folder / "logs", vision) as catalog,
    ):
        shown = 0

        def show(share: float) -> None:
            nonlocal shown
            while shown < int(_WHOLE * share):
                shown += 1
                advance()

        values = recluster(catalog, show)
        # What it keeps of its own accord once nobody writes belongs to a settled library.
        catalog.wait_until_idle(UPKEEP_SECONDS)
    return {name.replace("recluster", "settle"): figures for name, figures in values.items()}


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-r", "--reflink=auto", str(source), str(target)], check=True)  # noqa: S607
