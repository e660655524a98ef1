"""`albumen show`: one photo with what was found in it."""

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.face_pb2 import FACE_ORIGIN_DRAWN
from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.person_pb2 import Person
from albumen.types.v1.geometry_pb2 import BoundingBox
from clients.cli import console
from clients.cli.annotation import is_annotated, note_of_maker
from clients.cli.arguments import file_text, path
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.output_file import replaced, require_writable
from clients.cli.photo import load_upright
from clients.cli.resolution import resolve_image, short_id
from clients.cli.source import require_original
from clients.cli.summary import person_label
from services.common.drawing.annotation import Mark, annotate, face_mark, object_mark

# A name has room for 255 bytes in most file systems, and 143 in encrypted ones.
_STEM_BYTES = 100
_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}


def show(
    context: typer.Context,
    image: Annotated[
        str, typer.Argument(metavar="IMAGE", parser=file_text, help="Id, unique start of an id, path, or file name.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            parser=path,
            help="Picture to write, .jpg or .png. Default: in this folder, the photo's name with the start of its id.",
        ),
    ] = None,
) -> None:
    """Draw the objects, faces and people of an image onto its original."""
    session: Session = context.obj
    if output is not None and output.suffix.lower() not in _FORMATS:
        raise typer.BadParameter("The name must end in .jpg or .png.", param_hint="--output")
    with connect(session) as catalog:
        people = {person.name: person for person in catalog.list_people()}
        found = resolve_image(catalog, image)
        original = require_original(found)
        target = output or _default_name(found)
        place = require_writable(catalog, target, is_annotated)
    picture = annotate(load_upright(original), _marks(found, people))
    with replaced(place) as temporary:
        picture.save(temporary, _FORMATS[target.suffix.lower()], quality=92, exif=note_of_maker())
    console.out.print(_table(found, people))
    console.out.print(Text(str(target), style="bold"), soft_wrap=True)


def _default_name(image: Image) -> Path:
    """Return a name for the drawing that tells of which photo it is, and is not that of another one's."""
    # The name comes from the catalog: nothing of it may lead to another folder, or be too long for a file system.
    words = re.sub(r"[^\w.-]+", "-", Path(image.file_name).stem).strip(".-")
    stem = words.encode()[:_STEM_BYTES].decode(errors="ignore")
    return Path("-".join(filter(None, (stem, short_id(image.name)))) + ".jpg")


def _marks(image: Image, people: dict[str, Person]) -> list[Mark]:
    marks = [object_mark(item.box, item.label, item.score) for item in image.objects]
    for face in image.faces:
        person = people.get(face.person)
        if person is None or person.hidden:
            marks.append(face_mark(face.box))
        else:
            marks.append(face_mark(face.box, person.name, person_label(person)))
    return marks


def _table(image: Image, people: dict[str, Person]) -> Table:
    size = f"  {image.size.width}\N{MULTIPLICATION SIGN}{image.size.height}"
    title = Text(printable(image.file_name), style="bold").append(size, "dim")
    table = FoldingTable(title=title)
    table.add("what")
    table.add("score", right=True)
    table.add("left, top", style="dim", right=True)
    table.add("size", style="dim", right=True)
    for item in image.objects:
        table.add_row(printable(item.label), f"{item.score:.2f}", *_extent(item.box))
    for face in image.faces:
        person = people.get(face.person)
        if person is None or person.hidden:
            what = Text("face")
        else:
            what = Text("face of ").append(printable(person_label(person)), style="bold")
        if face.origin == FACE_ORIGIN_DRAWN:
            what.append(" (drawn by hand)", "dim")
        table.add_row(what, f"{face.score:.2f}", *_extent(face.box))
    return table


def _extent(area: BoundingBox) -> tuple[str, str]:
    return f"{area.left:.0f}, {area.top:.0f}", f"{area.width:.0f}\N{MULTIPLICATION SIGN}{area.height:.0f}"
