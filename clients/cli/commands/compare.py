"""`albumen compare`: whether two photos show one person."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import grpc
import typer
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.people_edit_service_pb2 import SeparatePeopleRequest
from albumen.catalog.v1.search_service_pb2 import VerifiedFaces, VerifyFacesRequest, VerifyFacesResponse
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import file_text
from clients.cli.connection import Catalog, Session, connect
from clients.cli.console import printable
from clients.cli.failure import CommandError
from clients.cli.folding_table import FoldingTable
from clients.cli.json_answer import print_json
from clients.cli.paging import CALL_SECONDS
from clients.cli.photo_file import read_photo
from clients.cli.resolution import resolve_image, short_id
from clients.cli.source import to_uri
from services.common.errors import Reason
from services.common.wire.status import from_rpc_error

# As a search for a photo.
_VERIFY_SECONDS: Final = 120.0

Photo = Annotated[
    str,
    typer.Argument(
        metavar="PHOTO",
        parser=file_text,
        help="An indexed photo: id, unique start of an id, path, or file name; or the file of any other photo.",
        show_default=False,
    ),
]


def compare(
    context: typer.Context,
    first: Photo,
    second: Photo,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Tell how likely two photos show one person: of all pairs of their faces, the likeliest. Nothing is indexed."""
    session: Session = context.obj
    with connect(session) as catalog:
        (one, one_name), (other, other_name) = _side(catalog, first), _side(catalog, second)
        request = VerifyFacesRequest(parent=catalog.parent, first=one, second=other)
        with console.out.status("Looking at the photos"):
            found = _verified(catalog, request, {"first.content": one_name, "second.content": other_name})
        are_apart = not as_json and _are_told_apart(catalog, found.first.person, found.second.person)
    if as_json:
        print_json(found)
        return
    likely = Text(_percent(found.probability), style="bold green" if found.same_person else "bold")
    console.out.print(likely.append(f" likely one person, at a distance of {found.distance:.2f}", "default"))
    decision = "would" if found.same_person else "would not"
    if are_apart:
        # The catalog's answer is about the faces alone, whatever users said.
        console.out.print(f"[dim]They are told apart, and stay so; else Albumen {decision} put them together.[/]")
    else:
        console.out.print(f"[dim]Albumen {decision} put them together by itself.[/]")
    console.out.print(_table((one_name, found.first), (other_name, found.second)))


def _side(catalog: Catalog, photo: str) -> tuple[VerifiedFaces, str]:
    """Return what is compared, and the name of its file: a file of this machine that is not indexed is sent."""
    path = Path(photo)
    # As everywhere, what is indexed from a path comes first; what is only called so elsewhere comes last.
    if catalog.source(to_uri(path)) is None and os.path.isfile(photo):  # noqa: PTH113 - says no where a Path would raise
        return VerifiedFaces(content=read_photo(path)), path.name
    image = resolve_image(catalog, photo)
    if not image.faces:
        # The catalog says the same of one of them, and not of which.
        raise _no_face(image.file_name or short_id(image.name))
    return VerifiedFaces(image=image.name), image.file_name


def _verified(catalog: Catalog, request: VerifyFacesRequest, names: Mapping[str, str]) -> VerifyFacesResponse:
    """Return what the catalog says; `names` are those of the files that are sent, by the fields that have them."""
    try:
        return catalog.search.VerifyFaces(request, timeout=_VERIFY_SECONDS)
    except grpc.RpcError as error:
        failure = from_rpc_error(error)
        if failure.reason is Reason.NO_FACE and (failure.field or "") in names:
            raise _no_face(names[failure.field or ""]) from None
        raise


def _no_face(photo: str) -> CommandError:
    return CommandError(
        f"{printable(photo)} has no face to compare.",
        reason=str(Reason.NO_FACE),
        advice=f"`{command('images', '--filter', 'face_count > 0')}` lists photos that have.",
    )


def _are_told_apart(catalog: Catalog, one: str, other: str) -> bool:
    """Return whether users said that two people are different: then saying it again would change nothing."""
    if not one or not other or one == other:
        return False
    request = SeparatePeopleRequest(people=[one, other], validate_only=True)
    return not catalog.edits.SeparatePeople(request, timeout=CALL_SECONDS).edit.people


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
        table.add_row(
            short_id(face.image) if face.image else "(not indexed)",
            Text(printable(file_name)),
            place,
            Text(printable(person)),
        )
    return table
