"""`albumen hide`: leaves somebody out of lists."""

from typing import Annotated

import typer

from albumen.catalog.v1.person_pb2 import Person
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.correction import DryRun, print_edit
from clients.cli.resolution import resolve_person


def hide(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", parser=text, help="Id, unique start of an id, or name.")],
    again: Annotated[bool, typer.Option("--show", help="Show the person again.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Leave a person out of lists and reports, as for strangers in the background; it can be undone."""
    session: Session = context.obj
    with connect(session) as catalog:
        meant = resolve_person(catalog.list_people(), person)
        changed = Person(name=meant.name, hidden=not again, etag=meant.etag)
        done = catalog.update_person(changed, "hidden", dry_run=dry_run)
    print_edit(done.edit, done.person)
