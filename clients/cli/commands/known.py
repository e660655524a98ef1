"""`albumen known`: which files the library has."""

import errno
import json
import re
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from albumen.catalog.v1 import image_service_pb2 as pb
from clients.cli import console, exit_codes
from clients.cli.arguments import file_text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.source import file_sha256

_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
_PRESENCES: Final = {
    pb.IMAGE_PRESENCE_PRESENT: ("known", "green"),
    pb.IMAGE_PRESENCE_TRASHED: ("in the trash", "yellow"),
    pb.IMAGE_PRESENCE_ABSENT: ("not known", "red"),
}


def known(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE", parser=file_text, help="Files, or SHA-256 as 64 hexadecimal digits.", show_default=False
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file, for programs.")] = False,
) -> None:
    """Tell which files the library has, whatever they are called and wherever they lie; nothing is sent or indexed.

    Exit codes:

    - **0**: all could be looked at, known or not
    - **3**: some files could not be read; each is told with its reason
    """
    session: Session = context.obj
    hashes, unread = dict[str, str](), False
    with connect(session) as catalog:
        for name in dict.fromkeys(files):
            try:
                hashes[name] = _hash_of(name)
            except OSError as error:
                unread = True
                line = f"{printable(name)} can't be read: {error.strerror or error}."
                console.err.print(line, markup=False, style="red", soft_wrap=True)
        presences = catalog.presences(list(hashes.values()))
    for (name, sha256), presence in zip(hashes.items(), presences, strict=True):
        if as_json:
            told = {"file": name, "sha256": sha256, "presence": pb.ImagePresence.Name(presence)}
            typer.echo(json.dumps(told))
        else:
            words, style = _PRESENCES.get(presence, ("?", "dim"))
            line_text = Text(f"{words:<14}", style=style).append(printable(name), style="default")
            console.out.print(line_text, soft_wrap=True)
    if unread:
        raise typer.Exit(exit_codes.FILES_UNREADABLE)


def _hash_of(name: str) -> str:
    """Return the SHA-256 that `name` is, or that of the file with this name.

    Raises:
        OSError: it can't be read.

    """
    path = Path(name)
    if _SHA256.fullmatch(name) and not path.exists():
        return name.lower()
    if path.exists() and not path.is_file():
        # Whoever opens a pipe waits for somebody to write into it.
        raise OSError(errno.EINVAL, "it is no file")
    with path.open("rb") as file:
        return file_sha256(file)[0]
