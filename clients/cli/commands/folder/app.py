"""The commands of `albumen folder`."""

from collections.abc import Callable, Mapping
from typing import Final

import typer

from clients.cli.commands.folder.changing import add, change, remove
from clients.cli.commands.folder.listing import list_folders, show
from clients.cli.commands.folder.missing import missing
from clients.cli.commands.folder.syncing import sync

FOLDER_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "add": add, "list": list_folders, "show": show, "sync": sync, "missing": missing, "change": change,
    "remove": remove,
}  # fmt: skip
app = typer.Typer(
    help="Keep the library equal to folders on the catalog's own disk.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
for name, command in FOLDER_COMMANDS.items():
    app.command(name)(command)
