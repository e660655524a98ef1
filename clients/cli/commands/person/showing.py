"""`albumen person show`: what is known of people."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.person_pb2 import Person
from clients.cli import console
from clients.cli.arguments import text
from clients.cli.connection import Catalog, Session, connect
from clients.cli.console import printable
from clients.cli.dates import date_text
from clients.cli.json_answer import print_json
from clients.cli.resolution import resolve_person
from clients.cli.summary import person_label
from services.common.plural import plural

# As the catalog makes them.
_ID: Final = re.compile("[a-z2-7]{12}")
PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", parser=text, help="Id, unique start of an id, or name.", show_default=False)
]


def show(
    context: typer.Context,
    people: Annotated[
        list[str],
        typer.Argument(metavar="PERSON", parser=text, help="Ids, unique starts of ids, or names.", show_default=False),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a person, for programs.")] = False,
) -> None:
    """Show what is known of one person or several."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = _found(catalog, people)
        covers = [] if as_json else _covers(catalog, found)
    if as_json:
        for person in found:
            print_json(person)
        return
    for number, (person, cover) in enumerate(zip(found, covers, strict=True)):
        if number:
            console.out.print()
        _print(person, cover)


def _found(catalog: Catalog, texts: Sequence[str]) -> list[Person]:
    """Return the people that are meant; everybody is listed only if somebody is not meant by a whole id.

    Raises:
        CommandError: nobody or several are meant by one of the texts.

    """
    named = {text: f"{catalog.parent}/people/{text}" for text in texts if _ID.fullmatch(text)}
    results = catalog.people(list(named.values()))
    by_text = {text: one.person for text, one in zip(named, results, strict=True) if one.HasField("person")}
    everybody = [] if by_text.keys() >= set(texts) else catalog.list_people()
    found = [by_text.get(text) or resolve_person(everybody, text) for text in texts]
    return list({person.name: person for person in found}.values())


def _covers(catalog: Catalog, people: Sequence[Person]) -> list[str]:
    """Return the name of the file that each person's cover is from."""
    faces = {result.face.name: result.face.image for result in catalog.faces([one.cover_face for one in people])}
    images = {image: catalog.image(image, "file_name").file_name for image in set(faces.values()) if image}
    return [images.get(faces.get(person.cover_face, ""), "") for person in people]


def _print(person: Person, cover: str) -> None:
    console.out.print(Text(printable(person_label(person)), style="bold"))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for what, value in _lines(person, cover):
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
