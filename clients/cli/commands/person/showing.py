"""`albumen person show`: what is known of a person."""

from collections.abc import Iterator
from datetime import UTC
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.person_pb2 import Person
from clients.cli import console
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.dates import date_text
from clients.cli.json_answer import print_json
from clients.cli.resolution import resolve_person
from clients.cli.summary import person_label
from services.common.plural import plural

PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", parser=text, help="Id, unique start of an id, or name.", show_default=False)
]


def show(
    context: typer.Context,
    person: PersonArgument,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Show what is known of a person."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = resolve_person(catalog.list_people(), person)
        cover = catalog.image(catalog.face(found.cover_face).image, "file_name").file_name if not as_json else ""
    if as_json:
        print_json(found)
        return
    console.out.print(Text(printable(person_label(found)), style="bold"))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for what, value in _lines(found, cover):
        table.add_row(what, Text(printable(value)))
    console.out.print(table)


def _lines(person: Person, cover: str) -> Iterator[tuple[str, str]]:
    yield "id", person.name.rpartition("/")[2]
    yield "seen", f"{plural(person.face_count, 'face')} in {plural(person.image_count, 'photo')}"
    if person.HasField("birth_date"):
        yield "born", date_text(person.birth_date)
    if person.favorite:
        yield "favourite", "yes"
    if person.hidden:
        yield "hidden", "yes"
    yield "cover", f"{cover} ({'chosen' if person.cover_chosen else 'the best one'})"
    yield "since", person.create_time.ToDatetime(tzinfo=UTC).astimezone().strftime("%Y-%m-%d")
