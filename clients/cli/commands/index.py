"""`albumen index`: brings photos into the catalog."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import grpc
import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from clients.cli import console
from clients.cli.connection import Catalog, Session, connect
from clients.cli.console import printable
from clients.cli.failure import CommandError, from_albumen
from clients.cli.indexing.upload import Outcome, Result, unreadable
from clients.cli.indexing.uploads import Indexing
from clients.cli.scan.walk import Walk
from clients.cli.summary import plural

_INTERRUPTED = 130


def index(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", exists=True, help="Photos, and folders of photos.", show_default=False),
    ],
    in_flight: Annotated[int, typer.Option("--in-flight", min=1, max=64, help="Photos on their way at once.")] = 4,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 1 if any file was skipped, not only if the service failed."),
    ] = False,
) -> None:
    """Index photos: find the objects and faces in them, and group the faces into people.

    Folders are read to the bottom, hidden ones left out. Photos that are indexed already are not sent again,
    so the same command goes on where an earlier one ended. Files that are no readable image are reported and
    skipped; that is no failure unless --strict is given. The exit code is 1 if the service failed.
    """
    session: Session = context.obj
    with connect(session) as catalog:
        catalog.library()
        run = _Run(catalog, paths, in_flight)
        run.go()
        run.print_summary()
    halted_by = run.indexing.halted_by
    if halted_by is not None:
        failure = from_albumen(halted_by, session.target)
        done = plural(run.counts[Result.NEW] + run.counts[Result.KNOWN], "photo is", "photos are")
        raise CommandError(
            f"Stopped: {failure.message}",
            reason=failure.reason,
            advice=f"{failure.advice} {done} indexed; run the same command again to go on.".strip(),
        )
    if run.interrupted:
        console.err.print("Interrupted. Run the same command again to go on.")
        raise typer.Exit(_INTERRUPTED)
    if run.counts[Result.FAILED] or (strict and run.counts[Result.SKIPPED]):
        raise typer.Exit(1)


class _Run:
    """A run as it is shown on the terminal."""

    def __init__(self, catalog: Catalog, paths: list[Path], in_flight: int) -> None:
        self._catalog = catalog
        self._paths = paths
        self.indexing = Indexing(catalog, in_flight=in_flight)
        self.counts: Counter[Result] = Counter()
        self._reasons: Counter[tuple[Result, str]] = Counter()
        self._walk = Walk(paths, self._report_unreadable)
        self._seconds = 0.0
        self.interrupted = False

    def go(self) -> None:
        with console.out.status("Looking for photos"):
            total = sum(1 for _ in Walk(self._paths, lambda _path, _error: None))
        started = time.monotonic()
        with _progress() as progress, self._interruptible():
            task = progress.add_task("", total=total, rate="")
            for outcome in self.indexing.run(self._walk):
                self._count(outcome)
                self._seconds = time.monotonic() - started
                done = sum(self.counts.values())
                progress.update(
                    task,
                    completed=done,
                    total=max(total, done),
                    description=escape(printable(outcome.path.name)),
                    rate=f"{done / max(self._seconds, 1e-3):.1f} photos/s",
                )
            progress.update(task, description="")

    def print_summary(self) -> None:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style="bold")
        table.add_column()
        table.add_row(f"{self.counts[Result.NEW]:,}", "new")
        table.add_row(f"{self.counts[Result.KNOWN]:,}", "already indexed")
        for (result, reason), count in self._reasons.most_common():
            style = "red" if result is Result.FAILED else "yellow"
            table.add_row(f"[{style}]{count:,}[/]", f"[{style}]{result.name.lower()}[/] [dim]{reason}[/]")
        if self._walk.other_files:
            table.add_row(f"[dim]{self._walk.other_files:,}[/]", "[dim]other files, not photos[/]")
        try:
            library = self._catalog.library()
        except grpc.RpcError:
            pass  # The reason is told already.
        else:
            people = "person" if library.person_count == 1 else "people"
            table.add_row(f"{library.person_count:,}", f"{people} in {plural(library.image_count, 'photo')}")
        done = sum(self.counts.values())
        rate = f" [dim]{done / self._seconds:.1f} photos/s[/]" if self._seconds > 0 else ""
        table.add_row(f"{self._seconds:.1f}", f"seconds{rate}")
        console.out.print(table)
        if self.counts[Result.NEW] or self.counts[Result.KNOWN]:
            console.out.print("[dim]Next:[/] albumen people  [dim]·[/]  albumen report")

    def _count(self, outcome: Outcome) -> None:
        self.counts[outcome.result] += 1
        if outcome.result in (Result.SKIPPED, Result.FAILED):
            self._reasons[outcome.result, outcome.reason] += 1
            self._print_line(outcome)

    def _report_unreadable(self, path: Path, error: OSError) -> None:
        self._count(unreadable(path, error))

    def _print_line(self, outcome: Outcome) -> None:
        mark = "[red]✗[/]" if outcome.result is Result.FAILED else "[yellow]•[/]"
        path, message = escape(printable(str(outcome.path))), escape(printable(outcome.message))
        console.out.print(f"{mark} {path} [dim]{message} {outcome.reason}[/]", soft_wrap=True)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let the first Ctrl-C finish what is on its way, and the second drop it."""

        def interrupt(_signal: int, _frame: FrameType | None) -> None:
            if self.interrupted:
                console.out.show_cursor()
                os._exit(_INTERRUPTED)
            self.indexing.stop()
            self.interrupted = True

        before = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def _progress() -> Progress:
    return Progress(
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("[green]{task.fields[rate]}[/]"),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.description}[/]"),
        console=console.out,
        transient=not console.out.is_terminal,
    )
