"""`albumen reject` and `accept`: which faces nobody is to see."""

from typing import Annotated

import typer

from albumen.catalog.v1.people_edit_service_pb2 import AcceptFacesRequest, RejectFacesRequest
from albumen.catalog.v1.people_service_pb2 import FaceFilter
from clients.cli.advised import command
from clients.cli.arguments import file_text, text
from clients.cli.connection import Session, connect
from clients.cli.correction import DryRun, print_edit
from clients.cli.failure import CommandError
from clients.cli.paging import CALL_SECONDS
from clients.cli.resolution import resolve_image, resolve_person

Image = Annotated[
    str,
    typer.Argument(
        metavar="IMAGE", parser=file_text, help="Id, unique start of an id, path, or file name.", show_default=False
    ),
]


def reject(
    context: typer.Context,
    image: Image,
    person: Annotated[
        str | None,
        typer.Option(
            metavar="PERSON",
            parser=text,
            help="The face that is this person's: id, unique start of an id, or name. Without it, those of nobody.",
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Say that a photo's faces of nobody, or that of a person, are none, or not to be seen; it can be undone."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = resolve_image(catalog, image)
        wanted = FaceFilter(image=found.name, ungrouped=person is None)
        if person is not None:
            wanted.person = resolve_person(catalog.list_people(), person).name
        faces = [face.name for face in catalog.list_faces("name", face_filter=wanted)]
        if not faces:
            raise CommandError(
                f"{found.file_name or image} has no such face.",
                advice=f"`{command('show', found.name.rpartition('/')[2])}` draws its faces and people.",
            )
        request = RejectFacesRequest(parent=catalog.parent, faces=faces, validate_only=dry_run)
        done = catalog.edits.RejectFaces(request, timeout=CALL_SECONDS)
    print_edit(done.edit)


def accept(context: typer.Context, image: Image, dry_run: DryRun = False) -> None:
    """Have the faces of a photo back that were rejected; clustering decides whose they are."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = resolve_image(catalog, image)
        wanted = FaceFilter(image=found.name, rejected=True)
        faces = [face.name for face in catalog.list_faces("name", face_filter=wanted)]
        if not faces:
            raise CommandError(f"No face of {found.file_name or image} was rejected.")
        request = AcceptFacesRequest(parent=catalog.parent, faces=faces, validate_only=dry_run)
        done = catalog.edits.AcceptFaces(request, timeout=CALL_SECONDS)
    print_edit(done.edit)
