"""Copies or downloads the ONNX file of a user's own model."""

import shutil
import time
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from models.digest import sha256_of
from models.entries import Package, Registry
from models.errors import FetchError, IntegrityError

# The limit of protobuf, and so of an ONNX file.
MAX_BYTES = 2 * 1024**3
_CHUNK = 1 << 20
_MAX_SILENCE_SECONDS = 60


class _HttpsOnly(HTTPRedirectHandler):
    """Follows redirects to https addresses, and to no others."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:  # noqa: ANN401 - the base class's
        if not newurl.startswith("https://"):
            raise FetchError(f"{req.full_url} leads on to {newurl}, which is not an https address")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def obtain(package: Package, target: Path, timeout: float, watch: Callable[[int], None]) -> None:
    """Copy or download the package's ONNX file to `target`, and check its SHA-256.

    Args:
        package: of a user's own model.
        target: the file to write.
        timeout: seconds that a download may take.
        watch: gets the number of bytes fetched so far.

    Raises:
        FetchError: the file cannot be read or downloaded in time, or is larger than `MAX_BYTES`.
        IntegrityError: the file has another SHA-256 than its entry.

    """
    try:
        if package.registry is Registry.FILE:
            _check_size(package, Path(package.name).stat().st_size)
            shutil.copyfile(package.name, target)
        else:
            _download(package, target, timeout, watch)
    except FileNotFoundError as error:
        raise FetchError(
            f"{package.id}: there is no file {package.name}. Correct 'path' in its entry; a relative one starts "
            "from the folder of the models file."
        ) from error
    except (OSError, ValueError, HTTPException) as error:
        raise FetchError(f"{package.id}: cannot get {package.name}: {error}") from error
    if (digest := sha256_of(target)) != package.sha256:
        raise IntegrityError(
            f"{package.id}: {package.name} has SHA-256 {digest}, but its entry says {package.sha256}. Nothing of it "
            "was kept. If this is the file that you mean, put its SHA-256 into the entry."
        )


def _download(package: Package, target: Path, timeout: float, watch: Callable[[int], None]) -> None:
    deadline = time.monotonic() + timeout
    opener = build_opener(_HttpsOnly)
    with opener.open(package.name, timeout=min(timeout, _MAX_SILENCE_SECONDS)) as answer, target.open("wb") as file:
        length = int(answer.headers.get("Content-Length") or 0)
        _check_size(package, length)
        done = 0
        while chunk := answer.read(_CHUNK):
            done += len(chunk)
            _check_size(package, done)
            if time.monotonic() > deadline:
                raise FetchError(f"{package.id}: fetching {package.name} took longer than {timeout:.0f} s")
            file.write(chunk)
            watch(done)
        if done < length:
            raise FetchError(f"{package.id}: {package.name} broke off after {done:,} of {length:,} bytes; pull again")


def _check_size(package: Package, size: int) -> None:
    if size > MAX_BYTES:
        raise FetchError(f"{package.id}: {package.name} is larger than the limit of {MAX_BYTES:,} bytes")
