"""Shows the progress of a pull on the terminal: one line per step, with bytes while fetching."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from models.pull import Step


class PullProgress:
    """An observer of pulls. A context manager; `observe` may be called only inside it.

    Nothing appears before the first step, so that a pull with nothing to do stays quiet.
    """

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[action]:>8} "),
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=24),
            DownloadColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def __enter__(self) -> Self:
        """Return itself; the display starts with the first step."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the display; finished lines stay on the screen."""
        if self._tasks:
            self._progress.stop()

    def observe(self, step: Step) -> None:
        """Show the progress of a step."""
        key = step.action, step.subject
        if key not in self._tasks:
            self._progress.start()
            self._tasks[key] = self._progress.add_task(step.subject, total=None, action=step.action)
        # A conversion reports no progress: its bar has no end until it is done.
        total = step.total if step.done else None
        self._progress.update(self._tasks[key], completed=step.done, total=total)
