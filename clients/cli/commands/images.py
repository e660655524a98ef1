"""`albumen images`: what is indexed."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Annotated, Final

import typer
from google.protobuf import json_format
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.image_service_pb2 import ImageFilter
from albumen.catalog.v1.person_pb2 import Person
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import MAX_LISTED, text
from clients.cli.connection import Catalog, Session, connect
from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.held_place import is_held
from clients.cli.resolution import resolve_person, short_id
from clients.cli.summary import describe_objects, describe_people

_MAX_NEAR: Final = 3


def images(
    context: typer.Context,
    label: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LABEL",
            parser=text,
            help="Only images with such an object, as `albumen labels` has it; with all of them if repeated.",
        ),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(
            metavar="PERSON",
            parser=text,
            help="Only images of this person: id, unique start of an id, or name.",
        ),
    ] = None,
    expression: Annotated[
        str,
        typer.Option(
            "--filter",
            metavar="FILTER",
            parser=text,
            help="Only images that it finds, for example `capture_time = 2024-05 people:Ann -objects:dog`; "
            "docs/filters.md has the language.",
        ),
    ] = "",
    order_by: Annotated[
        str,
        typer.Option(
            metavar="ORDER",
            parser=text,
            help="`capture_time`, `create_time`, `size_bytes` or `file_name`; backwards: `capture_time desc`.",
        ),
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=MAX_LISTED, metavar="COUNT", help="Most images to list.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List images with the objects and the people in them."""
    session: Session = context.obj
    with connect(session) as catalog:
        people = {item.name: item for item in catalog.list_people()}
        wanted = ImageFilter(labels=label or (), expression=expression)
        if person is not None:
            wanted.person = resolve_person(list(people.values()), person).name
        fields = () if as_json else ("name", "file_name", "size", "objects", "faces")
        page_size = min(limit + 1, 500)
        matching = catalog.list_images(*fields, image_filter=wanted, order_by=order_by, page_size=page_size)
        found = list(islice(matching, limit + 1))
        unknown = _unknown_labels(catalog, label) if label and not found else {}
    if as_json:
        for image in found[:limit]:
            # Where an image is held while files change names is no place that anybody could look at.
            image.source_uris[:] = [uri for uri in image.source_uris if not is_held(uri)]
            typer.echo(json_format.MessageToJson(image, indent=None))
        for text, near in unknown.items():
            console.err.print(printable(_about(text, near)), soft_wrap=True, markup=False)
        return
    if not found:
        nothing = f"No image is indexed yet: try `{command('index')} ~/Pictures`."
        console.out.print(
            "No image matches." if label or person or expression else nothing, soft_wrap=True, markup=False
        )
        for text, near in unknown.items():
            console.out.print(printable(_about(text, near)), soft_wrap=True, markup=False)
        return
    console.out.print(_table(found[:limit], people))
    if len(found) > limit:
        console.out.print(f"[dim]There are more: --limit {limit * 4}[/]")


def _unknown_labels(catalog: Catalog, labels: Sequence[str]) -> dict[str, list[str]]:
    """Return those of `labels` that no image has, and for each the labels that are written alike or hold it."""
    by_key = {item.label.casefold(): item.label for item in catalog.list_labels()}
    return {label: _near(label.casefold(), by_key) for label in dict.fromkeys(labels) if label not in by_key.values()}


def _near(key: str, by_key: Mapping[str, str]) -> list[str]:
    keys = get_close_matches(key, by_key) or [other for other in by_key if key.strip() and key in other]
    return [by_key[key] for key in keys[:_MAX_NEAR]]


def _about(text: str, near: Sequence[str]) -> str:
    if near:
        told = f"did you mean {' or '.join(repr(label) for label in near)}?"
    else:
        told = "no object is labelled so in this library."
    return f"{text!r}: {told} `{command('labels')}` lists all."


def _table(found: list[Image], people: dict[str, Person]) -> Table:
    table = FoldingTable()
    table.add("id", style="cyan", whole=True)
    table.add("file")
    table.add("size", style="dim", right=True)
    table.add("objects")
    table.add("faces", right=True)
    table.add("people", style="bold")
    for image in found:
        table.add_row(
            short_id(image.name),
            Text(printable(image.file_name)),
            f"{image.size.width}\N{MULTIPLICATION SIGN}{image.size.height}",
            Text(printable(describe_objects(image))),
            str(len(image.faces) or ""),
            Text(printable(describe_people(image, people))),
        )
    return table
