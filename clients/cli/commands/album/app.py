"""The commands of `albumen album`."""

from collections.abc import Callable, Mapping
from typing import Final

import typer

from clients.cli.commands.album.changing import change, create, delete, rename
from clients.cli.commands.album.filling import add, move, remove
from clients.cli.commands.album.listing import list_albums, show

ALBUM_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "list": list_albums, "show": show, "create": create, "add": add, "remove": remove, "move": move, "change": change,
    "rename": rename, "delete": delete,
}  # fmt: skip
app = typer.Typer(
    help="Put photos together: by hand, or by a filter.", no_args_is_help=True, rich_markup_mode="markdown"
)
for name, command in ALBUM_COMMANDS.items():
    app.command(name)(command)
