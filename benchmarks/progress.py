"""Shows the progress of a run: bars on a terminal, lines in a pipe or a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_LINES_PER_STEP: Final = 10


class LineProgress(Progress):
    """Prints a line when a step begins and at every tenth of it, with the time that it took."""

    def __init__(self, console: Console) -> None:
        super().__init__(console=console, disable=True)
        self._printed: dict[TaskID, int] = {}

    def add_task(self, description: str, *args: Any, **kwargs: Any) -> TaskID:  # noqa: ANN401 - the base class's
        """Add a step, and print that it begins."""
        task_id = super().add_task(description, *args, **kwargs)
        self._printed[task_id] = 0
        self.console.print(f"{description} ...")
        return task_id

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        """Advance a step, and print how far it is at every tenth."""
        super().advance(task_id, advance)
        task = self.tasks[self.task_ids.index(task_id)]
        if not task.total:
            return
        tenths = int(_LINES_PER_STEP * task.completed / task.total)
        if tenths > self._printed[task_id]:
            self._printed[task_id] = tenths
            seconds = task.elapsed or 0
            self.console.print(f"{task.description}: {task.completed:,.0f} of {task.total:,.0f} after {seconds:.0f} s")


def bars(console: Console) -> Progress:
    """Return the display of all steps."""
    if not console.is_terminal:
        return LineProgress(console)
    return Progress(
        TextColumn("{task.description:<22}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


@contextmanager
def step(progress: Progress, name: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a step; each call of the function that is yielded advances it by one."""
    task = progress.add_task(name, total=total)
    yield lambda: progress.advance(task)
