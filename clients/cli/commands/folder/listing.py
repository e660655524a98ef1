"""`albumen folder list` and `show`: which folders there are, and what their last syncs came to."""

from typing import Annotated, Final

import typer
from rich.text import Text

from albumen.catalog.v1 import folder_pb2
from albumen.catalog.v1.folder_pb2 import Folder, FolderSync, FolderSyncCounts
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.failure import advice_for
from clients.cli.folding_table import FoldingTable
from clients.cli.json_answer import print_json
from clients.cli.operation_text import time_text
from clients.cli.resolution import resolve_folder, short_id
from clients.cli.source import to_path
from services.common.errors import AlbumenError, Reason
from services.common.plural import plural
from services.common.wire.status import from_status

FolderArgument = Annotated[
    str, typer.Argument(metavar="FOLDER", parser=text, help="Id, unique start of an id, or name.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]

_STATES: Final = {
    folder_pb2.FOLDER_SYNC_STATE_RUNNING: ("under way", "yellow"),
    folder_pb2.FOLDER_SYNC_STATE_SUCCEEDED: ("synced", "green"),
    folder_pb2.FOLDER_SYNC_STATE_FAILED: ("failed", "red"),
    folder_pb2.FOLDER_SYNC_STATE_STOPPED: ("stopped", "yellow"),
}
_NEVER: Final = ("never synced", "dim")
_WATCH_STATES: Final = {
    folder_pb2.FOLDER_WATCH_STATE_PENDING: ("soon", "yellow"),
    folder_pb2.FOLDER_WATCH_STATE_WATCHING: ("yes", "green"),
    folder_pb2.FOLDER_WATCH_STATE_PERIODIC: ("now and then", "yellow"),
    folder_pb2.FOLDER_WATCH_STATE_AWAY: ("away", "red"),
}


def list_folders(context: typer.Context, as_json: Json = False) -> None:
    """List folders by name, and what their last syncs came to."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = list(catalog.folders.list())
    if as_json:
        for folder in found:
            print_json(folder)
        return
    if not found:
        console.out.print("No folder yet.")
        console.print_advice("Name one on the catalog's disk:", command("folder", "add", "PATH"))
        return
    table = FoldingTable()
    table.add("id", style="cyan", whole=True)
    table.add("name", style="bold")
    table.add("folder")
    table.add("watched")
    table.add("last sync")
    table.add("photos", right=True)
    table.add("missing", right=True)
    for folder in found:
        counts = folder.last_sync.counts
        cells = (f"{counts.file_count:,}", f"{counts.missing_count:,}") if _has_counts(folder.last_sync) else ("", "")
        table.add_row(
            short_id(folder.name),
            Text(printable(folder.display_name)),
            Text(root_text(folder)),
            watch_text(folder),
            state_text(folder),
            *cells,
        )
    console.out.print(table)


def show(context: typer.Context, folder: FolderArgument, as_json: Json = False) -> None:
    """Show what a folder is, what its last sync found, and which files failed."""
    session: Session = context.obj
    with connect(session) as catalog:
        meant = resolve_folder(list(catalog.folders.list()), folder)
    if as_json:
        print_json(meant)
        return
    days = meant.trash_missing_days
    rows: dict[str, str | Text] = {
        "name": printable(meant.display_name),
        "folder": root_text(meant),
        "only": printable(" ".join(meant.include_patterns)),
        "without": printable(" ".join(meant.exclude_patterns)),
        "missing": f"to the trash after {plural(days, 'day')}" if days else "stay, marked as missing",
        "watched": _watch_with_note(meant),
        "last sync": Text.assemble(state_text(meant), f" {time_text(meant.last_sync.end_time)}"),
    }
    for label, value in rows.items():
        if value:
            console.out.print(Text(f"{label:<11}", style="dim").append_text(Text.assemble(value)), soft_wrap=True)
    if meant.HasField("last_sync"):
        print_sync(meant)


def print_sync(folder: Folder) -> None:
    """Print what the last sync of a folder found, why files failed, and what to do if all of it did."""
    sync = folder.last_sync
    if sync.HasField("error"):
        error = from_status(sync.error)
        console.out.print(Text(printable(error.message), style="red"), soft_wrap=True)
        if advice := sync_advice(folder, error):
            console.out.print(Text("→ ", style="bold").append(printable(advice), style="not bold"), soft_wrap=True)
    if _has_counts(sync):
        console.out.print(counts_text(sync.counts), soft_wrap=True, highlight=False)
    for failure in sync.failures:
        line = Text("\N{BULLET}", style="yellow").append(f" {printable(_path(failure.uri))}", style="default")
        console.out.print(line.append(f" {printable(failure.error.message)}", style="dim default"), soft_wrap=True)
    if (more := sync.counts.failed_count - len(sync.failures)) > 0:
        console.out.print(f"[dim]and {more:,} more that failed[/]")


def _has_counts(sync: FolderSync) -> bool:
    # One that failed before it saw a file has nothing but zeros, which are no figures of the folder.
    return sync.HasField("counts") and (sync.counts.file_count > 0 or sync.state != folder_pb2.FOLDER_SYNC_STATE_FAILED)


def sync_advice(folder: Folder, error: AlbumenError) -> str:
    """Return what to do about a sync that failed: the command where the catalog names the field of a request."""
    retry = command("folder", "sync", "--even-if-empty", folder.display_name)
    if error.reason is Reason.FOLDER_EMPTY:
        return f"Is it as it should be? Then `{retry}` takes it as it is."
    if error.reason is Reason.FOLDER_UNAVAILABLE:
        # No option helps where there is no folder at all.
        remove = command("folder", "remove", folder.display_name)
        return f"Sync again once it is there, or `{retry}` if another one is from now on. Gone for good? `{remove}`."
    return advice_for(error.reason)


def counts_text(counts: FolderSyncCounts) -> str:
    """Return what a sync found, as ``12 new, 3 moved, 4,000 unchanged``."""
    words = (
        (counts.added_count - counts.known_count, "new"),
        # As `albumen index` calls a copy of what the library has, whatever its name.
        (counts.known_count, "known from elsewhere"),
        (counts.changed_count, "changed"),
        (counts.moved_count, "moved"),
        (counts.returned_count, "back"),
        (counts.missing_count, "missing"),
        (counts.trashed_count, "moved to the trash"),
        (counts.failed_count, "failed"),
        (counts.unchanged_count, "unchanged"),
    )
    found = ", ".join(f"{count:,} {word}" for count, word in words if count) or "no photos"
    # Of a folder that is left out nobody knows how many photos it holds: it is not read.
    left_out = plural(counts.left_out_count, "file or folder", "files and folders")
    return f"{found}, {left_out} left out" if counts.left_out_count else found


def state_text(folder: Folder) -> Text:
    """Return where the last sync of a folder is."""
    words, style = _STATES.get(folder.last_sync.state, ("?", "dim")) if folder.HasField("last_sync") else _NEVER
    return Text(words, style=style)


def watch_text(folder: Folder) -> Text:
    """Return whether a folder is synced by itself; nothing if it is not."""
    words, style = _WATCH_STATES.get(folder.watch_state, ("yes", "default")) if folder.watch else ("", "default")
    return Text(words, style=style)


def root_text(folder: Folder) -> str:
    """Return the path of a folder, for people."""
    return printable(_path(folder.root_uri))


def _watch_with_note(folder: Folder) -> Text:
    note = printable(folder.watch_note) if folder.watch else ""
    return watch_text(folder).append(f": {note}" if note else "", "default")


def _path(uri: str) -> str:
    return str(to_path(uri) or uri)
