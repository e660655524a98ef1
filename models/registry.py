"""Fetches one distribution file with its registry's own client, pip or npm, or a model of the user's own.

The clients know the machine's mirrors, proxies, certificates and credentials; this module knows none.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from models.digest import State, sha256_of, state_of
from models.entries import Kind, NodeWheel, Package, Registry
from models.errors import FetchError, IntegrityError
from models.node import npm_command
from models.origin import obtain
from models.pip import pip_command
from models.process import run_client, wait_until_ended

_PREFIX = ".fetching-"


def fetch(package: Package, node: NodeWheel, folder: Path, timeout: float, watch: Callable[[int], None]) -> Path:
    """Return a package's distribution file, fetched now if it is not there and whole.

    The file appears under its name only after its SHA-256 was checked.

    Args:
        package: what to fetch.
        node: the package that brings npm where the machine has none.
        folder: where the file is, or is put.
        timeout: seconds that each run of a client may take.
        watch: gets the number of bytes fetched so far.

    Raises:
        FetchError: a client failed or took too long.
        IntegrityError: the registry serves other bytes.

    """
    target = folder.resolve() / package.file
    if state_of(target, package.sha256) is State.READY:
        return target
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=target.parent) as name:
        work = Path(name)
        found = work / package.file
        if package.registry in {Registry.FILE, Registry.HTTPS}:
            obtain(package, found, timeout, watch)
            found.replace(target)
            return target
        try:
            command = _command(package, node, work, timeout)
            run_client(command, work, timeout, watch)
        except FetchError as error:
            reason = f"could not fetch {package.name} {package.version}.\n{error}\n{_advice(target)}"
            raise FetchError(reason) from error
        if not found.is_file():
            raise FetchError(f"fetching {package.name} {package.version} did not leave {package.file}")
        if (digest := sha256_of(found)) != package.sha256:
            raise IntegrityError(
                f"{package.file} has SHA-256 {digest}, the manifest pins {package.sha256}: the registry or "
                f"a mirror serves another file. Nothing of it was kept. {_advice(target)}"
            )
        found.replace(target)
    return target


def clean(folder: Path, timeout: float) -> None:
    """Delete what killed fetches have left in `folder`; no other fetch may be running in it.

    Raises:
        filelock.Timeout: the client of a killed fetch still runs after `timeout` seconds.

    """
    for leftover in folder.glob(f"{_PREFIX}*"):
        try:
            wait_until_ended(leftover, timeout)
        except PermissionError:
            # Another user's, which is not ours to delete.
            continue
        shutil.rmtree(leftover, ignore_errors=True)


def _command(package: Package, node: NodeWheel, work: Path, timeout: float) -> list[str]:
    """Return the client's command that leaves the distribution file in `work`, where it is to run."""
    if package.registry is Registry.NPM:
        npm = npm_command(node, work, timeout)
        # A cache of its own: the machine's would keep a second copy of all weights.
        cache = ["--cache", str(work / "npm")]
        return [*npm, "pack", f"{package.name}@{package.version}", "--ignore-scripts", *cache]
    options = ["--dest", str(work)]
    options += ["--no-binary", package.name] if package.kind is Kind.SDIST else ["--only-binary=:all:"]
    if package.platform:
        options += ["--platform", package.platform]
    if package.python:
        options += ["--python-version", package.python, "--implementation", "cp"]
    return pip_command("download", f"{package.name}=={package.version}", [package.sha256], work, *options)


def _advice(target: Path) -> str:
    return (
        "If this machine reaches the registry through a proxy or a mirror, set it in pip's or npm's own "
        f"configuration and pull again. Without any network, put {target.name} into {target.parent} by hand "
        "and pull again."
    )
