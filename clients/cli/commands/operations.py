"""`albumen operations`: what goes on by itself in the catalog."""

import time
from itertools import islice
from typing import Annotated, Final

import typer
from rich.text import Text

from clients.cli import console, exit_codes
from clients.cli.advised import command
from clients.cli.arguments import MAX_LISTED, text
from clients.cli.awaiting import await_operation, require_success
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.failure import CommandError, advice_for
from clients.cli.folding_table import FoldingTable
from clients.cli.operation_text import (
    json_text,
    metadata_of,
    operation_id,
    outcome_text,
    progress_text,
    state_text,
    time_text,
)
from services.common.wire.status import from_status

_PER_PAGE: Final = 100
_MAX_SECONDS: Final = 30 * 86_400

app = typer.Typer(
    help="What goes on by itself: list it, wait for it, end it.", no_args_is_help=True, rich_markup_mode="markdown"
)

_Name = Annotated[
    str, typer.Argument(metavar="OPERATION", parser=text, help="Its id, or its whole name.", show_default=False)
]
_Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]


@app.command("list")
def list_(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=MAX_LISTED, metavar="COUNT", help="Most operations to list.")] = 20,
    only: Annotated[
        str,
        typer.Option(
            "--filter", metavar="FILTER", parser=text, help="Of done, state and kind, for example 'done = false'."
        ),
    ] = "",
    everywhere: Annotated[bool, typer.Option("--all-libraries", help="Those of all libraries.")] = False,
    as_json: _Json = False,
) -> None:
    """List operations, the newest first."""
    session: Session = context.obj
    with connect(session) as catalog:
        size = min(limit + 1, _PER_PAGE)
        found = list(islice(catalog.operations.list(everywhere=everywhere, only=only, page_size=size), limit + 1))
    if as_json:
        for operation in found[:limit]:
            typer.echo(json_text(operation))
        return
    if not found:
        console.out.print("There are no operations.")
        return
    table = FoldingTable()
    table.add("id", style="cyan", whole=True)
    if everywhere:
        table.add("library")
    table.add("state")
    table.add("how far", right=True)
    table.add("begun", style="dim")
    table.add("what came of it")
    for operation in found[:limit]:
        library = [operation.name.split("/")[1]] if everywhere else []
        begun = time_text(metadata_of(operation).create_time)
        cells = (progress_text(operation), begun, Text(outcome_text(operation)))
        table.add_row(operation_id(operation), *library, state_text(operation), *cells)
    console.out.print(table)
    if len(found) > limit:
        console.out.print(f"[dim]There are more: --limit {limit * 4}[/]")


@app.command()
def show(context: typer.Context, operation: _Name, as_json: _Json = False) -> None:
    """Show how far an operation is, and what came of it."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = catalog.operations.get(catalog.operations.name(operation))
    if as_json:
        typer.echo(json_text(found))
        return
    metadata = metadata_of(found)
    rows: dict[str, str | Text] = {
        "kind": printable(metadata.kind),
        "of": printable(metadata.target),
        "state": state_text(found),
        "how far": progress_text(found),
        "asked for": time_text(metadata.create_time),
        "begun": time_text(metadata.start_time),
        "ended": time_text(metadata.end_time),
        "attempts": str(metadata.attempt_count) if metadata.attempt_count > 1 else "",
        "result": outcome_text(found),
        "advice": advice_for(from_status(found.error).reason) if found.HasField("error") else "",
    }
    for label, value in rows.items():
        if value:
            console.out.print(Text(f"{label:<11}", style="dim").append_text(Text.assemble(value)), soft_wrap=True)


@app.command()
def wait(
    context: typer.Context,
    operation: _Name,
    timeout: Annotated[
        int | None,
        typer.Option(
            min=0, max=_MAX_SECONDS, metavar="SECONDS", help="Wait no longer; exit code 5 if it is not done by then."
        ),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Wait until an operation is done; exit code 1 if it failed or was cancelled. Ctrl-C ends the waiting only."""
    session: Session = context.obj
    end = None if timeout is None else time.monotonic() + timeout
    with connect(session) as catalog:
        found = await_operation(catalog, catalog.operations.name(operation), end)
    if as_json:
        typer.echo(json_text(found))
    if not found.done:
        raise CommandError(
            f"It is not done: {progress_text(found) or state_text(found).plain}.",
            advice=f"It goes on: `{command('operations', 'wait', operation)}`.",
            exit_code=exit_codes.NOT_DONE,
        )
    require_success(found)
    if not as_json:
        outcome = outcome_text(found)
        console.out.print(Text(f"Done. {outcome}" if outcome else "Done."), soft_wrap=True)


@app.command()
def cancel(context: typer.Context, operation: _Name) -> None:
    """Have an operation end. What is done until then stays done."""
    session: Session = context.obj
    with connect(session) as catalog:
        name = catalog.operations.name(operation)
        catalog.operations.cancel(name)
        found = catalog.operations.get(name)
    if found.done:
        console.out.print(Text("It is ended: ").append_text(state_text(found)).append("."), soft_wrap=True)
    else:
        console.out.print("It ends after the step under way.")


@app.command()
def forget(context: typer.Context, operation: _Name) -> None:
    """Forget an operation that is done, before its time."""
    session: Session = context.obj
    with connect(session) as catalog:
        catalog.operations.delete(catalog.operations.name(operation))
    console.out.print("Forgotten.")
