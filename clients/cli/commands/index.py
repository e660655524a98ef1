"""`albumen index`: brings photos into the catalog."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated

import grpc
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from clients.cli import console, exit_codes
from clients.cli.advised import command
from clients.cli.arguments import file_text, path
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.failure import CommandError, from_call
from clients.cli.indexing.run import IndexRun, Options
from clients.cli.indexing.summary import (
    Summary,
    library_line,
    print_how_to_forget,
    print_missing,
    print_old_names,
    print_unsupported,
)
from clients.cli.indexing.upload import Outcome, Result
from clients.cli.indexing.vanished import SourceVanishedError, require_present
from clients.cli.shown_path import files_shown_as
from clients.cli.source import to_path
from services.common.plural import plural


def index(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", parser=path, help="Photos, and folders of photos.", show_default=False),
    ],
    in_flight: Annotated[
        int, typer.Option("--in-flight", min=1, max=64, metavar="COUNT", help="Photos on their way at once.")
    ] = 4,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read every file, also those of the same size and time as before.")
    ] = False,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN", parser=file_text, help="Leave out what matches, as in .gitignore; repeat for several."
        ),
    ] = None,
    no_default_excludes: Annotated[
        bool,
        typer.Option(
            # As a flag with two names it would not fit into a page of help.
            "--no-default-excludes",
            help="Read also what devices and systems keep for themselves, such as @eaDir and #recycle.",
        ),
    ] = False,
) -> None:
    """Index photos: find the objects and faces in them, and group the faces into people.

    Folders are read to the bottom. Hidden files are left out, and what an .albumenignore file in any folder says, in
    the syntax of .gitignore. Files that are known, of the same size and time as before, are not opened; so the same
    command goes on where an earlier one ended. Files that are gone are counted as missing and never forgotten by
    this command: **albumen forget** does that.

    Pictures in formats that are not supported, such as camera raw, are counted by format, the first ten of each are
    named, and they are no failure.

    Exit codes:

    - **0**: all went well
    - **1**: the service failed, or can't be reached
    - **2**: wrong use, such as a path at which there is no file or folder
    - **3**: some files could not be read, or have too long a path; each is told with its reason
    - **4**: the source vanished: a folder that held known photos is empty, a link that leads nowhere, or not there
      though you named it or something in it; or its drive fails. A folder that is gone from one that you named is a
      deletion like any other
    - **130**: interrupted
    """
    session: Session = context.obj
    paths = [meant for path in paths for meant in files_shown_as(path) or [path]]
    options = Options(in_flight, verify, exclude or (), not no_default_excludes)
    with connect(session) as catalog:
        catalog.library()
        view = _View()
        run = IndexRun(catalog, paths, options, view.notice)
        try:
            view.follow(run)
        except (SourceVanishedError, grpc.RpcError) as error:
            if run.counts.total():
                view.print_summary(run)
            if isinstance(error, grpc.RpcError):
                raise _stopped(run, from_call(error, session.target)) from error
            raise
        view.print_summary(run)
        if run.indexing.halted_by is not None:
            raise _stopped(run, run.indexing.halted_by)
        with suppress(grpc.RpcError):  # All that there was to do is done.
            library = catalog.library()
            console.out.print(library_line(library.image_count, library.person_count))
    print_old_names(run.old_names)
    print_missing(run.missing)
    # In a folder below the named ones, too, a drive may be missing; but first, what was moved had to be found.
    require_present((path for uri in run.missing if (path := to_path(uri)) is not None), paths)
    if run.missing:
        print_how_to_forget(paths)
    _end(run)


def _end(run: IndexRun) -> None:
    """End the command as its exit codes say."""
    counts = run.counts
    if run.indexing.stopped:
        console.err.print("Interrupted. Run the same command again to go on.")
        raise typer.Exit(exit_codes.INTERRUPTED)
    if counts[Result.NEW] or counts[Result.KNOWN] or counts[Result.CHANGED]:
        console.print_advice("Next:", command("people"), command("report"))
    if counts[Result.FAILED]:
        failed = plural(counts[Result.FAILED], "photo")
        raise CommandError(f"{failed} could not be indexed.", advice=_how_to_go_on(run))
    if counts[Result.SKIPPED]:
        raise typer.Exit(exit_codes.FILES_UNREADABLE)


def _stopped(run: IndexRun, failure: CommandError) -> CommandError:
    """Return the error for a run that `failure` ended before all was done."""
    advice = f"{failure.advice} {_how_to_go_on(run)}".strip()
    return CommandError(f"Stopped: {failure.message}", reason=failure.reason, advice=advice)


def _how_to_go_on(run: IndexRun) -> str:
    done = run.counts[Result.NEW] + run.counts[Result.CHANGED] + run.counts[Result.KNOWN]
    if not done:
        return "Run the same command again to go on."
    return f"{plural(done, 'photo is', 'photos are')} indexed; run the same command again to go on."


class _View:
    """A run as it is shown on the terminal."""

    def __init__(self) -> None:
        self._summary = Summary()
        self._seconds = 0.0
        self._progress = Progress(
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("[green]{task.fields[rate]}[/]"),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.description}[/]", markup=True),
            console=console.out,
            disable=not console.out.is_terminal,
        )

    def follow(self, run: IndexRun) -> None:
        """Bring `run` to its end."""
        started = time.monotonic()
        try:
            with console.out.status("Looking for photos"):
                run.scan()
            if run.to_send:
                self._task = self._progress.add_task("", total=run.to_send, rate="")
            with self._progress, _interruptible(run):
                run.send()
        finally:
            self._seconds = time.monotonic() - started

    def notice(self, outcome: Outcome) -> None:
        """Show what became of one file."""
        self._summary.notice(outcome)
        for task in self._progress.tasks:
            rate = f"{(task.completed + 1) / max(task.elapsed or 0, 1e-3):.1f} photos/s"
            self._progress.update(task.id, advance=1, description=_name(outcome), rate=rate)

    def print_summary(self, run: IndexRun) -> None:
        """Print how many files came to which end."""
        print_unsupported(run.walk)
        console.out.print(self._summary.table(run, self._seconds))
        self._summary.print_advice()


def _name(outcome: Outcome) -> str:
    return Text(printable(outcome.path.name)).markup


@contextmanager
def _interruptible(run: IndexRun) -> Iterator[None]:
    """Let the first Ctrl-C finish what is on its way, and the second drop it."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if run.indexing.stopped:
            console.out.show_cursor()
            os._exit(exit_codes.INTERRUPTED)
        run.indexing.stop()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
