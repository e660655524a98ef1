"""`albumen name`: says who somebody is."""

from typing import Annotated

import typer
from rich.text import Text

from clients.cli import console
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.resolution import resolve_person, short_id
from clients.cli.summary import plural


def name(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="Id, unique start of an id, or current name.")],
    new_name: Annotated[str, typer.Argument(metavar="NAME", help='New name; "" takes the name away.')],
) -> None:
    """Give a person a name. It stays whatever is indexed later."""
    session: Session = context.obj
    with connect(session) as catalog:
        people = catalog.list_people()
        meant = resolve_person(people, person)
        renamed = catalog.rename(meant, new_name)
    where = f"{plural(renamed.face_count, 'face')} in {plural(renamed.image_count, 'photo')}"
    line = Text(short_id(renamed.name), style="cyan")
    if renamed.display_name:
        line.append(" is ", style="default").append(printable(renamed.display_name), style="bold default")
    else:
        line.append(" has no name now", style="default")
    console.out.print(line.append(f"  ({where})", style="dim"))
    same = [other for other in people if other.display_name == new_name and other.name != meant.name]
    if new_name and same:
        others = plural(len(same), "other person has", "other people have")
        console.out.print(f"[dim]{others} this name too.[/]")
