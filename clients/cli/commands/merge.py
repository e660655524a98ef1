"""`albumen merge`: says that people are the same."""

from collections.abc import Sequence
from itertools import combinations, islice
from typing import Annotated, Final

import typer
from rich.text import Text

from albumen.catalog.v1.people_edit_service_pb2 import MergePeopleRequest, SeparatePeopleRequest
from albumen.catalog.v1.person_pb2 import Person
from clients.cli import console
from clients.cli.arguments import text
from clients.cli.connection import Catalog, Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun, print_edit
from clients.cli.paging import CALL_SECONDS
from clients.cli.resolution import resolve_person
from clients.cli.summary import person_label

# Each is a question to the catalog.
_MAX_PAIRS: Final = 100


def merge(
    context: typer.Context,
    person: Annotated[
        str, typer.Argument(metavar="PERSON", parser=text, help="Who remains: id, unique start of an id, or name.")
    ],
    others: Annotated[
        list[str],
        typer.Argument(
            metavar="PERSON",
            parser=text,
            help="Who is the same person: ids, unique starts of ids, or names.",
            show_default=False,
        ),
    ],
    dry_run: DryRun = False,
) -> None:
    """Say that people are the same. The name of the first remains; it can be undone."""
    session: Session = context.obj
    with connect(session) as catalog:
        people = catalog.list_people()
        remaining = resolve_person(people, person)
        rest = [resolve_person(people, other) for other in others]
        request = MergePeopleRequest(
            person=remaining.name,
            others=[other.name for other in rest],
            etag=remaining.etag,
            validate_only=dry_run,
        )
        merged = catalog.edits.MergePeople(request, timeout=CALL_SECONDS)
        apart = _told_apart(catalog, [remaining, *rest]) if dry_run else []
    print_edit(merged.edit, merged.person)
    for one, other in apart:
        told = f"{printable(person_label(one))} and {printable(person_label(other))} were told apart."
        console.out.print(Text(told, style="yellow"), soft_wrap=True)


def _told_apart(catalog: Catalog, people: Sequence[Person]) -> list[tuple[Person, Person]]:
    """Return the first pairs of `people` whom somebody told apart, by what telling them apart would change."""
    found = []
    for one, other in islice(combinations(people, 2), _MAX_PAIRS):
        request = SeparatePeopleRequest(people=[one.name, other.name], validate_only=True)
        if not catalog.edits.SeparatePeople(request, timeout=CALL_SECONDS).HasField("edit"):
            found.append((one, other))
    return found
