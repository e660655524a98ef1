"""`albumen download`: the original of an image, or a large picture of it, as a file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from albumen.catalog.v1.picture_service_pb2 import GetImageContentRequest, PictureForm
from clients.cli import console
from clients.cli.arguments import file_text, path
from clients.cli.connection import Session, connect
from clients.cli.output_file import replaced
from clients.cli.picture_file import FORMATS, format_of, picture_place, write_checked
from clients.cli.resolution import resolve_image, short_id
from services.common.limits import MAX_PICTURE_SIDE, MIN_PICTURE_SIDE


def download(
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
            help=f"File to write; with --size or --boxes {FORMATS}. Default: the name of the file, in this folder.",
        ),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(
            min=MIN_PICTURE_SIDE,
            max=MAX_PICTURE_SIDE,
            metavar="PIXELS",
            help="A picture whose longer side has so many pixels. Default: the original, byte for byte.",
        ),
    ] = None,
    annotated: Annotated[bool, typer.Option("--boxes", help="A picture with what was seen, and who.")] = False,
) -> None:
    """Save the original of an image, or a large picture of it, from where the catalog runs."""
    session: Session = context.obj
    form = None
    if size is not None or annotated:
        form = PictureForm(max_side=size or 0, format=format_of(output), annotated=annotated)
    with connect(session) as catalog:
        found = resolve_image(catalog, image)
        # What others call their files is not for a path.
        name = Path(found.file_name).name if form is None else ""
        target = output or Path(name or f"{short_id(found.name)}.jpg")
        answers = catalog.pictures.GetImageContent(GetImageContentRequest(name=found.name, form=form))
        picture = next(answers).picture
        place = picture_place(catalog, target, picture)
        with replaced(place) as temporary:
            write_checked(temporary, picture, (answer.content for answer in answers))
    console.out.print(Text(str(target), style="bold"), soft_wrap=True)
