"""`albumen folder sync`: makes the library equal to folders."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer
from google.protobuf import json_format
from rich.text import Text

from albumen.catalog.v1.folder_pb2 import Folder
from clients.cli import console, exit_codes
from clients.cli.advised import command
from clients.cli.arguments import text
from clients.cli.awaiting import await_operation
from clients.cli.commands.folder.listing import Json, print_sync
from clients.cli.connection import Catalog, Session, connect
from clients.cli.console import printable
from clients.cli.detached import Detach, print_begun
from clients.cli.failure import CommandError, advice_for
from clients.cli.resolution import resolve_folder
from services.common.errors import AlbumenError, Reason
from services.common.wire.status import from_status

_AWAY: Final = frozenset((Reason.FOLDER_EMPTY, Reason.FOLDER_UNAVAILABLE))


def sync(
    context: typer.Context,
    folders: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FOLDER", parser=text, help="Ids, unique starts of ids, or names; all if none.", show_default=False
        ),
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every file, also those of the same size and time as before.")
    ] = False,
    even_if_empty: Annotated[
        bool, typer.Option("--even-if-empty", help="Mark what is gone as missing, though nothing is left.")
    ] = False,
    detach: Detach = False,
    as_json: Json = False,
) -> None:
    """Index what is new and changed in folders, find what was moved, and mark what is missing.

    Photos whose files are missing stay with their people, and are whole again when the files are back. A folder that is
    not there, or empty, changes nothing. Ctrl-C ends the waiting only.

    Exit codes:

    - **0**: all went well
    - **1**: a sync failed, or was cancelled
    - **3**: some files could not be read or indexed; each of the first hundred is told with its reason
    - **4**: a folder is away: not there, or empty, or another one with none of the known files
    """
    session: Session = context.obj
    with connect(session) as catalog:
        meant = _meant(catalog, folders or ())
        begun = [catalog.folders.sync(folder, verify=verify, even_if_empty=even_if_empty) for folder in meant]
        if detach:
            for operation in begun:
                print_begun(operation)
            return
        failures = list[CommandError]()
        failed_files = 0
        for folder, operation in zip(meant, begun, strict=True):
            ended = await_operation(catalog, operation.name, None)
            now = catalog.folders.get(folder.name)
            failed_files += now.last_sync.counts.failed_count
            if as_json:
                typer.echo(json_format.MessageToJson(now, indent=None))
            else:
                # Why the first one failed is told at the end, with what to do about it.
                if ended.HasField("error") and not failures:
                    now.last_sync.ClearField("error")
                console.out.print(Text(printable(now.display_name), style="bold"), soft_wrap=True)
                print_sync(now.last_sync)
            if ended.HasField("error"):
                failures.append(_failure(now, from_status(ended.error)))
    if failures:
        raise failures[0]
    if failed_files:
        raise typer.Exit(exit_codes.FILES_UNREADABLE)


def _failure(folder: Folder, error: AlbumenError) -> CommandError:
    is_away = error.reason in _AWAY
    retry = command("folder", "sync", "--even-if-empty", folder.display_name)
    if error.reason == Reason.FOLDER_EMPTY:
        advice = f"Is it as it should be? Then `{retry}` takes it as it is."
    elif is_away:
        # No option helps where there is no folder at all.
        remove = command("folder", "remove", folder.display_name)
        advice = f"Sync again once it is there, or `{retry}` if another one is from now on. Gone for good? `{remove}`."
    else:
        advice = advice_for(error.reason)
    return CommandError(
        f"{folder.display_name}: {error.message}",
        reason=str(error.reason),
        advice=advice,
        exit_code=exit_codes.SOURCE_VANISHED if is_away else exit_codes.FAILED,
    )


def _meant(catalog: Catalog, folders: Sequence[str]) -> list[Folder]:
    every = list(catalog.folders.list())
    if not every:
        raise CommandError(
            "There is no folder to sync.",
            advice=f"Name one on the catalog's disk: `{command('folder', 'add', 'PATH')}`.",
        )
    return [resolve_folder(every, folder) for folder in folders] or every
