"""`albumen face list` and `show`: faces, where they are, and whose."""

from itertools import islice
from typing import Annotated

import typer
from rich.text import Text

from albumen.catalog.v1.people_service_pb2 import FaceFilter
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import MAX_LISTED, file_text, text
from clients.cli.commands.face.naming import FaceArguments, face_names
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.face_table import SHOWN_FIELDS, face_table
from clients.cli.failure import CommandError, advice_for
from clients.cli.json_answer import print_json
from clients.cli.resolution import resolve_image, resolve_person
from services.common.wire.status import from_status

Json = Annotated[bool, typer.Option("--json", help="One JSON object a face, for programs.")]


def list_faces(
    context: typer.Context,
    image: Annotated[
        str | None,
        typer.Argument(metavar="IMAGE", parser=file_text, help="Id, unique start of an id, path, or file name."),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(metavar="PERSON", parser=text, help="Only this person's: id, unique start of an id, or name."),
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Only those that belong to nobody.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MAX_LISTED, metavar="COUNT", help="Most faces to list.")] = 50,
    as_json: Json = False,
) -> None:
    """List the faces of a photo, of a person or of nobody, with their boxes in pixels of the upright photo."""
    if nobody and person is not None:
        raise typer.BadParameter("Say one of --person and --nobody.", param_hint="--person")
    session: Session = context.obj
    with connect(session) as catalog:
        of_image = None if image is None else resolve_image(catalog, image)
        wanted = FaceFilter(image="" if of_image is None else of_image.name, ungrouped=nobody)
        if person is not None:
            wanted.person = resolve_person(catalog.list_people(), person).name
        # To programs nothing is to seem empty that was not asked for.
        fields: tuple[str, ...] = () if as_json else SHOWN_FIELDS
        matching = catalog.list_faces(*fields, face_filter=wanted, page_size=min(limit + 1, 250))
        found = list(islice(matching, limit + 1))
    if as_json:
        for face in found[:limit]:
            print_json(face)
        return
    title = None
    if of_image is not None:
        size = f"{of_image.size.width}\N{MULTIPLICATION SIGN}{of_image.size.height}"
        title = Text(printable(of_image.file_name), style="bold").append(f"  {size}", "dim")
        if not found and person is None and not nobody:
            name = printable(of_image.file_name)
            console.out.print(f"No face was found in {name}, which has {size} pixels.", markup=False)
            return
    if not found:
        console.out.print("There is no such face.")
        return
    console.out.print(face_table(found[:limit], title))
    if len(found) > limit:
        console.out.print(f"[dim]There are more: --limit {limit * 4}[/]")
    if nobody:
        console.print_advice("Whose are they?", command("face", "give", "FACE", "--person", "PERSON"))


def show(context: typer.Context, faces: FaceArguments, as_json: Json = False) -> None:
    """Show one face or several by their numbers: where each is, and whose. Exit code 1 if one is not there."""
    session: Session = context.obj
    with connect(session) as catalog:
        results = list(catalog.faces(face_names(catalog.parent, faces)))
    found = [result.face for result in results if result.HasField("face")]
    if as_json:
        for face in found:
            print_json(face)
    elif found:
        console.out.print(face_table(found))
    errors = [from_status(result.error) for result in results if result.HasField("error")]
    if errors:
        reason = errors[0].reason
        others = [error.message for error in errors[1:]]
        raise CommandError(errors[0].message, reason=str(reason), advice=advice_for(reason), lines=others)
