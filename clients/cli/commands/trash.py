"""`albumen trash`: deleted photos, until they are erased."""

import sys
from itertools import islice
from typing import Annotated

import typer
from rich.text import Text

from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import MAX_LISTED, file_text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun
from clients.cli.failure import CommandError
from clients.cli.folding_table import FoldingTable
from clients.cli.image_calls import TRASHED
from clients.cli.json_answer import print_json
from clients.cli.resolution import resolve_image, short_id
from clients.cli.trash import until
from services.common.plural import plural

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.callback()
def trash() -> None:
    """List deleted photos, have them back, or erase them."""


@app.command("list")
def list_(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=MAX_LISTED, metavar="COUNT", help="Most photos to list.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List the photos in the trash, and when each is erased."""
    session: Session = context.obj
    with connect(session) as catalog:
        fields = () if as_json else ("name", "file_name", "delete_time", "purge_time")
        matching = catalog.list_images(*fields, image_filter=TRASHED, page_size=min(limit + 1, 500))
        found = list(islice(matching, limit + 1))
    if as_json:
        for image in found[:limit]:
            print_json(image)
        return
    if not found:
        console.out.print("The trash is empty.")
        return
    table = FoldingTable()
    table.add("id", style="cyan", whole=True)
    table.add("file")
    table.add("erased on", style="dim")
    for image in found[:limit]:
        table.add_row(short_id(image.name), Text(printable(image.file_name)), until(image))
    console.out.print(table)
    if len(found) > limit:
        console.out.print(f"[dim]There are more: --limit {limit * 4}[/]")


@app.command()
def restore(
    context: typer.Context,
    photos: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="IMAGE",
            parser=file_text,
            help="Photos in the trash: ids, paths, or names.",
            show_default=False,
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All photos in the trash.")] = False,
) -> None:
    """Have photos back, with their people and all that you said of them."""
    session: Session = context.obj
    if bool(photos) == everything:
        raise typer.BadParameter("Name photos, or say --all.", param_hint="IMAGE")
    with connect(session) as catalog:
        if everything:
            names = [image.name for image in catalog.list_images("name", image_filter=TRASHED)]
        else:
            names = [resolve_image(catalog, photo, TRASHED).name for photo in photos or ()]
        for name in dict.fromkeys(names):
            catalog.undelete_image(name)
    console.out.print(f"Restored {plural(len(set(names)), 'photo')}.")


@app.command()
def empty(
    context: typer.Context,
    photos: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="IMAGE", parser=file_text, help="Photos in the trash; all if left out.", show_default=False
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Erase photos that are in the trash, for good."""
    session: Session = context.obj
    with connect(session) as catalog:
        names = [resolve_image(catalog, photo, TRASHED).name for photo in photos or ()]
        count = catalog.purge_images(names, dry_run=True)
        if not count:
            console.out.print("The trash is empty.")
            return
        if dry_run:
            console.out.print(f"[dim]Would erase[/] {plural(count, 'photo')}.")
            return
        if not yes:
            _ask(count)
        count = catalog.purge_images(names)
    console.out.print(f"Erased {plural(count, 'photo')}.")
    console.print_advice("Have them leave the library's file now, and not within the hour:", command("compact"))


def _ask(count: int) -> None:
    """Return if the user agrees."""
    if not sys.stdin.isatty():
        raise CommandError(
            f"{plural(count, 'photo')} would be erased, and nobody is here to agree.",
            advice="Say --yes to erase them, or --dry-run to see what that would do.",
        )
    typer.confirm(f"Erase {plural(count, 'photo')} for good?", abort=True)
