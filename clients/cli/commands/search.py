"""`albumen search`: who is in a photo that is not indexed, and where else."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from google.protobuf import json_format
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.person_pb2 import Person
from albumen.catalog.v1.search_service_pb2 import (
    FaceMatches,
    PersonMatches,
    SearchFacesRequest,
    SearchPeopleRequest,
    SearchQuery,
)
from clients.cli import console
from clients.cli.connection import MAX_FILE_BYTES, Catalog, Session, connect
from clients.cli.console import printable
from clients.cli.failure import CommandError
from clients.cli.folding_table import FoldingTable
from clients.cli.resolution import short_id
from clients.cli.source import to_uri
from clients.cli.summary import person_label
from services.common.plural import plural

_SEARCH_SECONDS = 120.0


def search(
    context: typer.Context,
    photo: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, metavar="PHOTO", help="The file of a photo; it is only looked at, not indexed."
        ),
    ],
    limit: Annotated[int, typer.Option(min=1, max=500, metavar="COUNT", help="Most results for a face.")] = 10,
    max_distance: Annotated[
        float,
        typer.Option(min=0, max=2, metavar="DISTANCE", help="Cosine distance from which faces are different people's."),
    ] = 0.65,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a face, for programs.")] = False,
) -> None:
    """Find out who is in a photo, and which indexed photos show the same faces."""
    session: Session = context.obj
    query = SearchQuery(content=_read(photo))
    with connect(session) as catalog, console.out.status("Looking at the photo"):
        asked = SearchPeopleRequest(parent=catalog.parent, query=query, max_results=1, max_distance=max_distance)
        who = catalog.search.SearchPeople(asked, timeout=_SEARCH_SECONDS).results
        request = SearchFacesRequest(parent=catalog.parent, query=query, max_results=limit, max_distance=max_distance)
        found = catalog.search.SearchFaces(request, timeout=_SEARCH_SECONDS).results
        people = {} if as_json else {person.name: person for person in catalog.list_people()}
        files = {} if as_json else _file_names(catalog, found) | _own_name(catalog, photo)
    if as_json:
        for faces in found:
            typer.echo(json_format.MessageToJson(faces, indent=None))
        return
    if not found:
        console.out.print("There is no face in this photo.")
    for number, (person, faces) in enumerate(zip(who, found, strict=True), 1):
        console.out.print(_heading(number, person, faces))
        if faces.matches:
            console.out.print(_table(faces, people, files))


def _read(photo: Path) -> bytes:
    try:
        size = photo.stat().st_size
        if size > MAX_FILE_BYTES:
            raise CommandError(f"{photo} has {size:,} bytes, more than {MAX_FILE_BYTES:,}: not a photo.")
        return photo.read_bytes()
    except OSError as error:
        raise CommandError(f"{photo} can't be read: {error.strerror or error}.") from error


def _file_names(catalog: Catalog, found: Iterable[FaceMatches]) -> dict[str, str]:
    images = {match.face.image for faces in found for match in faces.matches}
    return {name: catalog.image(name, "file_name").file_name for name in sorted(images)}


def _own_name(catalog: Catalog, photo: Path) -> dict[str, str]:
    """Return the name of the image that `photo` is, if it is indexed: as the user calls it."""
    place = catalog.source(to_uri(photo))
    return {} if place is None else {place.image: place.file_name}


def _heading(number: int, who: PersonMatches, faces: FaceMatches) -> Text:
    area = faces.query.box
    place = f"  {area.width:.0f}\N{MULTIPLICATION SIGN}{area.height:.0f} at {area.left:.0f}, {area.top:.0f}"
    line = Text(f"Face {number}", style="bold").append(place, "dim")
    if who.matches:
        (match,) = who.matches
        line.append("  is most like ").append(printable(person_label(match.person)), style="bold green")
        return line.append(f"  {plural(match.person.face_count, 'face')}, distance {match.distance:.2f}", "dim")
    return line.append("  is like nobody that is known" if not faces.matches else "  is like no person that is known")


def _table(faces: FaceMatches, people: Mapping[str, Person], files: Mapping[str, str]) -> Table:
    table = FoldingTable()
    table.add("distance", right=True)
    table.add("person", style="bold")
    table.add("photo", style="cyan", whole=True)
    table.add("file")
    for match in faces.matches:
        person = people.get(match.face.person)
        label = "" if person is None else "(hidden)" if person.hidden else person_label(person)
        image = match.face.image
        table.add_row(f"{match.distance:.2f}", Text(printable(label)), short_id(image), Text(printable(files[image])))
    return table
