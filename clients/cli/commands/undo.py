"""`albumen undo`: takes a correction back."""

from typing import Annotated

import typer
from rich.text import Text

from albumen.catalog.v1.people_edit_service_pb2 import UndoEditRequest
from clients.cli import console
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun
from clients.cli.edit_summary import describe_edit
from clients.cli.paging import CALL_SECONDS
from clients.cli.resolution import resolve_edit, short_id


def undo(
    context: typer.Context,
    edit: Annotated[
        str | None, typer.Argument(metavar="EDIT", parser=text, help="Number of the edit; the newest if left out.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Take a correction back: people, their names and their faces are as before it."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = resolve_edit(catalog.list_edits(), edit)
        catalog.edits.UndoEdit(UndoEditRequest(name=found.name, validate_only=dry_run), timeout=CALL_SECONDS)
    state = "can be undone" if dry_run else "undone"
    line = Text(f"edit {short_id(found.name)} {state}: ", style="dim")
    console.out.print(line.append(printable(describe_edit(found)), style="not dim"), soft_wrap=True)
