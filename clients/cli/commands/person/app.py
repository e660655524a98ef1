"""The commands of `albumen person`."""

from collections.abc import Callable, Mapping
from typing import Final

import typer

from clients.cli.commands.person.setting import set_person
from clients.cli.commands.person.showing import show

PERSON_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {"show": show, "set": set_person}
app = typer.Typer(
    help="What is known of a person: birth date, favourite or not, cover.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
for name, command in PERSON_COMMANDS.items():
    app.command(name)(command)
