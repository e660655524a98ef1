"""`albumen library list`: which libraries there are."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.library_pb2 import Library
from clients.cli import console
from clients.cli.advised import command
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.json_answer import print_json
from clients.cli.library_summary import is_unavailable


def list_libraries(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List the libraries of the catalog, and what they hold; those that can't be opened, too, with the reason."""
    session: Session = context.obj
    # Whatever --library says: if it is wrong, its user comes here to see what is right.
    with connect(session.in_library("default")) as catalog:
        found = list(catalog.list_libraries())
    if as_json:
        for library in found:
            print_json(library)
        return
    console.out.print(_table(found))
    for library in filter(is_unavailable, found):
        console.out.print(Text(printable(library.error.message), style="yellow"), soft_wrap=True)
    console.print_advice("A new one:", command("library", "create", "LIBRARY", library=""))
    console.print_advice("Work in one:", command("people", library="LIBRARY"))


def _table(found: list[Library]) -> Table:
    table = FoldingTable()
    table.add("id", style="cyan", whole=True)
    table.add("name", style="bold")
    table.add("photos", right=True)
    table.add("faces", right=True)
    table.add("people", right=True)
    for library in found:
        counts = (library.image_count, library.face_count, library.person_count)
        told = ["?"] * len(counts) if is_unavailable(library) else [f"{count:,}" for count in counts]
        table.add_row(library.name.rpartition("/")[2], Text(printable(library.display_name)), *told)
    return table
