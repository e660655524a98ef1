"""The commands of `albumen face`."""

from collections.abc import Callable, Mapping
from typing import Final

import typer

from clients.cli.commands.face.drawing import draw
from clients.cli.commands.face.listing import list_faces

FACE_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {"list": list_faces, "draw": draw}
app = typer.Typer(
    help="The faces of a photo, and those that nobody has found but you.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
for name, command in FACE_COMMANDS.items():
    app.command(name)(command)
