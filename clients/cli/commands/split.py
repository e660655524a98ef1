"""`albumen split`: says that some photos show somebody else."""

from typing import Annotated

import typer

from albumen.catalog.v1.people_edit_service_pb2 import SplitPersonRequest
from albumen.catalog.v1.people_service_pb2 import FaceFilter
from clients.cli.advised import command
from clients.cli.arguments import file_text, text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun, print_edit
from clients.cli.failure import CommandError
from clients.cli.paging import CALL_SECONDS
from clients.cli.resolution import resolve_image, resolve_person
from clients.cli.summary import person_label


def split(
    context: typer.Context,
    person: Annotated[
        str, typer.Argument(metavar="PERSON", parser=text, help="Whom to split: id, unique start of an id, or name.")
    ],
    images: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGE",
            parser=file_text,
            help="Photos that show somebody else: ids, unique starts of ids, paths, or file names.",
            show_default=False,
        ),
    ],
    name: Annotated[str, typer.Option(metavar="NAME", parser=text, help="Name of the new person.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Say that the person in some photos is somebody else, who is a person of their own from then on."""
    session: Session = context.obj
    with connect(session) as catalog:
        whole = resolve_person(catalog.list_people(), person)
        faces: list[str] = []
        for text in images:
            image = resolve_image(catalog, text)
            found = list(catalog.list_faces("name", face_filter=FaceFilter(person=whole.name, image=image.name)))
            if not found:
                label = printable(person_label(whole))
                advice = f"`{command('images', '--person', whole.name.rpartition('/')[2])}` lists where {label} is."
                raise CommandError(f"{image.file_name or text} does not show {label}.", advice=advice)
            faces += [face.name for face in found]
        request = SplitPersonRequest(person=whole.name, faces=faces, display_name=name, validate_only=dry_run)
        done = catalog.edits.SplitPerson(request, timeout=CALL_SECONDS)
    print_edit(done.edit, done.person)
