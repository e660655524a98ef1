"""`albumen forget`: lets go of photos whose files are gone."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from clients.cli import console
from clients.cli.arguments import path
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun
from clients.cli.failure import CommandError
from clients.cli.held_place import path_of
from clients.cli.indexing.gone import find_gone
from clients.cli.indexing.held import find_abandoned
from clients.cli.indexing.known_files import KnownFiles
from clients.cli.shown_path import known_shown_as
from clients.cli.trash import print_trashed
from services.common.plural import noun, plural

_LISTED = 50


def forget(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH", parser=path, help="Files and folders; everywhere if left out.", show_default=False
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    even_all: Annotated[
        bool, typer.Option("--even-all", help="Also forget files whose folder has vanished, as at exit code 4.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Forget files that are gone: photos that are nowhere else go to the trash.

    Lists the files that are known and not there any more, and asks. A photo of which there is another copy stays.
    If a folder has vanished, as at exit code 4, its drive may only not be mounted: then nothing is forgotten unless
    **--even-all** is given.

    Exit codes:

    - **0**: all went well
    - **1**: the service failed, or nobody agreed
    - **2**: wrong use
    - **4**: the source vanished: a folder that held known photos is empty, a link that leads nowhere, or not there
      though you named it or something in it, or named no path at all. A folder that is gone from one that you named
      is a deletion like any other
    """
    session: Session = context.obj
    with connect(session) as catalog:
        with console.out.status("Looking for what is gone"):
            paths = [meant for path in paths or () for meant in known_shown_as(catalog, path)]
            known = KnownFiles.load(catalog, paths) if paths else KnownFiles.load_all(catalog)
            gone = find_gone(known, find_abandoned(catalog, paths), paths, even_all=even_all)
        if not gone:
            console.out.print(f"Nothing is gone: {plural(len(known), 'file')} known.")
            return
        _print(gone)
        if dry_run:
            places, images = catalog.forget_sources(gone, dry_run=True)
            console.out.print(f"[dim]Would forget[/] {_what(places, images)}")
            return
        if not yes:
            _ask(gone)
        places, images = catalog.forget_sources(gone)
        console.out.print(f"Forgot {_what(places, images)}")
        print_trashed(catalog.trashed(images))


def _print(gone: Sequence[str]) -> None:
    for uri in gone[:_LISTED]:
        console.out.print(Text(printable(str(path_of(uri) or uri))), soft_wrap=True)
    if (more := len(gone) - _LISTED) > 0:
        console.out.print(f"[dim]and {more:,} more[/]")


def _ask(gone: Sequence[str]) -> None:
    """Return if the user agrees."""
    if not sys.stdin.isatty():
        raise CommandError(
            f"{plural(len(gone), 'file is', 'files are')} gone, and nobody is here to agree.",
            advice="Say --yes to forget them, or --dry-run to see what that would do.",
        )
    typer.confirm(f"Forget {plural(len(gone), 'place')}, and the photos that are nowhere else?", abort=True)


def _what(places: int, deleted: Sequence[str]) -> str:
    images = len(deleted)
    if not images:
        return f"{plural(places, 'place')}; no photo deleted."
    return (
        f"{plural(places, 'place')}; {plural(images, 'photo')} deleted, with the faces in {noun(images, 'it', 'them')}."
    )
