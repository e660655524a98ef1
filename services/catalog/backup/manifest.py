"""What a backup, or an export, says of itself: one file beside the others, written last."""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from services.catalog.clustering.files import open_regular, write_private
from services.catalog.copies.content import Content
from services.catalog.damage import DAMAGE
from services.common.library_id import is_library_id
from services.common.limits import MEBIBYTE
from services.common.sha256 import is_sha256

NAME: Final = "manifest.json"
FORMAT: Final = 1
# An export has a file for some thousand faces.
_LARGEST: Final = 32 * MEBIBYTE
_TIMES: Final = ("time", "create_time")
# What a time may be, so that some years can be added to it.
_YEARS: Final = range(1970, 9_000)
_LONGEST_TEXT: Final = 10_000


class DamagedManifestError(ValueError):
    """It can't be read, or is not what was written."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a backup or an export.

    Attributes:
        name: path in its folder, with slashes.
        size_bytes: how large it is.
        sha256: of its bytes, 64 lower-case hexadecimal digits.

    """

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup, or an export, says of itself.

    Attributes:
        format: of all of it; 1 today, and a reader refuses higher ones.
        library: id of the library.
        operation: id of the operation that made it.
        albumen: version of the program that made it.
        content: what of the library is in it.
        files: all files but this.
        row_count: rows in them; 0 where nobody counted.

    """

    format: int
    library: str
    operation: str
    albumen: str
    content: Content
    files: tuple[KeptFile, ...]
    row_count: int = 0

    @property
    def size_bytes(self) -> int:
        """How many bytes the files take."""
        return sum(file.size_bytes for file in self.files)

    def write(self, folder: Path) -> None:
        """Write it into a folder; it is durable then.

        Raises:
            OSError: it can't be written, or the disk is full.

        """
        values = asdict(self)
        for name in _TIMES:
            values["content"][name] = getattr(self.content, name).isoformat()
        text = json.dumps(values | {"sha256": _digest(values)}, indent=2)
        write_private(folder / NAME, [text.encode() + b"\n"])

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Return the manifest in a folder.

        Raises:
            DamagedManifestError: it can't be read, is not what was written, or is of a format that is not known.

        """
        try:
            with os.fdopen(open_regular(folder / NAME, os.O_RDONLY), "rb") as file:
                values = json.loads(file.read(_LARGEST))
            found = _number(values["format"])
            if found > FORMAT:
                raise NewerManifestError(found)
            if values.pop("sha256") != _digest(values):
                raise DamagedManifestError("its digest is wrong")
            return _manifest(values)
        except DAMAGE as error:
            if isinstance(error, DamagedManifestError):
                raise
            raise DamagedManifestError(str(getattr(error, "strerror", None) or error)) from error


class NewerManifestError(DamagedManifestError):
    """It is of a format that a later version writes."""

    def __init__(self, found: int) -> None:
        super().__init__(f"it is of format {found}, and this program knows up to {FORMAT}")


def made_by(folders: Path, operation_id: str) -> tuple[str, Manifest] | None:
    """Return name and manifest of the folder in `folders` that an operation has made, if it has.

    Raises:
        OSError: they can't be read.

    """
    for folder in folders.iterdir():
        with contextlib.suppress(DamagedManifestError):
            manifest = Manifest.read(folder)
            if manifest.operation == operation_id:
                return folder.name, manifest
    return None


def program_version() -> str:
    """Return the version of this program; empty if it is not installed."""
    try:
        return version("albumen")
    except PackageNotFoundError:
        return ""


def _manifest(values: Mapping[str, Any]) -> Manifest:
    """Return the manifest that `values` are; what is answered with of it has its form, whoever wrote it.

    Raises:
        ValueError, KeyError, TypeError, OverflowError: they are none.

    """
    content = values["content"]
    if not is_library_id(_text(values["library"])):
        raise DamagedManifestError("it names no library")
    return Manifest(
        format=_number(values["format"]),
        library=values["library"],
        operation=_text(values["operation"]),
        albumen=_text(values["albumen"]),
        content=Content(**{field.name: _FORMS[field.type](content[field.name]) for field in fields(Content)}),
        files=tuple(_file(file) for file in values["files"]),
        row_count=_number(values["row_count"]),
    )


def _file(values: Mapping[str, Any]) -> KeptFile:
    if not is_sha256(values["sha256"]):
        raise DamagedManifestError("it has no SHA-256 of a file")
    return KeptFile(_text(values["name"]), _number(values["size_bytes"], bits=63), values["sha256"])


def _number(value: object, *, bits: int = 31) -> int:
    if type(value) is not int or not 0 <= value < 1 << bits:
        raise DamagedManifestError("a number in it is none, or out of its range")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise DamagedManifestError("a text in it is none, or too long")
    # Half of a character can be in JSON, and can't be sent.
    value.encode()
    return value


def _time(value: object) -> datetime:
    time = datetime.fromisoformat(_text(value))
    if time.tzinfo is None or time.year not in _YEARS:
        raise DamagedManifestError("a time in it is none")
    return time.astimezone(UTC)


# Form of each part of the content.
_FORMS: Final[Mapping[Any, Callable[[object], Any]]] = {datetime: _time, int: _number, str: _text}


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
