"""`albumen separate`: says that people are not the same."""

from typing import Annotated

import typer

from albumen.catalog.v1.people_edit_service_pb2 import SeparatePeopleRequest
from clients.cli import console
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.correction import DryRun, print_edit
from clients.cli.paging import CALL_SECONDS
from clients.cli.resolution import resolve_person


def separate(
    context: typer.Context,
    people: Annotated[
        list[str],
        typer.Argument(
            metavar="PERSON", parser=text, help="Two or more: ids, unique starts of ids, or names.", show_default=False
        ),
    ],
    dry_run: DryRun = False,
) -> None:
    """Say that people are different, however alike they look: they stay apart, and are suggested no more."""
    session: Session = context.obj
    with connect(session) as catalog:
        known = catalog.list_people()
        request = SeparatePeopleRequest(
            people=[resolve_person(known, one).name for one in people], validate_only=dry_run
        )
        edit = catalog.edits.SeparatePeople(request, timeout=CALL_SECONDS).edit
    if edit.people:
        print_edit(edit)
    else:
        console.out.print("They are told apart already: nothing changes.")
