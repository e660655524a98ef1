"""`albumen edits`: what was corrected."""

from datetime import UTC
from itertools import islice
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.edit_pb2 import Edit
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import MAX_LISTED
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.edit_summary import describe_edit
from clients.cli.folding_table import FoldingTable
from clients.cli.json_answer import print_json
from clients.cli.resolution import short_id


def edits(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=MAX_LISTED, metavar="COUNT", help="Most edits to list.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List what was corrected of people, the newest first."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = list(islice(catalog.list_edits(page_size=min(limit + 1, 100)), limit + 1))
    if as_json:
        for edit in found[:limit]:
            print_json(edit)
        return
    if not found:
        console.out.print(f"Nothing was corrected yet: try `{command('suggest')}`.", soft_wrap=True, markup=False)
        return
    console.out.print(_table(found[:limit]))
    if len(found) > limit:
        console.out.print(f"[dim]There are more: --limit {limit * 4}[/]")
    if any(not edit.undone for edit in found[:limit]):
        console.print_advice("Take one back:", command("undo", "EDIT"))


def _table(found: list[Edit]) -> Table:
    table = FoldingTable()
    table.add("id", style="cyan", right=True, whole=True)
    table.add("when", style="dim")
    table.add("what")
    table.add("faces", right=True)
    table.add("", style="yellow")
    for edit in found:
        when = edit.create_time.ToDatetime(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        what = Text(printable(describe_edit(edit)), style="strike dim" if edit.undone else "")
        table.add_row(short_id(edit.name), when, what, f"{edit.face_count:,}", "undone" if edit.undone else "")
    return table
