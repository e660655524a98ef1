"""Command lines of pip, the client of the Python package index, that accept one pinned distribution file."""

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from models.errors import FetchError


def pip_command(verb: str, requirement: str, hashes: Sequence[str], folder: Path, *options: str) -> list[str]:
    """Return the command that fetches ``requirement`` alone, if its SHA-256 is one of ``hashes``.

    The pins are written into ``folder``. pip's cache is left out: it would keep a copy of every weight.
    Raises FetchError if this Python has no pip.
    """
    if importlib.util.find_spec("pip") is None:
        raise FetchError(f"this Python has no pip. Run: {sys.executable} -m ensurepip")
    pins = folder / f"{verb}.txt"
    pins.write_text(" ".join([requirement, *(f"--hash=sha256:{digest}" for digest in hashes)]))
    fixed = ["--no-cache-dir", "--no-input", "--no-deps", "--require-hashes", "--requirement", str(pins)]
    return [sys.executable, "-P", "-m", "pip", verb, *fixed, *options]
