"""`albumen person set`: says things of a person."""

from datetime import date
from typing import Annotated

import typer
from google.type.date_pb2 import Date

from albumen.catalog.v1.people_service_pb2 import FaceFilter
from albumen.catalog.v1.person_pb2 import Person
from clients.cli import exit_codes
from clients.cli.advised import command
from clients.cli.arguments import file_text, text
from clients.cli.commands.person.showing import PersonArgument
from clients.cli.connection import Catalog, Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun, print_edit
from clients.cli.failure import CommandError
from clients.cli.resolution import resolve_image, resolve_person
from clients.cli.summary import person_label


def set_person(
    context: typer.Context,
    person: PersonArgument,
    birth_date: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD",
            parser=text,
            help='When the person was born: no photo from before shows them. "" takes the date away.',
        ),
    ] = None,
    favorite: Annotated[
        bool | None, typer.Option("--favorite/--no-favorite", help="One of your favourites, or not any more.")
    ] = None,
    cover: Annotated[
        str | None,
        typer.Option(
            metavar="IMAGE",
            parser=file_text,
            help='Photo whose face of the person is shown in lists; "" lets the best face be shown.',
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Say when a person was born, that they are a favourite, or which face lists show; it can be undone."""
    session: Session = context.obj
    said = {"birth_date": birth_date, "favorite": favorite, "cover_face": cover}
    fields = [field for field, value in said.items() if value is not None]
    if not fields:
        raise CommandError(
            "Nothing is said of the person.",
            advice="Say --birth-date, --favorite or --cover.",
            exit_code=exit_codes.WRONG_USE,
        )
    born = _day(birth_date) if birth_date else None
    with connect(session) as catalog:
        meant = resolve_person(catalog.list_people(), person)
        changed = Person(name=meant.name, etag=meant.etag, birth_date=born, favorite=favorite or False)
        if cover:
            changed.cover_face = _face_in(catalog, cover, meant)
        done = catalog.update_person(changed, *fields, dry_run=dry_run)
    print_edit(done.edit, done.person)


def _day(text: str) -> Date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("Write it as 1984-03-21.", param_hint="--birth-date") from None
    return Date(year=day.year, month=day.month, day=day.day)


def _face_in(catalog: Catalog, image: str, person: Person) -> str:
    """Return the face that a photo shows of a person, the best of several."""
    found = resolve_image(catalog, image)
    faces = list(catalog.list_faces("name", "score", face_filter=FaceFilter(person=person.name, image=found.name)))
    if not faces:
        label = printable(person_label(person))
        advice = f"`{command('images', '--person', person.name.rpartition('/')[2])}` lists where {label} is."
        raise CommandError(f"{found.file_name or image} does not show {label}.", advice=advice)
    return max(faces, key=lambda face: face.score).name
