"""`albumen compare`: whether two photos show one person."""

from typing import Annotated

import typer
from google.protobuf import json_format
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.search_service_pb2 import VerifiedFaces, VerifyFacesRequest
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import file_text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.failure import CommandError
from clients.cli.folding_table import FoldingTable
from clients.cli.paging import CALL_SECONDS
from clients.cli.resolution import resolve_image, short_id
from services.common.errors import Reason

Photo = Annotated[
    str,
    typer.Argument(
        metavar="PHOTO",
        parser=file_text,
        help="An indexed photo: id, unique start of an id, path, or file name.",
        show_default=False,
    ),
]


def compare(
    context: typer.Context,
    first: Photo,
    second: Photo,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Tell how likely two indexed photos show one person: of all pairs of their faces, the likeliest."""
    session: Session = context.obj
    with connect(session) as catalog:
        one, other = resolve_image(catalog, first), resolve_image(catalog, second)
        for image in (one, other):
            if not image.faces:
                # The catalog says the same of one of them, and not of which.
                raise CommandError(
                    f"{printable(image.file_name) or short_id(image.name)} has no face to compare.",
                    reason=str(Reason.NO_FACE),
                    advice=f"`{command('images', '--filter', 'face_count > 0')}` lists photos that have.",
                )
        request = VerifyFacesRequest(
            parent=catalog.parent, first=VerifiedFaces(image=one.name), second=VerifiedFaces(image=other.name)
        )
        found = catalog.search.VerifyFaces(request, timeout=CALL_SECONDS)
    if as_json:
        typer.echo(json_format.MessageToJson(found, indent=None, always_print_fields_with_no_presence=True))
        return
    likely = Text(_percent(found.probability), style="bold green" if found.same_person else "bold")
    console.out.print(likely.append(f" likely one person, at a distance of {found.distance:.2f}", "default"))
    decision = "would put them together by itself" if found.same_person else "would not put them together by itself"
    console.out.print(f"[dim]Albumen {decision}.[/]")
    console.out.print(_table((one.file_name, found.first), (other.file_name, found.second)))


def _percent(probability: float) -> str:
    """Return a probability in percent, never as certain."""
    percent = 100 * probability
    if percent < 1:
        return "less than 1 %"
    return "more than 99 %" if percent > 99 else f"{percent:.0f} %"  # noqa: PLR2004 - of a hundred


def _table(*sides: tuple[str, Face]) -> Table:
    table = FoldingTable()
    table.add("photo", style="cyan", whole=True)
    table.add("file")
    table.add("left, top", style="dim", right=True)
    table.add("person", style="bold")
    for file_name, face in sides:
        person = face.person_display_name or (short_id(face.person) if face.person else "")
        place = f"{face.box.left:.0f}, {face.box.top:.0f}"
        table.add_row(short_id(face.image), Text(printable(file_name)), place, Text(printable(person)))
    return table
