"""`albumen mark`: says things of photos."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from albumen.catalog.v1.image_pb2 import Image
from clients.cli import console, exit_codes
from clients.cli.arguments import Photos, text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.failure import CommandError
from clients.cli.resolution import name_key, resolve_image, short_id
from services.common.limits import MAX_RATING


def mark(
    context: typer.Context,
    photos: Photos,
    favorite: Annotated[
        bool | None, typer.Option("--favorite/--no-favorite", help="One of your favourites, or not any more.")
    ] = None,
    rating: Annotated[
        int | None, typer.Option(min=0, max=MAX_RATING, metavar="STARS", help="1 to 5; 0 takes the rating away.")
    ] = None,
    description: Annotated[
        str | None, typer.Option(metavar="TEXT", parser=text, help='What is to be seen; "" takes it away.')
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", parser=text, help="A word to find it by; may be repeated.")
    ] = None,
    untag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", parser=text, help="A tag to take away; may be repeated.")
    ] = None,
) -> None:
    """Say what photos are to you: favourites, a rating, a description, tags."""
    session: Session = context.obj
    said = {"favorite": favorite, "rating": rating, "description": description}
    fields = [field for field, value in said.items() if value is not None]
    if not fields and not tag and not untag:
        raise CommandError(
            "Nothing is said of them.",
            advice="Say --favorite, --rating, --description, --tag or --untag.",
            exit_code=exit_codes.WRONG_USE,
        )
    with connect(session) as catalog:
        # All are found before one is changed, each once however often it is named: its etag holds for one change.
        found = {image.name: image for image in (resolve_image(catalog, photo) for photo in photos)}
        for image in found.values():
            change = Image(name=image.name, favorite=favorite or False, rating=rating or 0)
            change.description = description or ""
            changed = fields
            if tag or untag:
                # What others say of the tags meanwhile is not overwritten.
                change.etag = image.etag
                change.tags.extend(_tags(image.tags, tag or (), untag or ()))
                changed = [*fields, "tags"]
            _print(catalog.update_image(change, *changed), image.file_name)


def _tags(tags: Sequence[str], more: Sequence[str], fewer: Sequence[str]) -> list[str]:
    gone = {name_key(tag) for tag in fewer}
    return [tag for tag in (*tags, *more) if name_key(tag) not in gone]


def _print(image: Image, file_name: str) -> None:
    line = Text(short_id(image.name), style="cyan").append(f"  {printable(file_name)}", "default")
    if image.favorite:
        line.append("  \N{BLACK HEART SUIT}", "red")
    if image.rating:
        line.append("  " + "\N{BLACK STAR}" * image.rating, "yellow")
    if image.tags:
        line.append("  " + printable(", ".join(image.tags)), "bold default")
    if image.description:
        line.append("  " + printable(" ".join(image.description.split())), "dim")
    console.out.print(line, soft_wrap=True)
