"""What a run of `albumen index` did, as a table."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

from clients.cli import console
from clients.cli.advised import command
from clients.cli.console import printable
from clients.cli.failure import advice_for
from clients.cli.indexing.old_names import OldNames
from clients.cli.indexing.run import IndexRun
from clients.cli.indexing.upload import Outcome, Result
from clients.cli.scan.walk import Walk
from clients.cli.source import to_path
from services.common.errors import Reason, UnavailableError
from services.common.plural import noun, plural
from services.common.scan.exclusions import LeftOut
from services.common.scan.file_kind import Kind

_LIMITS: Final = {str(Reason.IMAGE_TOO_LARGE), str(Reason.IMAGE_TOO_MANY_PIXELS)}
_SHOWN_PATHS: Final = 5
_WHY: Final = {LeftOut.PATTERN: "excluded by --exclude"}


def print_missing(uris: Sequence[str]) -> None:
    """Print which known files are not there any more."""
    if uris:
        _print_gone(plural(len(uris), "known file is", "known files are"), uris)


def print_old_names(old: OldNames) -> None:
    """Print by which names, now gone, found photos were known elsewhere, and how to let go of these."""
    if old.uris:
        _print_gone(plural(len(old.uris), "old name of these photos is", "old names of these photos are"), old.uris)
        console.print_advice("Gone for good? The photos stay:", command("forget", *old.forget))


def _print_gone(what: str, uris: Sequence[str]) -> None:
    console.out.print(f"[yellow]{what} not there any more:[/]")
    for uri in uris[:_SHOWN_PATHS]:
        console.out.print(Text(f"  {printable(str(to_path(uri) or uri))}"), soft_wrap=True)
    if (more := len(uris) - _SHOWN_PATHS) > 0:
        console.out.print(Text(f"  and {more:,} more", style="dim"))


def print_how_to_forget(paths: Sequence[Path]) -> None:
    """Print the command that lets go of what is missing under `paths`."""
    console.print_advice("Gone for good?", command("forget", *map(str, paths)))


def print_unsupported(walk: Walk) -> None:
    """Print the first pictures of every format that is not supported, as the other photos that are skipped."""
    for file_kind, paths in walk.unsupported.items():
        for path in paths:
            line = Text("•", style="yellow").append(f" {printable(str(path))}", style="default")
            console.out.print(line.append(f" {file_kind.format} is not supported", style="dim default"), soft_wrap=True)
        if (more := walk.kinds[file_kind] - len(paths)) > 0:
            console.out.print(Text(f"  and {more:,} more of {file_kind.format}", style="dim"))


class Summary:
    """Collects what became of single files, and sums a run up."""

    def __init__(self) -> None:
        self._reasons: Counter[tuple[Result, str]] = Counter()

    def notice(self, outcome: Outcome) -> None:
        """Take notice of a file; print a line if it was skipped or failed."""
        if outcome.result not in (Result.SKIPPED, Result.FAILED):
            return
        self._reasons[outcome.result, outcome.reason] += 1
        failed = outcome.result is Result.FAILED
        line = Text("✗" if failed else "•", style="red" if failed else "yellow")
        line.append(f" {printable(str(outcome.path))}", style="default")
        # Why the run stopped is told once, at its end.
        stopped = isinstance(outcome.error, UnavailableError)
        message = "Was on its way when the run stopped." if stopped else printable(outcome.message)
        line.append(f" {message} {outcome.reason}", style="dim default")
        console.out.print(line, soft_wrap=True)

    def table(self, run: IndexRun, seconds: float) -> Table:
        """Return how many files came to which end in `run`, and how long it took."""
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        counts = run.counts
        for count, name in (
            (counts[Result.NEW], "new"),
            (counts[Result.KNOWN] - run.moved - run.renamed, "known"),
            (counts[Result.CHANGED], "changed"),
            (run.moved, "moved"),
            (len(run.missing), "missing"),
        ):
            table.add_row(f"{count:,}", name, style="" if count else "dim")
        if run.renamed:
            table.add_row(f"{run.renamed:,}", "known by an old name that is gone")
        for (result, reason), count in self._reasons.most_common():
            style = "red" if result is Result.FAILED else "yellow"
            table.add_row(f"{count:,}", Text(result.name.lower()).append(f" {reason}", style="dim"), style=style)
        if run.left:
            table.add_row(f"{run.left:,}", "not tried yet", style="yellow")
        _add_other_files(table, run.walk)
        sent = sum(counts.values())
        rate = f" [dim]{sent / seconds:.1f} files/s[/]" if seconds > 0 else ""
        table.add_row(f"{seconds:.1f}", f"seconds{rate}")
        return table

    def print_advice(self) -> None:
        """Print what to do about files that were refused for a limit."""
        for reason in sorted({reason for _, reason in self._reasons} & _LIMITS):
            console.out.print(Text(f"{reason}: ", style="dim").append(advice_for(reason)), soft_wrap=True)


def _add_other_files(table: Table, walk: Walk) -> None:
    """Add what was not tried: every format that is not supported by its name, everything else by its kind."""
    others: Counter[Kind] = Counter()
    for file_kind, count in walk.kinds.most_common():
        if file_kind.kind is Kind.UNSUPPORTED:
            table.add_row(f"{count:,}", f"skipped [dim]{file_kind.format} is not supported[/]", style="yellow")
        else:
            others[file_kind.kind] += count
    for kind, count in others.most_common():
        what = f"{noun(count, *kind.value)}, {noun(count, 'not a photo', 'not photos')}"
        table.add_row(f"{count:,}", what, style="dim")
    for counts, left in ((walk.left_out, "file"), (walk.folders_left_out, "folder")):
        for left_out, count in counts.most_common():
            table.add_row(
                f"{count:,}", f"{noun(count, left)} left out: {_WHY.get(left_out, left_out.value)}", style="dim"
            )


def library_line(image_count: int, person_count: int) -> str:
    """Return what is in the library, for example ``3 people in 20 photos``."""
    return f"{plural(person_count, 'person', 'people')} in {plural(image_count, 'photo')}"
