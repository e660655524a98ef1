"""`albumen thumbnail`: a small picture of an image, as a file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from albumen.catalog.v1.picture_service_pb2 import GetThumbnailRequest
from clients.cli import console
from clients.cli.arguments import file_text, path
from clients.cli.connection import Session, connect
from clients.cli.output_file import replaced
from clients.cli.paging import CALL_SECONDS
from clients.cli.picture_file import FORMATS, format_of, picture_place
from clients.cli.resolution import resolve_image, short_id
from services.common.limits import MAX_THUMBNAIL_SIDE, MIN_PICTURE_SIDE


def thumbnail(
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
            help=f"Picture to write: {FORMATS}. Default: the start of the id and .jpg, in this folder.",
        ),
    ] = None,
    size: Annotated[
        int, typer.Option(min=MIN_PICTURE_SIDE, max=MAX_THUMBNAIL_SIDE, metavar="PIXELS", help="Longer side.")
    ] = 256,
    square: Annotated[bool, typer.Option("--square", help="Show only the square in the middle.")] = False,
    annotated: Annotated[bool, typer.Option("--boxes", help="Draw what was seen, and who.")] = False,
) -> None:
    """Save a small picture of an image, which the catalog makes."""
    session: Session = context.obj
    picture_format = format_of(output)
    with connect(session) as catalog:
        found = resolve_image(catalog, image)
        target = output or Path(f"{short_id(found.name)}.jpg")
        request = GetThumbnailRequest(
            name=found.name, max_side=size, format=picture_format, square=square, annotated=annotated
        )
        answer = catalog.pictures.GetThumbnail(request, timeout=CALL_SECONDS)
        place = picture_place(catalog, target, answer.picture)
    with replaced(place) as temporary:
        temporary.write_bytes(answer.content)
    console.out.print(Text(str(target), style="bold"), soft_wrap=True)
