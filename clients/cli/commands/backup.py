"""`albumen backup`: the library as it was."""

import sys
from datetime import UTC
from itertools import islice
from typing import Annotated

import typer
from google.protobuf import json_format
from google.protobuf.timestamp_pb2 import Timestamp
from rich.filesize import decimal
from rich.text import Text

from albumen.catalog.v1 import backup_pb2
from albumen.catalog.v1.backup_service_pb2 import BackupLibraryResponse, RestoreLibraryResponse
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import MAX_LISTED, text
from clients.cli.awaiting import response_of
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun
from clients.cli.detached import Detach, print_begun
from clients.cli.failure import CommandError
from clients.cli.folding_table import FoldingTable

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")

_Backup = Annotated[
    str, typer.Argument(metavar="BACKUP", parser=text, help="Its id, or its whole name.", show_default=False)
]


@app.callback()
def backup() -> None:
    """Back the library up on the server, restore it, or delete backups."""


@app.command()
def create(context: typer.Context, detach: Detach = False) -> None:
    """Back the library up as it is now, while others go on using it."""
    session: Session = context.obj
    with connect(session) as catalog:
        operation = catalog.backups.create()
        if detach:
            print_begun(operation)
            return
        made = response_of(catalog, operation, BackupLibraryResponse)
    console.out.print(made.backup.removeprefix("backups/"), highlight=False, soft_wrap=True)


@app.command("list")
def list_(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=MAX_LISTED, metavar="COUNT", help="Most backups to list.")] = 50,
    everywhere: Annotated[
        bool, typer.Option("--all-libraries", help="Those of all libraries, damaged ones too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List backups, the newest first."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = list(islice(catalog.backups.list(everywhere=everywhere), limit + 1))
    if as_json:
        for one in found[:limit]:
            typer.echo(json_format.MessageToJson(one, indent=None))
        return
    if not found:
        console.out.print("There are no backups.")
        console.print_advice("Make one:", command("backup", "create"))
        return
    table = FoldingTable()
    table.add("id", style="cyan", whole=True)
    table.add("made")
    table.add("photos", right=True)
    table.add("people", right=True)
    table.add("size", right=True)
    table.add("deleted on", style="dim")
    for one in found[:limit]:
        damaged = one.state == backup_pb2.BACKUP_STATE_DAMAGED
        figures = ("damaged", "", "") if damaged else (
            f"{one.image_count:,}", f"{one.person_count:,}", decimal(one.size_bytes),
        )  # fmt: skip
        expires = _day(one.expire_time) if one.HasField("expire_time") else ""
        table.add_row(Text(printable(one.name.removeprefix("backups/"))), _day(one.create_time), *figures, expires)
    console.out.print(table)
    if len(found) > limit:
        console.out.print(f"[dim]There are more: --limit {limit * 4}[/]")


@app.command()
def restore(
    context: typer.Context,
    backup: _Backup,
    library: Annotated[
        str,
        typer.Option("--as", metavar="ID", parser=text, help="Id of the library; that which it had if left out."),
    ] = "",
    detach: Detach = False,
) -> None:
    """Make a library of a backup. A library that is there is never replaced, unless it is the default one and empty."""
    session: Session = context.obj
    with connect(session) as catalog:
        operation = catalog.backups.restore(catalog.backups.name(backup), library)
        if detach:
            print_begun(operation)
            return
        made = response_of(catalog, operation, RestoreLibraryResponse)
    restored = made.library.removeprefix("libraries/")
    console.out.print(Text(f"Restored as library {restored}."), soft_wrap=True)


@app.command()
def delete(
    context: typer.Context,
    backup: _Backup,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Delete a backup, for good."""
    session: Session = context.obj
    with connect(session) as catalog:
        name = catalog.backups.name(backup)
        found = catalog.backups.delete(name, dry_run=True)
        what = f"the backup of {_day(found.create_time)}, {decimal(found.size_bytes)}"
        if dry_run:
            console.out.print(Text.assemble(("Would delete ", "dim"), f"{what}."), soft_wrap=True)
            return
        if not yes:
            _ask(what)
        catalog.backups.delete(name)
    console.out.print(Text(f"Deleted {what}."), soft_wrap=True)


def _day(time: Timestamp) -> str:
    return time.ToDatetime(tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _ask(what: str) -> None:
    """Return if the user agrees."""
    if not sys.stdin.isatty():
        raise CommandError(
            f"Nobody is here to agree that {what} is deleted.",
            advice="Say --yes to delete it, or --dry-run to see what that would do.",
        )
    typer.confirm(f"Delete {what} for good?", abort=True)
