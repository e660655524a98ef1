"""`albumen merge`: says that people are the same."""

from typing import Annotated

import typer

from albumen.catalog.v1.people_edit_service_pb2 import MergePeopleRequest
from clients.cli.connection import CALL_SECONDS, Session, connect
from clients.cli.correction import DryRun, print_edit
from clients.cli.resolution import resolve_person


def merge(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Who remains: id, unique start of an id, or name.")],
    others: Annotated[
        list[str],
        typer.Argument(
            metavar="PERSON", help="Who is the same person: ids, unique starts of ids, or names.", show_default=False
        ),
    ],
    dry_run: DryRun = False,
) -> None:
    """Say that people are the same. The name of the first remains; it can be undone."""
    session: Session = context.obj
    with connect(session) as catalog:
        people = catalog.list_people()
        remaining = resolve_person(people, person)
        request = MergePeopleRequest(
            person=remaining.name,
            others=[resolve_person(people, other).name for other in others],
            etag=remaining.etag,
            validate_only=dry_run,
        )
        merged = catalog.edits.MergePeople(request, timeout=CALL_SECONDS)
    print_edit(merged.edit, merged.person)
