"""`albumen timeline`: when the photos were taken."""

from enum import StrEnum
from itertools import islice
from typing import Annotated, Final

import typer
from rich.table import Table

from albumen.catalog.v1 import summary_service_pb2 as pb
from albumen.catalog.v1.image_service_pb2 import ImageFilter
from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import MAX_LISTED, text
from clients.cli.connection import Session, connect
from clients.cli.dates import date_text
from clients.cli.folding_table import FoldingTable
from clients.cli.json_answer import print_json
from clients.cli.paging import pages
from clients.cli.resolution import short_id

_MAX_PAGE: Final = 1_000


class Span(StrEnum):
    """How long the lines of a timeline are."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


_GRANULARITIES: Final = {
    Span.YEAR: pb.TIMELINE_GRANULARITY_YEAR,
    Span.MONTH: pb.TIMELINE_GRANULARITY_MONTH,
    Span.DAY: pb.TIMELINE_GRANULARITY_DAY,
}


def timeline(
    context: typer.Context,
    by: Annotated[Span, typer.Option(help="What each line stands for.")] = Span.MONTH,
    expression: Annotated[
        str,
        typer.Option(
            "--filter", metavar="FILTER", parser=text, help="Only images that it finds, as `albumen images` takes it."
        ),
    ] = "",
    oldest_first: Annotated[bool, typer.Option("--oldest-first", help="Begin with the oldest.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MAX_LISTED, metavar="COUNT", help="Most lines to list.")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """List the months that photos were taken in, by the camera's clock, the newest first."""
    session: Session = context.obj
    with connect(session) as catalog:
        request = pb.ListTimelineBucketsRequest(
            parent=catalog.parent,
            filter=ImageFilter(expression=expression),
            granularity=_GRANULARITIES[by],
            oldest_first=oldest_first,
            page_size=min(limit + 1, _MAX_PAGE),
        )
        buckets = (
            one for page in pages(catalog.summaries.ListTimelineBuckets, request) for one in page.timeline_buckets
        )
        found = list(islice(buckets, limit + 1))
    if as_json:
        for bucket in found[:limit]:
            print_json(bucket)
        return
    if not found:
        nothing = f"No image is indexed yet: try `{command('index')} ~/Pictures`."
        console.out.print("No image matches." if expression else nothing, soft_wrap=True, markup=False)
        return
    console.out.print(_table(found[:limit], by))
    if len(found) > limit:
        console.out.print(f"[dim]There are more: --limit {limit * 4}[/]")
    console.print_advice("Its photos:", command("images", "--filter", found[0].filter_expression))


def _table(found: list[pb.TimelineBucket], by: Span) -> Table:
    table = FoldingTable()
    table.add(by, style="bold", whole=True)
    table.add("photos", right=True)
    table.add("first", style="cyan", whole=True)
    for bucket in found:
        date = date_text(bucket.date) if bucket.HasField("date") else "unknown"
        table.add_row(date, f"{bucket.image_count:,}", short_id(bucket.cover_image))
    return table
