"""`albumen folder missing`: photos whose files the last syncs did not find."""

from itertools import islice
from typing import Annotated

import typer
from rich.text import Text

from clients.cli import console
from clients.cli.arguments import MAX_LISTED, text
from clients.cli.commands.folder.listing import Json
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.json_answer import print_json
from clients.cli.operation_text import time_text
from clients.cli.resolution import resolve_folder, short_id
from clients.cli.source import to_path


def missing(
    context: typer.Context,
    folder: Annotated[
        str | None, typer.Argument(metavar="FOLDER", parser=text, help="Id, unique start of an id, or name.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MAX_LISTED, metavar="COUNT", help="Most files to list.")] = 50,
    as_json: Json = False,
) -> None:
    """List the photos of a folder, or of all, whose files are missing, and since when."""
    session: Session = context.obj
    with connect(session) as catalog:
        # With the slash: `photos` has nothing of `photos_private`.
        inside = "" if folder is None else f"{resolve_folder(list(catalog.folders.list()), folder).root_uri}/"
        matching = catalog.list_sources(inside, missing_only=True, page_size=min(limit + 1, 1000))
        found = list(islice(matching, limit + 1))
    if as_json:
        for place in found[:limit]:
            print_json(place)
        return
    if not found:
        console.out.print("No file is missing.")
        return
    table = FoldingTable()
    table.add("photo", style="cyan", whole=True)
    table.add("missing since", style="dim")
    table.add("file")
    for place in found[:limit]:
        path = Text(printable(str(to_path(place.uri) or place.uri)))
        table.add_row(short_id(place.image), time_text(place.missing_time), path)
    console.out.print(table)
    if len(found) > limit:
        console.out.print(f"[dim]There are more: --limit {limit * 4}[/]")
