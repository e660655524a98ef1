"""Reads single members of a wheel or tarball into memory; nothing is ever unpacked."""

import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from models.errors import ConversionError


def read_members(archive: Path, names: Sequence[str]) -> list[bytes]:
    """Return the bytes of the members with exactly these names, in this order.

    Args:
        archive: a wheel or a gzipped tarball.
        names: full names of the members.

    Raises:
        ConversionError: the archive cannot be read, or has no such member.

    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel:
                return [wheel.read(name) for name in names]
        with tarfile.open(archive, "r:gz") as tarball:
            return [_read(tarball, name) for name in names]
    except (KeyError, OSError, EOFError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise ConversionError(f"cannot read {', '.join(names)} in {archive.name}: {error}") from error


def _read(tarball: tarfile.TarFile, name: str) -> bytes:
    file = tarball.extractfile(name)
    if file is None:
        raise KeyError(f"{name} is not a file")
    return file.read()
