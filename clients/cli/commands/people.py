"""`albumen people`: who is in the photos."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.person_pb2 import Person
from clients.cli import console
from clients.cli.advised import command
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.json_answer import print_json
from clients.cli.resolution import short_id
from services.common.plural import plural


def people(
    context: typer.Context,
    everybody: Annotated[bool, typer.Option("--all", help="Include hidden people.")] = False,
    favorites: Annotated[bool, typer.Option("--favorites", help="Favourites only.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List people, those with most faces first."""
    session: Session = context.obj
    with connect(session) as catalog:
        known = catalog.list_people()
        alone = catalog.library().ungrouped_face_count
    wanted = [person for person in known if person.favorite or not favorites]
    shown = [person for person in wanted if everybody or not person.hidden]
    if as_json:
        for person in shown:
            print_json(person)
        return
    if shown:
        console.out.print(_table(shown, with_hidden=everybody))
    elif favorites:
        console.out.print("No favourite yet.")
        console.print_advice("Make one:", command("person", "set", "PERSON", "--favorite"))
    else:
        console.out.print("Nobody yet: a person needs at least two faces that look alike.")
    if hidden := len(wanted) - len(shown):
        console.out.print(f"[dim]{plural(hidden, 'hidden person', 'hidden people')} not shown: --all[/]")
    if alone and not favorites:
        console.out.print(f"[dim]{plural(alone, 'face resembles', 'faces resemble')} nobody enough to be grouped.[/]")
        console.print_advice("List them:", command("face", "list", "--nobody"))
    if any(not person.display_name for person in shown):
        console.print_advice("Give a name:", command("name", "PERSON", "NAME"))


def _table(shown: list[Person], *, with_hidden: bool) -> Table:
    table = FoldingTable()
    table.add("id", style="cyan", whole=True)
    table.add("name", style="bold")
    table.add("faces", right=True)
    table.add("photos", right=True)
    if with_hidden:
        table.add("hidden")
    for person in shown:
        nameless = Text("no name yet", "dim italic")
        name = Text(printable(person.display_name)) if person.display_name else nameless
        if person.favorite:
            name.append("  \N{BLACK HEART SUIT}", "not italic not dim red")
        hidden = ["yes" if person.hidden else ""] if with_hidden else []
        counts = (f"{person.face_count:,}", f"{person.image_count:,}")
        table.add_row(short_id(person.name), name, *counts, *hidden)
    return table
