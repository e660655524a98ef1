"""Pictures that the catalog sends, as files."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import typer

from albumen.catalog.v1.picture_pb2 import PICTURE_FORMAT_JPEG, PICTURE_FORMAT_WEBP, Picture, PictureFormat
from clients.cli.connection import Catalog
from clients.cli.failure import CommandError
from clients.cli.output_file import require_writable
from clients.cli.source import file_sha256

_FORMATS: Final[dict[str, PictureFormat]] = {
    ".jpg": PICTURE_FORMAT_JPEG,
    ".jpeg": PICTURE_FORMAT_JPEG,
    ".webp": PICTURE_FORMAT_WEBP,
}
FORMATS: Final = ".jpg or .webp"


def format_of(output: Path | None) -> PictureFormat:
    """Return the format that the name of a file asks for, JPEG without one.

    Raises:
        typer.BadParameter: there is no such format.

    """
    if output is None:
        return PICTURE_FORMAT_JPEG
    if output.suffix.lower() not in _FORMATS:
        raise typer.BadParameter(f"The name must end in {FORMATS}.", param_hint="--output")
    return _FORMATS[output.suffix.lower()]


def picture_place(catalog: Catalog, path: Path, picture: Picture) -> Path:
    """Return where to write a picture that goes to `path`; in the place of the same bytes only.

    Raises:
        CommandError: something is there that would be lost.

    """

    def is_the_same(place: Path) -> bool:
        with place.open("rb") as file:
            return file_sha256(file)[0] == picture.sha256

    return require_writable(catalog, path, is_the_same)


def write_checked(path: Path, picture: Picture, parts: Iterable[bytes]) -> None:
    """Write a picture as it comes.

    Raises:
        CommandError: what came is not what was told.
        OSError: it can't be written.

    """
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for part in parts:
            digest.update(part)
            file.write(part)
    if digest.hexdigest() != picture.sha256:
        raise CommandError("What came is not what the catalog said.", advice="Run the command again.")
