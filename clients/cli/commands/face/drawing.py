"""`albumen face draw`: says where a face is that was not found."""

from pathlib import Path
from typing import Annotated, Final

import grpc
import typer

from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.people_edit_service_pb2 import CreateFaceRequest, CreateFaceResponse
from albumen.types.v1.geometry_pb2 import BoundingBox
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import file_text, text
from clients.cli.commands.face.target import set_target
from clients.cli.connection import Catalog, Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun, print_edit
from clients.cli.failure import CommandError
from clients.cli.photo_file import read_photo
from clients.cli.resolution import resolve_image
from clients.cli.source import find_original
from clients.cli.summary import short_person_id
from services.common.errors import Reason
from services.common.wire.status import from_rpc_error

_DRAW_SECONDS: Final = 120.0
_SIDES: Final = 4
# The catalog has no photo to look at; this machine may have it.
_WITHOUT_PHOTO: Final = frozenset({Reason.PICTURE_UNAVAILABLE, Reason.IMAGE_CONTENT_CHANGED})


def _box(argument: str) -> BoundingBox:
    try:
        left, top, width, height = (float(side) for side in argument.split(","))
    except ValueError:
        raise typer.BadParameter(f"{argument!r} is not of the form LEFT,TOP,WIDTH,HEIGHT.") from None
    return BoundingBox(left=left, top=top, width=width, height=height)


def draw(
    context: typer.Context,
    image: Annotated[
        str, typer.Argument(metavar="IMAGE", parser=file_text, help="Id, unique start of an id, path, or file name.")
    ],
    box: Annotated[
        BoundingBox,
        typer.Option(
            metavar="LEFT,TOP,WIDTH,HEIGHT",
            parser=_box,
            help="Where the face is, in pixels of the upright photo: from chin to hairline and from ear to ear.",
        ),
    ],
    person: Annotated[
        str | None,
        typer.Option(metavar="PERSON", parser=text, help="Whose it is: id, unique start of an id, or name."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", parser=text, help="It is a new person's, who is called so.")
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="It is nobody's, whoever it resembles.")] = False,
    photo: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            metavar="FILE",
            help="The photo's file, if neither the catalog nor this machine finds it where it was indexed.",
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Say that there is a face where none was found; it is grouped and searched like any other."""
    if sum((person is not None, name is not None, nobody)) > 1:
        raise typer.BadParameter("Say one of --person, --name and --nobody.", param_hint="--person")
    session: Session = context.obj
    with connect(session) as catalog:
        found = resolve_image(catalog, image)
        request = CreateFaceRequest(parent=catalog.parent, image=found.name, box=box, validate_only=dry_run)
        set_target(request, catalog, person=person, name=name, nobody=nobody)
        if photo is not None:
            request.content = read_photo(photo)
        with console.out.status("Looking at the photo"):
            done = _drawn(catalog, request, found)
    print_edit(done.edit, done.person if done.HasField("person") else None)
    _print_sight(done)


def _drawn(catalog: Catalog, request: CreateFaceRequest, image: Image) -> CreateFaceResponse:
    """Draw a face; where the catalog can't read the photo, send it from here."""
    try:
        return catalog.edits.CreateFace(request, timeout=_DRAW_SECONDS)
    except grpc.RpcError as error:
        failure = from_rpc_error(error)
        if request.content or failure.reason not in _WITHOUT_PHOTO:
            raise
    original = find_original(image)
    if original is None:
        raise CommandError(
            f"The catalog can't read {printable(image.file_name) or 'the photo'}, and its file is not here, either.",
            reason=str(failure.reason),
            advice=f"Name the file: `{command('face', 'draw')} IMAGE --box ... --photo FILE`.",
        )
    request.content = read_photo(original)
    return catalog.edits.CreateFace(request, timeout=_DRAW_SECONDS)


def _print_sight(done: CreateFaceResponse) -> None:
    """Print what the answer tells beyond what was asked for."""
    face = done.face
    if not done.HasField("face"):
        return
    if not done.HasField("person") and face.person:
        who = face.person_display_name or f"person {short_person_id(face.person)}"
        console.out.print(f"It looks like {printable(who)}.", markup=False)
    if not face.HasField("landmarks"):
        console.out.print("[dim]The detector sees no face there: it can join a person, and brings none together.[/]")
