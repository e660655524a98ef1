"""`albumen album create`, `change`, `rename` and `delete`."""

import sys
from typing import Annotated
from uuid import uuid4

import typer
from rich.text import Text

from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.album_service_pb2 import CreateAlbumRequest, DeleteAlbumRequest, UpdateAlbumRequest
from albumen.catalog.v1.image_service_pb2 import ImageFilter
from clients.cli import console, exit_codes
from clients.cli.advised import command
from clients.cli.arguments import file_text, text
from clients.cli.commands.album.filling import add_images
from clients.cli.commands.album.listing import AlbumArgument
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun
from clients.cli.failure import CommandError
from clients.cli.paging import CALL_SECONDS, mask
from clients.cli.resolution import resolve_album, resolve_image, short_id
from services.common.plural import plural


def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", parser=text, help="Of the album.")],
    images: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="IMAGE",
            parser=file_text,
            help="Ids, unique starts of ids, paths, or file names.",
            show_default=False,
        ),
    ] = None,
    filter_: Annotated[
        str | None,
        typer.Option(
            "--filter",
            metavar="FILTER",
            parser=text,
            help="What the photos of a smart album are like: 'people:Ann capture_time=2024'; \"\" is all of them.",
        ),
    ] = None,
    order: Annotated[
        str,
        typer.Option(
            "--order-by",
            metavar="ORDER",
            parser=text,
            help="Of a smart album: capture_time, size_bytes desc ...",
        ),
    ] = "",
    description: Annotated[
        str, typer.Option("--description", metavar="TEXT", parser=text, help="What it is about.")
    ] = "",
) -> None:
    """Make an album of photos, or a smart one, which holds whatever its filter finds."""
    if images and filter_ is not None:
        raise CommandError(
            "A smart album's photos are what its filter finds.",
            advice="Leave the photos out, or --filter.",
            exit_code=exit_codes.WRONG_USE,
        )
    session: Session = context.obj
    with connect(session) as catalog:
        added = [resolve_image(catalog, image).name for image in images or ()]
        album = Album(display_name=name, description=description, order_by=order)
        if filter_ is not None:
            album.filter.CopyFrom(ImageFilter(expression=filter_))
        request = CreateAlbumRequest(parent=catalog.parent, album=album, request_id=str(uuid4()))
        made = catalog.albums.CreateAlbum(request, timeout=CALL_SECONDS).album
        if added:
            made = add_images(catalog, made, added).album
    _print(made)
    if not added and filter_ is None:
        console.print_advice("Put photos in:", command("album", "add", made.display_name, "PHOTO"))


def change(
    context: typer.Context,
    album: AlbumArgument,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", parser=text, help="New name.")] = None,
    filter_: Annotated[
        str | None,
        typer.Option(
            "--filter",
            metavar="FILTER",
            parser=text,
            help='What the photos of a smart album are like; "" is all of them.',
        ),
    ] = None,
    order: Annotated[
        str | None,
        typer.Option(
            "--order-by",
            metavar="ORDER",
            parser=text,
            help='Of a smart album: capture_time, size_bytes desc ... or "".',
        ),
    ] = None,
    description: Annotated[
        str | None,
        typer.Option("--description", metavar="TEXT", parser=text, help='What it is about; "" takes it away.'),
    ] = None,
    cover: Annotated[
        str | None,
        typer.Option(
            "--cover",
            metavar="IMAGE",
            parser=file_text,
            help='Photo of the album that stands for it; "" lets the first one do so.',
        ),
    ] = None,
) -> None:
    """Change an album's name, description or cover, or the filter and order of a smart one."""
    said = {
        "display_name": name,
        "filter": filter_,
        "order_by": order,
        "description": description,
        "cover_image": cover,
    }
    fields = [field for field, value in said.items() if value is not None]
    if not fields:
        raise CommandError(
            "Nothing is to be changed.",
            advice="Say --name, --filter, --order-by, --description or --cover.",
            exit_code=exit_codes.WRONG_USE,
        )
    session: Session = context.obj
    with connect(session) as catalog:
        meant = resolve_album(list(catalog.list_albums()), album)
        changed = Album(
            name=meant.name,
            etag=meant.etag,
            display_name=name or "",
            order_by=order or "",
            description=description or "",
            cover_image=resolve_image(catalog, cover).name if cover else "",
        )
        if filter_ is not None:
            changed.filter.CopyFrom(ImageFilter(expression=filter_))
        request = UpdateAlbumRequest(album=changed, update_mask=mask(tuple(fields)))
        now = catalog.albums.UpdateAlbum(request, timeout=CALL_SECONDS).album
    _print(now)


def rename(
    context: typer.Context,
    album: AlbumArgument,
    new_name: Annotated[str, typer.Argument(metavar="NAME", parser=text, help="New name.")],
) -> None:
    """Give an album another name."""
    session: Session = context.obj
    with connect(session) as catalog:
        meant = resolve_album(list(catalog.list_albums()), album)
        changed = Album(name=meant.name, display_name=new_name, etag=meant.etag)
        request = UpdateAlbumRequest(album=changed)
        request.update_mask.paths.append("display_name")
        renamed = catalog.albums.UpdateAlbum(request, timeout=CALL_SECONDS).album
    line = Text(short_id(renamed.name), style="cyan").append(f"  {printable(renamed.display_name)}", "bold default")
    console.out.print(line, soft_wrap=True)


def delete(
    context: typer.Context,
    album: AlbumArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Delete an album; its photos stay. Asks first, for it can't be undone."""
    session: Session = context.obj
    with connect(session) as catalog:
        meant = resolve_album(list(catalog.list_albums()), album)
        if not (yes or dry_run):
            _ask(meant)
        request = DeleteAlbumRequest(name=meant.name, etag=meant.etag, validate_only=dry_run)
        catalog.albums.DeleteAlbum(request, timeout=CALL_SECONDS)
    done = Text("Would delete " if dry_run else "Deleted ").append(printable(meant.display_name), "bold")
    console.out.print(done.append("; its photos stay."), soft_wrap=True)


def _print(album: Album) -> None:
    line = Text(short_id(album.name), style="cyan").append(f"  {printable(album.display_name)}", "bold default")
    console.out.print(line.append(f"  ({plural(album.image_count, 'photo')})", "dim"), soft_wrap=True)


def _ask(album: Album) -> None:
    """Return if the user agrees."""
    if not sys.stdin.isatty():
        raise CommandError(
            f"Nobody is here to agree that {album.display_name!r} is deleted.",
            advice="Say --yes to delete it, or --dry-run to see what that would do.",
        )
    typer.confirm(f"Delete the album {printable(album.display_name)!r}? Its photos stay.", abort=True)
