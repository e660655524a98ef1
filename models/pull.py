"""Pulls weights and photos: fetch each package once, make the files from it, drop the package."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from filelock import FileLock, Timeout

from models.artifact import SUFFIX, Artifact
from models.digest import State
from models.entries import NodeWheel, Package
from models.errors import FetchError
from models.registry import clean, fetch


@dataclass(frozen=True, slots=True)
class Step:
    """How far one step of a pull is; ``done`` and ``total`` are bytes, and equal when it is finished."""

    action: str
    subject: str
    done: int
    total: int


Observer = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Puller:
    """Pulls artifacts by way of ``downloads``, the folder of distribution files.

    ``timeout`` bounds each client's run and the wait for another pull, in seconds. With ``keep`` the
    distribution files stay.
    """

    node: NodeWheel
    downloads: Path
    observe: Observer
    keep: bool = False
    timeout: float = 1800

    def pull(self, artifacts: Sequence[Artifact]) -> list[Artifact]:
        """Make every artifact that is missing or damaged; return those.

        Whatever is already verified is neither fetched nor made again, so a pull that was interrupted goes
        on where it was. Two pulls at once are safe: the second waits for the first. Raises ModelsError;
        what was finished before the error stays.
        """
        if not _unfinished(artifacts):
            return []
        self.downloads.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.downloads / ".lock", timeout=self.timeout)
        try:
            with lock:
                return self._pull(_unfinished(artifacts))
        except Timeout as error:
            raise FetchError(
                f"another pull has held {error.lock_file} for {self.timeout:.0f} s: let it finish, or end it"
            ) from error

    def _pull(self, artifacts: list[Artifact]) -> list[Artifact]:
        clean(self.downloads)
        for folder in {artifact.path.parent for artifact in artifacts}:
            for leftover in folder.glob(f".*{SUFFIX}"):
                leftover.unlink(missing_ok=True)
        by_package = attrgetter("package.id")
        for _, group in groupby(sorted(artifacts, key=by_package), key=by_package):
            wanted = list(group)
            self._pull_from(wanted[0].package, wanted)
        return artifacts

    def _pull_from(self, package: Package, artifacts: list[Artifact]) -> None:
        def watch(done: int) -> None:
            total = package.size_bytes or done
            self.observe(Step("fetch", package.name, min(done, total), total))

        watch(0)
        distribution = fetch(package, self.node, self.downloads, self.timeout, watch)
        watch(distribution.stat().st_size)
        for artifact in artifacts:
            action = "convert" if artifact.converter else "copy"
            self.observe(Step(action, artifact.id, 0, artifact.size_bytes))
            artifact.make(distribution)
            self.observe(Step(action, artifact.id, artifact.size_bytes, artifact.size_bytes))
        if not self.keep:
            distribution.unlink(missing_ok=True)


def _unfinished(artifacts: Sequence[Artifact]) -> list[Artifact]:
    return [artifact for artifact in artifacts if artifact.state is not State.READY]
