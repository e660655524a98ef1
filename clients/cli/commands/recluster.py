"""`albumen recluster`: thinks again about everybody."""

from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from albumen.catalog.v1.library_service_pb2 import ReclusterLibraryResponse
from clients.cli import console
from clients.cli.connection import Session, connect
from clients.cli.detached import Detach, print_begun
from services.common.plural import plural


def recluster(
    context: typer.Context,
    eps: Annotated[
        float | None,
        typer.Option(
            min=1e-6, max=2, metavar="EPS", help="New eps of the library: how near the faces of a tight cluster are."
        ),
    ] = None,
    detach: Detach = False,
) -> None:
    """Think again about who is whom. What you said of people stays, and so do their ids. Ctrl-C stops it."""
    session: Session = context.obj
    if detach:
        with connect(session) as catalog:
            print_begun(catalog.operations.start_reclustering(eps))
        return
    last = ReclusterLibraryResponse()
    columns = (TextColumn("Looking at people"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        connect(session) as catalog,
        Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as progress,
    ):
        task = progress.add_task("", total=None)
        for last in catalog.recluster(eps):
            progress.update(task, completed=last.done_count, total=last.total_count)
    moved = plural(last.moved_face_count, "face")
    console.out.print(f"{moved} changed person." if last.moved_face_count else "Nobody changed.")
