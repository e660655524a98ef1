"""`albumen name`: says who somebody is."""

from typing import Annotated

import typer
from rich.text import Text

from albumen.catalog.v1.person_pb2 import Person
from clients.cli import console
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun, print_edit, print_undo
from clients.cli.resolution import name_key, resolve_person, short_id
from services.common.plural import plural


def name(
    context: typer.Context,
    person: Annotated[
        str, typer.Argument(metavar="PERSON", parser=text, help="Id, unique start of an id, or current name.")
    ],
    new_name: Annotated[str, typer.Argument(metavar="NAME", parser=text, help='New name; "" takes the name away.')],
    dry_run: DryRun = False,
) -> None:
    """Give a person a name. It stays whatever is indexed later; it can be undone."""
    session: Session = context.obj
    with connect(session) as catalog:
        people = catalog.list_people()
        meant = resolve_person(people, person)
        changed = Person(name=meant.name, display_name=new_name, etag=meant.etag)
        done = catalog.update_person(changed, "display_name", dry_run=dry_run)
    if dry_run:
        print_edit(done.edit)
        return
    renamed = done.person
    where = f"{plural(renamed.face_count, 'face')} in {plural(renamed.image_count, 'photo')}"
    line = Text(short_id(renamed.name), style="cyan")
    if renamed.display_name:
        line.append(" is ", style="default").append(printable(renamed.display_name), style="bold default")
    else:
        line.append(" has no name now", style="default")
    console.out.print(line.append(f"  ({where})", style="dim"), soft_wrap=True)
    same = [other for other in people if name_key(other.display_name) == name_key(new_name)]
    others = [other for other in same if other.name != meant.name]
    if new_name and others:
        count = plural(len(others), "other person has", "other people have")
        console.out.print(f"[dim]{count} this name too.[/]")
    print_undo(done.edit)
