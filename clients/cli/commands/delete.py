"""`albumen delete`: moves photos to the trash."""

import typer

from clients.cli import console
from clients.cli.arguments import Photos
from clients.cli.connection import Session, connect
from clients.cli.resolution import resolve_image
from clients.cli.trash import print_trashed
from services.common.plural import plural


def delete(
    context: typer.Context,
    photos: Photos,
) -> None:
    """Move photos to the trash. Their files stay where they are; the faces in them leave the people.

    `albumen trash restore` has them back, with all that you said of them. Where the catalog keeps no trash, they are
    erased at once.
    """
    session: Session = context.obj
    with connect(session) as catalog:
        found = {image.name: image for image in (resolve_image(catalog, photo) for photo in photos)}
        trashed = [catalog.delete_image(name) for name in found]
        console.out.print(f"Deleted {plural(len(found), 'photo')}.")
        print_trashed([image for image in trashed if image is not None])
