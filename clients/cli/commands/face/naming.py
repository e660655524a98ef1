"""Faces as they are named at the terminal: by their numbers."""

from collections.abc import Iterable
from typing import Annotated, Final

import typer

from clients.cli import exit_codes
from clients.cli.advised import command
from clients.cli.arguments import text
from clients.cli.failure import CommandError

FaceArguments = Annotated[
    list[str],
    typer.Argument(
        metavar="FACE", parser=text, help="Numbers of faces, as `albumen face list` tells them.", show_default=False
    ),
]
_MAX_DIGITS: Final = 18


def face_names(parent: str, faces: Iterable[str]) -> list[str]:
    """Return the resource names of faces of the library `parent`, each once; a whole name stays as it is.

    Raises:
        CommandError: one is no number.

    """
    return list(dict.fromkeys(_name(parent, face) for face in faces))


def _name(parent: str, face: str) -> str:
    if face.startswith("libraries/"):
        return face
    if not (face.isascii() and face.isdecimal() and len(face) <= _MAX_DIGITS):
        raise CommandError(
            f"{face!r} is no number of a face.",
            advice=f"`{command('face', 'list', 'IMAGE')}` lists the faces of a photo.",
            exit_code=exit_codes.WRONG_USE,
        )
    return f"{parent}/faces/{int(face)}"
