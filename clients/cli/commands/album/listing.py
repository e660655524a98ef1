"""`albumen album list` and `show`: which albums there are, and what is in one."""

from itertools import islice
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.image_service_pb2 import ImageFilter
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import MAX_LISTED, text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.held_place import is_held
from clients.cli.json_answer import print_json
from clients.cli.resolution import resolve_album, short_id
from services.common.plural import plural

AlbumArgument = Annotated[
    str, typer.Argument(metavar="ALBUM", parser=text, help="Id, unique start of an id, or name.", show_default=False)
]


def list_albums(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List albums by name, and how many photos each has."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = list(catalog.list_albums())
    if as_json:
        for album in found:
            print_json(album)
    elif found:
        console.out.print(_albums(found))
    else:
        console.out.print("No album yet.")
        console.print_advice("Make one:", command("album", "create", "NAME", "PHOTO"))


def show(
    context: typer.Context,
    album: AlbumArgument,
    limit: Annotated[int, typer.Option(min=1, max=MAX_LISTED, metavar="COUNT", help="Most photos to list.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="The photos, one JSON object a line, for programs.")] = False,
) -> None:
    """Show what is in an album, in its order."""
    session: Session = context.obj
    with connect(session) as catalog:
        meant = resolve_album(list(catalog.list_albums()), album)
        fields = () if as_json else ("name", "file_name", "size")
        matching = catalog.list_images(
            *fields, image_filter=ImageFilter(album=meant.name), order_by="album", page_size=min(limit + 1, 500)
        )
        found = list(islice(matching, limit))
    if as_json:
        for image in found:
            image.source_uris[:] = [uri for uri in image.source_uris if not is_held(uri)]
            print_json(image)
        return
    _print_album(meant)
    if found:
        console.out.print(_images(found, meant))
    if (more := meant.image_count - len(found)) > 0:
        console.out.print(f"[dim]and {more:,} more: --limit[/]")


def described_filter(image_filter: ImageFilter) -> str:
    """Return what a smart album's filter says, as an expression."""
    parts = [f'objects:"{label}"' for label in image_filter.labels]
    parts += [f'people:"{image_filter.person}"'] if image_filter.person else []
    expression = image_filter.expression
    parts += [f"({expression})" if parts and expression else expression] if expression else []
    return " ".join(parts) or "all photos"


def _print_album(album: Album) -> None:
    title = Text(printable(album.display_name), style="bold")
    console.out.print(title.append(f"  ({plural(album.image_count, 'photo')})", "dim"), soft_wrap=True)
    for line in album.description.splitlines():
        console.out.print(Text(printable(line)), soft_wrap=True)
    if album.HasField("filter"):
        order = f", by {album.order_by}" if album.order_by else ""
        console.out.print(Text(f"smart: {printable(described_filter(album.filter) + order)}", "dim"), soft_wrap=True)


def _albums(found: list[Album]) -> Table:
    table = FoldingTable()
    table.add("id", style="cyan", whole=True)
    table.add("name", style="bold")
    table.add("photos", right=True)
    table.add("filter", style="dim")
    for album in found:
        smart = described_filter(album.filter) if album.HasField("filter") else ""
        count = f"{album.image_count:,}"
        table.add_row(short_id(album.name), Text(printable(album.display_name)), count, Text(printable(smart)))
    return table


def _images(found: list[Image], album: Album) -> Table:
    table = FoldingTable()
    table.add("id", style="cyan", whole=True)
    table.add("file")
    table.add("size", style="dim", right=True)
    table.add("", style="dim")
    for image in found:
        size = f"{image.size.width}\N{MULTIPLICATION SIGN}{image.size.height}"
        cover = "cover" if image.name == album.cover_image else ""
        table.add_row(short_id(image.name), Text(printable(image.file_name)), size, cover)
    return table
