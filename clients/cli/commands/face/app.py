"""The commands of `albumen face`."""

from collections.abc import Callable, Mapping
from typing import Final

import typer

from clients.cli.commands.face.drawing import draw
from clients.cli.commands.face.giving import give
from clients.cli.commands.face.listing import list_faces, show

FACE_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "list": list_faces, "show": show, "give": give, "draw": draw,
}  # fmt: skip
app = typer.Typer(
    help="Faces: where they are, whose they are, and those that nobody has found but you.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
for name, command in FACE_COMMANDS.items():
    app.command(name)(command)
