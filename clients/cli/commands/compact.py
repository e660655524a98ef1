"""`albumen compact`: makes what was erased leave the library's file."""

import typer
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from albumen.catalog.v1.library_service_pb2 import CompactLibraryResponse
from clients.cli import console
from clients.cli.connection import Session, connect
from clients.cli.detached import Detach, print_begun


def compact(context: typer.Context, detach: Detach = False) -> None:
    """Write the library's file anew, now and not later, so that it holds nothing of what you erased.

    What is in the trash is kept; `albumen trash empty` erases it.
    """
    session: Session = context.obj
    if detach:
        with connect(session) as catalog:
            print_begun(catalog.operations.start_compaction())
        return
    last = CompactLibraryResponse()
    columns = (TextColumn("Writing the file anew"), BarColumn(bar_width=24), TaskProgressColumn(), TimeElapsedColumn())
    with (
        connect(session) as catalog,
        Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as progress,
    ):
        task = progress.add_task("", total=None)
        for last in catalog.compact():
            progress.update(task, completed=last.done_count, total=last.total_count)
    freed = f" {decimal(last.freed_bytes)} are free again." if last.freed_bytes else ""
    done = "The library's file is written anew and holds nothing of what was erased."
    console.out.print(f"{done}{freed}", highlight=False)
