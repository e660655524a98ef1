"""`albumen library show`: what is known of one library."""

from datetime import UTC
from typing import Annotated

import typer
from google.protobuf.timestamp_pb2 import Timestamp
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.library_pb2 import Library
from clients.cli import console
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.json_answer import print_json
from clients.cli.library_summary import library_label


def show_library(
    context: typer.Context,
    library: Annotated[
        str | None,
        typer.Argument(metavar="LIBRARY", parser=text, help="Id of a library; that of --library if left out."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON object, for programs.")] = False,
) -> None:
    """Show what a library holds, and since when."""
    session: Session = context.obj
    with connect(session if library is None else session.in_library(library)) as catalog:
        found = catalog.library()
    if as_json:
        print_json(found)
    else:
        console.out.print(_table(found))


def _table(library: Library) -> Table:
    table = Table.grid(padding=(0, 2))
    table.title = Text(printable(library_label(library)), style="bold")
    table.title_justify = "left"
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("photos", f"{library.image_count:,}")
    table.add_row("faces", f"{library.face_count:,}")
    table.add_row("people", f"{library.person_count:,}")
    table.add_row("created", _when(library.create_time))
    table.add_row("changed", _when(library.update_time))
    table.add_row("embeddings", Text(printable(library.embedding_space) or "none yet"))
    return table


def _when(time: Timestamp) -> str:
    return time.ToDatetime(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M")
