"""`albumen report`: the library as a web page."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from clients.cli import console
from clients.cli import report as page
from clients.cli.arguments import path
from clients.cli.connection import Session, connect
from clients.cli.output_file import replaced, require_writable
from services.common.plural import plural

_MEGABYTE = 1_000_000


def report(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", parser=path, help="HTML file to write.")
    ] = Path("report.html"),
    photos: Annotated[
        int, typer.Option("--photos", min=1, max=2000, metavar="COUNT", help="Most photos in the page.")
    ] = 200,
) -> None:
    """Write one HTML page with the people, faces and photos; it needs no network and no other file."""
    session: Session = context.obj
    with connect(session) as catalog, _progress() as progress:
        place = require_writable(catalog, output, page.is_report)
        task = progress.add_task("people", total=None)
        contents = page.gather(catalog, max_photos=photos, on_photo=lambda _name: progress.advance(task))
        progress.update(task, total=contents.photo_count, description="photos")
        with replaced(place) as temporary:
            with temporary.open("w", encoding="utf-8") as file:
                page.write(contents, file)
            size = temporary.stat().st_size / _MEGABYTE
    about = f"  {plural(contents.photo_count, 'photo')}, {size:.1f} MB"
    console.out.print(Text(str(output), style="bold").append(about, "dim"), soft_wrap=True)
    if (more := contents.library.image_count - contents.photo_count) > 0:
        console.out.print(f"[dim]{plural(more, 'photo')} left out: --photos says how many go in.[/]")


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console.out,
        transient=True,
        disable=not console.out.is_terminal,
    )
