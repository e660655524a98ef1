"""`albumen library create`: makes an empty library."""

from typing import Annotated

import typer
from rich.text import Text

from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.json_answer import print_json
from clients.cli.library_summary import library_label


def create_library(
    context: typer.Context,
    library: Annotated[
        str,
        typer.Argument(
            metavar="LIBRARY",
            parser=text,
            help="Its id: up to 63 lower-case letters, digits and hyphens, a letter first and no hyphen last.",
        ),
    ],
    name: Annotated[str, typer.Option(metavar="NAME", parser=text, help="Name for people to read.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON object, for programs.")] = False,
) -> None:
    """Make an empty library, with photos and people of its own: **albumen --library LIBRARY** works in it."""
    session: Session = context.obj
    with connect(session.in_library(library)) as catalog:
        made = catalog.create_library(name)
    if as_json:
        print_json(made)
        return
    line = Text(f"Library {printable(library_label(made))} is there, and empty.")
    console.out.print(line, soft_wrap=True)
    identifier = made.name.rpartition("/")[2]
    console.print_advice("Photos into it:", f"{command('index', library=identifier)} ~/Pictures")
