"""`albumen library delete`: erases a library."""

import sys
from typing import Annotated

import typer
from rich.text import Text

from albumen.catalog.v1.library_pb2 import Library
from clients.cli import console
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun
from clients.cli.failure import CommandError
from clients.cli.library_summary import describe_contents, library_label


def delete_library(
    context: typer.Context,
    library: Annotated[str, typer.Argument(metavar="LIBRARY", parser=text, help="Id of the library.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Erase a library with its photos, faces and people, and all that you said of them; it can't be undone.

    Says what it holds, and asks. The files of the photos stay where they are. The library `default` is there again
    at once, empty.

    Exit codes:

    - **0**: all went well
    - **1**: the service failed, there is no such library, it changed meanwhile, or nobody agreed
    - **2**: wrong use
    """
    session: Session = context.obj
    with connect(session.in_library(library)) as catalog:
        found = catalog.delete_library(dry_run=True)
        if dry_run:
            console.out.print(Text("Would erase ", style="dim").append(_what(found), style="not dim"), soft_wrap=True)
            return
        if not yes:
            _ask(found)
        # What was agreed to is what goes; a library that can't be opened has no etag.
        erased = catalog.delete_library(etag="" if yes else found.etag)
    console.out.print(Text(f"Erased {_what(erased)}"), soft_wrap=True)


def _ask(library: Library) -> None:
    """Return if the user agrees."""
    if not sys.stdin.isatty():
        raise CommandError(
            f"Nobody is here to agree that this goes: {_what(library)}",
            advice="Say --yes to erase it, or --dry-run to see what that would do.",
        )
    question = f"Erase {_what(library)} It can't be undone; the files of the photos stay. Sure?"
    typer.confirm(question, abort=True)


def _what(library: Library) -> str:
    return f"library {printable(library_label(library))}: {describe_contents(library)}."
