"""`albumen folder add`, `change` and `remove`."""

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import grpc
import typer
from rich.text import Text

from albumen.catalog.v1.folder_pb2 import Folder
from clients.cli import console, exit_codes
from clients.cli.advised import command
from clients.cli.arguments import path, text
from clients.cli.commands.folder.listing import FolderArgument, root_text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun
from clients.cli.failure import CommandError, from_call
from clients.cli.resolution import resolve_folder, short_id
from clients.cli.source import to_uri
from services.common.errors import Reason

_Include = Annotated[
    list[str] | None,
    typer.Option(metavar="PATTERN", parser=text, help="Take only what matches, as in .gitignore; repeat for several."),
]
_Exclude = Annotated[
    list[str] | None,
    typer.Option(metavar="PATTERN", parser=text, help="Leave out what matches; repeat for several."),
]
_Days = Annotated[
    int | None,
    typer.Option(
        "--trash-missing-days",
        min=0,
        max=3_650,
        metavar="DAYS",
        help="Move photos to the trash whose files were missing for so long; 0 for never.",
    ),
]


_WATCH_HELP: Final = "Sync it by itself, whenever something in it changes."


def add(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="PATH", parser=path, help="Folder on the catalog's disk.", show_default=False)
    ],
    name: Annotated[str, typer.Option(metavar="NAME", parser=text, help="For people; else the folder's own.")] = "",
    include: _Include = None,
    exclude: _Exclude = None,
    days: _Days = None,
    watch: Annotated[bool, typer.Option("--watch", help=_WATCH_HELP)] = False,
) -> None:
    """Name a folder that the library is to be kept equal to; `albumen folder sync` then indexes what is in it.

    With `--watch` it is synced by itself: now, whenever something in it changes, and when the catalog starts.

    The catalog reads it from its own disk, if it may: in folders that ALBUMEN_CATALOG_FOLDER_ROOTS names where the
    catalog runs. Photos on other machines are for **albumen index**.
    """
    session: Session = context.obj
    with connect(session) as catalog:
        wanted = Folder(
            display_name=name,
            root_uri=to_uri(folder),
            include_patterns=include or (),
            exclude_patterns=exclude or (),
            trash_missing_days=days or 0,
            watch=watch,
        )
        try:
            made = catalog.folders.create(wanted)
        except grpc.RpcError as error:
            failure = from_call(error, catalog.target)
            if failure.reason == Reason.FOLDER_UNAVAILABLE:
                # What helps a sync that meets the same does not help here: there is no folder yet.
                failure.advice = _nowhere(folder)
            raise failure from error
    _print(made)
    if watch:
        console.print_advice("What its syncs come to:", command("folder", "show", made.display_name))
    else:
        console.print_advice("Index what is in it:", command("folder", "sync", made.display_name))


def change(
    context: typer.Context,
    folder: FolderArgument,
    name: Annotated[str | None, typer.Option(metavar="NAME", parser=text, help="New name.")] = None,
    include: _Include = None,
    exclude: _Exclude = None,
    days: _Days = None,
    watch: Annotated[bool | None, typer.Option("--watch/--no-watch", help=_WATCH_HELP)] = None,
) -> None:
    """Change a folder's name, its patterns (all of a kind at once; "" for none), what becomes of what is missing.

    Or whether it is synced by itself.
    """
    session: Session = context.obj
    values = {
        "display_name": name,
        "include_patterns": _given(include),
        "exclude_patterns": _given(exclude),
        "trash_missing_days": days,
        "watch": watch,
    }
    changed = {field: value for field, value in values.items() if value is not None}
    if not changed:
        raise CommandError(
            "Nothing is to be changed.",
            advice="Say --name, --include, --exclude, --trash-missing-days, --watch or --no-watch.",
            exit_code=exit_codes.WRONG_USE,
        )
    with connect(session) as catalog:
        meant = resolve_folder(list(catalog.folders.list()), folder)
        now = catalog.folders.update(Folder(name=meant.name, etag=meant.etag, **changed), *changed)  # type: ignore[arg-type] # by name
    _print(now)


def remove(
    context: typer.Context,
    folder: FolderArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Keep the library equal to a folder no more; its photos stay, in the library and on the disk. Asks first."""
    session: Session = context.obj
    with connect(session) as catalog:
        meant = resolve_folder(list(catalog.folders.list()), folder)
        if not (yes or dry_run):
            _ask(meant)
        catalog.folders.delete(meant, dry_run=dry_run)
    done = Text("Would remove " if dry_run else "Removed ").append(printable(meant.display_name), "bold")
    console.out.print(done.append("; its photos stay."), soft_wrap=True)


def _nowhere(folder: Path) -> str:
    index = command("index", os.fspath(folder))
    return f"Name one that is on the catalog's own disk; photos of this machine are for `{index}`."


def _given(patterns: list[str] | None) -> list[str] | None:
    return None if patterns is None else [pattern for pattern in patterns if pattern]


def _print(folder: Folder) -> None:
    line = Text(short_id(folder.name), style="cyan").append(f"  {printable(folder.display_name)}", "bold default")
    console.out.print(line.append(f"  ({root_text(folder)})", "dim"), soft_wrap=True)


def _ask(folder: Folder) -> None:
    """Return if the user agrees."""
    if not sys.stdin.isatty():
        raise CommandError(
            f"Nobody is here to agree that {folder.display_name!r} is removed.",
            advice="Say --yes to remove it, or --dry-run to see what that would do.",
        )
    typer.confirm(f"Remove the folder {printable(folder.display_name)!r}? Its photos stay.", abort=True)
