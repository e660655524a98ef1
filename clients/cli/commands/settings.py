"""`albumen settings`: what the library is called, and how it clusters."""

from typing import Annotated

import typer
from rich.filesize import decimal
from rich.text import Text

from albumen.catalog.v1.library_pb2 import ClusteringParameters, Library
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.json_answer import print_json


def settings(
    context: typer.Context,
    name: Annotated[str | None, typer.Option(parser=text, metavar="NAME", help="Name for people to read.")] = None,
    eps: Annotated[
        float | None, typer.Option(min=1e-6, max=2, metavar="DISTANCE", help="DBSCAN's eps, a cosine distance.")
    ] = None,
    min_samples: Annotated[
        int | None, typer.Option(min=2, max=100, metavar="COUNT", help="DBSCAN's min_samples.")
    ] = None,
    min_quality: Annotated[
        float | None,
        typer.Option(min=0, max=1, metavar="QUALITY", help="Quality below which a face founds no person, 0 to 1."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Show the library's settings and sizes, or change settings."""
    session: Session = context.obj
    parameters = {"eps": eps, "min_samples": min_samples, "min_quality": min_quality}
    changed = {key: value for key, value in parameters.items() if value is not None}
    fields = [f"clustering.{key}" for key in changed] + (["display_name"] if name is not None else [])
    with connect(session) as catalog:
        if fields:
            clustering = ClusteringParameters(
                eps=eps or 0.0, min_samples=min_samples or 0, min_quality=min_quality or 0.0
            )
            library = catalog.update_library(Library(display_name=name or "", clustering=clustering), *fields)
        else:
            library = catalog.library()
    if as_json:
        print_json(library)
        return
    rows = {
        "name": printable(library.display_name),
        "eps": f"{library.clustering.eps:g}",
        "min samples": str(library.clustering.min_samples),
        "min quality": f"{library.clustering.min_quality:g}",
        "photos": f"{library.image_count:,}",
        "in the trash": f"{library.trashed_image_count:,}",
        "faces": f"{library.face_count:,}",
        "people": f"{library.person_count:,}",
        "file": decimal(library.file_bytes),
        "beside it": decimal(library.faces_folder_bytes),
    }
    for label, value in rows.items():
        console.out.print(Text(f"{label:<13}", style="dim").append(value), soft_wrap=True)
    if changed:
        console.print_advice("Have the people that are there follow the new parameters:", command("recluster"))
