"""`albumen labels`: what there is to see in the photos."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.image_pb2 import LabelCount
from clients.cli import console
from clients.cli.advised import command
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.json_answer import print_json


def labels(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List the labels of the objects in the photos, and how many photos have each."""
    session: Session = context.obj
    with connect(session) as catalog:
        found = sorted(catalog.list_labels(), key=lambda item: (-item.image_count, item.label))
        has_images = bool(found) or catalog.library().image_count > 0
    if as_json:
        for item in found:
            print_json(item)
    elif found:
        console.out.print(_table(found))
        console.print_advice("Photos with one:", command("images", "--label", found[0].label))
    elif has_images:
        console.out.print("No photo has an object that was recognised.")
    else:
        nothing = f"No image is indexed yet: try `{command('index')} ~/Pictures`."
        console.out.print(nothing, soft_wrap=True, markup=False)


def _table(found: list[LabelCount]) -> Table:
    table = FoldingTable()
    table.add("label", style="bold")
    table.add("photos", right=True)
    for item in found:
        table.add_row(Text(printable(item.label)), f"{item.image_count:,}")
    return table
