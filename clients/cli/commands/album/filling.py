"""`albumen album add`, `remove` and `move`: which photos are in an album, and in what order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.album_service_pb2 import (
    AddAlbumImagesRequest,
    MoveAlbumImagesRequest,
    RemoveAlbumImagesRequest,
)
from clients.cli import console, exit_codes
from clients.cli.arguments import file_text
from clients.cli.commands.album.listing import AlbumArgument
from clients.cli.connection import Catalog, Session, connect
from clients.cli.console import printable
from clients.cli.correction import DryRun
from clients.cli.failure import CommandError
from clients.cli.paging import CALL_SECONDS
from clients.cli.resolution import resolve_album, resolve_image, short_id
from services.common.limits import MAX_ALBUM_CHANGES
from services.common.plural import plural

ImagesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="IMAGE", parser=file_text, help="Ids, unique starts of ids, paths, or file names.", show_default=False
    ),
]
Before = Annotated[
    str | None, typer.Option("--before", metavar="IMAGE", parser=file_text, help="Put them before this photo.")
]
After = Annotated[
    str | None, typer.Option("--after", metavar="IMAGE", parser=file_text, help="Put them behind this photo.")
]
_Request = AddAlbumImagesRequest | RemoveAlbumImagesRequest | MoveAlbumImagesRequest
_SECONDS: Final = 4 * CALL_SECONDS


@dataclass
class Filled:
    """What became of images.

    Attributes:
        album: as it is now.
        changed: images that were added, removed or moved.
        unchanged: images that were as wanted before.
        failed: names of images, and why they could not be.

    """

    album: Album
    changed: int = 0
    unchanged: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def add(
    context: typer.Context, album: AlbumArgument, images: ImagesArgument, before: Before = None, after: After = None
) -> None:
    """Put photos into an album: at its end, or where you say. Those that are in it stay where they are."""
    _fill(context, album, images, before, after, AddAlbumImagesRequest, "added to", "was there already")


def move(
    context: typer.Context, album: AlbumArgument, images: ImagesArgument, before: Before = None, after: After = None
) -> None:
    """Move photos of an album to its end, or where you say; they follow each other as you name them."""
    _fill(context, album, images, before, after, MoveAlbumImagesRequest, "moved in", "is there already")


def remove(context: typer.Context, album: AlbumArgument, images: ImagesArgument, dry_run: DryRun = False) -> None:
    """Take photos out of an album; they stay in the library."""
    session: Session = context.obj
    with connect(session) as catalog:
        meant = resolve_album(list(catalog.list_albums()), album)
        names = [resolve_image(catalog, image).name for image in images]
        request = RemoveAlbumImagesRequest(album=meant.name, validate_only=dry_run)
        done = _in_batches(catalog.albums.RemoveAlbumImages, meant, names, request)
    _print(done, "would be removed from" if dry_run else "removed from", "was not in it")


def add_images(catalog: Catalog, album: Album, names: Sequence[str]) -> Filled:
    """Add images to the end of an album."""
    request = AddAlbumImagesRequest(album=album.name)
    return _in_batches(catalog.albums.AddAlbumImages, album, names, request)


def _fill(
    context: typer.Context,
    album: str,
    images: Sequence[str],
    before: str | None,
    after: str | None,
    kind: type[AddAlbumImagesRequest | MoveAlbumImagesRequest],
    done_to: str,
    was_so: str,
) -> None:
    if before is not None and after is not None:
        raise CommandError(
            "Photos can't go before one and behind another.",
            advice="Give --before or --after.",
            exit_code=exit_codes.WRONG_USE,
        )
    session: Session = context.obj
    with connect(session) as catalog:
        meant = resolve_album(list(catalog.list_albums()), album)
        names = [resolve_image(catalog, image).name for image in images]
        request = kind(album=meant.name)
        if before is not None:
            request.before = resolve_image(catalog, before).name
        if after is not None:
            request.after = resolve_image(catalog, after).name
        is_addition = isinstance(request, AddAlbumImagesRequest)
        call: Any = catalog.albums.AddAlbumImages if is_addition else catalog.albums.MoveAlbumImages
        # Each batch goes behind the one before it, so the last comes first where they go behind one photo.
        done = _in_batches(call, meant, names, request, backwards=after is not None)
    _print(done, done_to, was_so)


def _in_batches(
    call: Callable[..., Any], album: Album, names: Sequence[str], request: _Request, *, backwards: bool = False
) -> Filled:
    """Ask for as many images at a time as one call takes."""
    filled = Filled(album)
    starts = list(range(0, len(names), MAX_ALBUM_CHANGES))
    for start in reversed(starts) if backwards else starts:
        batch = names[start : start + MAX_ALBUM_CHANGES]
        del request.images[:]
        request.images.extend(batch)
        answer = call(request, timeout=_SECONDS)
        filled.album = answer.album
        for name, result in zip(batch, answer.results, strict=True):
            if result.HasField("error"):
                filled.failed.append((name, result.error.message))
            elif result.changed:
                filled.changed += 1
            else:
                filled.unchanged += 1
    return filled


def _print(done: Filled, done_to: str, was_so: str) -> None:
    line = Text(f"{plural(done.changed, 'photo')} {done_to} ").append(printable(done.album.display_name), "bold")
    if done.unchanged:
        line.append(f"; {done.unchanged:,} {was_so}", "dim")
    line.append(f"  ({plural(done.album.image_count, 'photo')} now)", "dim")
    console.out.print(line, soft_wrap=True)
    for name, why in done.failed:
        console.err.print(printable(f"{short_id(name)}: {why}"), soft_wrap=True, markup=False)
    if done.failed:
        raise typer.Exit(exit_codes.FAILED)
