"""Bars for what takes a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


def bars(console: Console) -> Progress:
    """Return the display of all steps."""
    return Progress(
        TextColumn("{task.description:<22}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


@contextmanager
def step(progress: Progress, name: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a step; the call that is given says that one more part of it is done."""
    task = progress.add_task(name, total=total)
    yield lambda: progress.advance(task)
