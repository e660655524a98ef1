"""`albumen face give`: says whose faces are."""

from typing import Annotated
from uuid import uuid4

import typer

from albumen.catalog.v1.people_edit_service_pb2 import Automatic, ReassignFacesRequest
from clients.cli.arguments import text
from clients.cli.commands.face.naming import FaceArguments, face_names
from clients.cli.commands.face.target import set_target
from clients.cli.connection import Session, connect
from clients.cli.correction import DryRun, print_edit
from clients.cli.paging import CALL_SECONDS


def give(
    context: typer.Context,
    faces: FaceArguments,
    person: Annotated[
        str | None,
        typer.Option(metavar="PERSON", parser=text, help="To this person: id, unique start of an id, or name."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", parser=text, help='To a new person, who is called so; "" for no name.')
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="To nobody, whomever they resemble.")] = False,
    automatic: Annotated[
        bool, typer.Option("--automatic", help="To whomever they resemble: what was said of them is taken back.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Say whose faces are: a person's, a new one's, or nobody's. A person who is left without a face is no more."""
    if sum((person is not None, name is not None, nobody, automatic)) != 1:
        raise typer.BadParameter("Say one of --person, --name, --nobody and --automatic.", param_hint="--person")
    session: Session = context.obj
    with connect(session) as catalog:
        request = ReassignFacesRequest(
            parent=catalog.parent,
            faces=face_names(catalog.parent, faces),
            validate_only=dry_run,
            request_id=str(uuid4()),
        )
        set_target(request, catalog, person=person, name=name, nobody=nobody)
        if automatic:
            request.automatic.CopyFrom(Automatic())
        done = catalog.edits.ReassignFaces(request, timeout=CALL_SECONDS)
    print_edit(done.edit, done.person if done.HasField("person") else None)
