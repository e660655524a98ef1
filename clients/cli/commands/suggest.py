"""`albumen suggest`: who may be the same."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1.people_edit_service_pb2 import MergeSuggestion, SuggestMergesRequest
from albumen.catalog.v1.person_pb2 import Person
from clients.cli import console
from clients.cli.advised import command
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.json_answer import print_json
from clients.cli.paging import CALL_SECONDS
from clients.cli.resolution import SHORT_CHARS, short_id
from services.common.plural import plural


def suggest(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=100, metavar="COUNT", help="Most pairs to list.")] = 10,
    everybody: Annotated[bool, typer.Option("--all", help="Include hidden people.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List people that may be the same person, likeliest first."""
    session: Session = context.obj
    with connect(session) as catalog:
        request = SuggestMergesRequest(parent=catalog.parent, page_size=limit, show_hidden=everybody)
        pairs = list(catalog.edits.SuggestMerges(request, timeout=CALL_SECONDS).suggestions)
    if as_json:
        for pair in pairs:
            print_json(pair)
        return
    if not pairs:
        console.out.print("No two people look as if they might be the same.")
        return
    console.out.print(_table(pairs))
    ids = (short_id(pairs[0].person.name), short_id(pairs[0].other.name))
    console.print_advice("The same?", command("merge", *ids))
    console.print_advice("Not?     ", command("separate", *ids))


def _table(pairs: list[MergeSuggestion]) -> Table:
    table = FoldingTable()
    table.add("likely", style="bold", right=True)
    table.add("person", min_width=SHORT_CHARS)
    table.add("", style="dim")
    table.add("other", min_width=SHORT_CHARS)
    for pair in pairs:
        table.add_row(f"{pair.probability:.0%}", _who(pair.person), "=", _who(pair.other))
    return table


def _who(person: Person) -> Text:
    who = Text(short_id(person.name), style="cyan")
    if person.display_name:
        who.append(f"  {printable(person.display_name)}", style="bold default")
    return who.append(f"  {plural(person.face_count, 'face')}", style="dim")
