"""`albumen face list`: the faces of a photo, and where they are."""

from typing import Annotated

import typer
from google.protobuf import json_format
from rich.text import Text

from albumen.catalog.v1.face_pb2 import FACE_ORIGIN_DRAWN, Face
from albumen.catalog.v1.people_service_pb2 import FaceFilter
from clients.cli import console
from clients.cli.arguments import file_text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.resolution import resolve_image, short_id

_FIELDS = ("name", "image", "person", "person_display_name", "pinned", "box", "score", "quality_score", "origin")


def list_faces(
    context: typer.Context,
    image: Annotated[
        str, typer.Argument(metavar="IMAGE", parser=file_text, help="Id, unique start of an id, path, or file name.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a face, for programs.")] = False,
) -> None:
    """List the faces of a photo with their boxes, in pixels of the upright photo."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = resolve_image(catalog, image)
        faces = list(catalog.list_faces(*_FIELDS, face_filter=FaceFilter(image=found.name)))
    if as_json:
        for face in faces:
            typer.echo(json_format.MessageToJson(face, indent=None, always_print_fields_with_no_presence=True))
        return
    size = f"{found.size.width}\N{MULTIPLICATION SIGN}{found.size.height}"
    if not faces:
        console.out.print(f"No face was found in {printable(found.file_name)}, which has {size} pixels.", markup=False)
        return
    table = FoldingTable(title=Text(printable(found.file_name), style="bold").append(f"  {size}", "dim"))
    table.add("face", style="cyan", whole=True)
    table.add("left, top", right=True)
    table.add("size", right=True)
    table.add("person", style="bold")
    table.add("score", style="dim", right=True)
    table.add("quality", style="dim", right=True)
    for face in faces:
        table.add_row(short_id(face.name), *_row(face))
    console.out.print(table)


def _row(face: Face) -> tuple[str, str, Text, str, str]:
    person = face.person_display_name or (short_id(face.person) if face.person else "")
    label = Text(printable(person))
    if face.origin == FACE_ORIGIN_DRAWN:
        label.append(" (drawn by hand)" if person else "(drawn by hand)", "dim not bold")
    return (
        f"{face.box.left:.0f}, {face.box.top:.0f}",
        f"{face.box.width:.0f}\N{MULTIPLICATION SIGN}{face.box.height:.0f}",
        label,
        f"{face.score:.2f}",
        f"{face.quality_score:.2f}",
    )
