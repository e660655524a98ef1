"""`albumen summary`: what the photos add up to."""

from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Annotated, Final

import typer
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from albumen.catalog.v1 import summary_service_pb2 as pb
from albumen.catalog.v1.image_pb2 import Camera
from albumen.catalog.v1.image_service_pb2 import ImageFilter
from clients.cli import console
from clients.cli.arguments import text
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.dates import date_text
from clients.cli.folding_table import FoldingTable
from clients.cli.json_answer import print_json
from clients.cli.paging import CALL_SECONDS
from clients.cli.summary import short_person_id
from services.common.limits import MAX_SUMMARY_ENTRIES
from services.common.plural import plural

# Days are too many to tell anything.
_FACETS: Final = (
    pb.SUMMARY_FACET_LABELS, pb.SUMMARY_FACET_PEOPLE, pb.SUMMARY_FACET_MONTHS, pb.SUMMARY_FACET_CAMERAS,
    pb.SUMMARY_FACET_PLACES, pb.SUMMARY_FACET_MEDIA_TYPES,
)  # fmt: skip
# Of each entry of a facet its name and its count; and how many other entries there are, and images without any.
_Facet = tuple[str, list[tuple[str, int]], int, int]


def summary(
    context: typer.Context,
    expression: Annotated[
        str,
        typer.Option(
            "--filter", metavar="FILTER", parser=text, help="Only images that it finds, as `albumen images` takes it."
        ),
    ] = "",
    limit: Annotated[
        int, typer.Option(min=1, max=MAX_SUMMARY_ENTRIES, metavar="COUNT", help="Most lines of each kind.")
    ] = 5,
    cell: Annotated[
        float, typer.Option(min=0.001, max=90, metavar="DEGREES", help="How large the places on the map are.")
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Count the photos by what and who is on them, by month, camera, place and media type."""
    session: Session = context.obj
    with connect(session) as catalog:
        request = pb.SummarizeImagesRequest(
            parent=catalog.parent,
            filter=ImageFilter(expression=expression),
            facets=_FACETS,
            max_results=limit,
            cell_degrees=cell,
        )
        found = catalog.summaries.SummarizeImages(request, timeout=CALL_SECONDS)
    if as_json:
        print_json(found)
        return
    console.out.print(f"{plural(found.image_count, 'photo', 'photos')}, {decimal(found.size_bytes)}", markup=False)
    if found.image_count:
        console.out.print(_table(_facets(found, cell)))


def _facets(found: pb.SummarizeImagesResponse, cell: float) -> Iterator[_Facet]:
    labels, people, cameras, places = found.labels, found.people, found.cameras, found.places
    objects = [(one.label, one.image_count) for one in labels.labels]
    yield "object", objects, labels.other_count, labels.missing_image_count
    persons = [(one.display_name or f"person {short_person_id(one.person)}", one.image_count) for one in people.people]
    yield "person", persons, people.other_count, people.missing_image_count
    months = [(date_text(one.date), one.image_count) for one in found.months.dates]
    yield "month", months, found.months.other_count, found.months.missing_image_count
    models = [(_camera(one.camera), one.image_count) for one in cameras.cameras]
    yield "camera", models, cameras.other_count, cameras.missing_image_count
    boxes = [(_box(one, cell), one.image_count) for one in places.places]
    yield "place", boxes, places.other_count, places.missing_image_count
    kinds = [(one.mime_type, one.image_count) for one in found.media_types.media_types]
    yield "type", kinds, found.media_types.other_count, 0


def _camera(camera: Camera) -> str:
    """Return what a camera is called; many name their maker twice."""
    return camera.model if camera.model.startswith(camera.make) else f"{camera.make} {camera.model}".strip()


def _box(place: pb.PlaceCount, cell: float) -> str:
    """Return the filter that finds the images of a place, in no more digits than tell where in its cell they are.

    Outward, so that none is lost; by less than a hundredth of a cell, so that those of other cells stay out unless they
    lie just at its edge. What a camera's degrees, minutes and seconds make of a float is for nobody to read.
    """
    digit = Decimal(1).scaleb(Decimal(repr(cell)).adjusted() - 2)
    low = (_rounded(edge, digit, ROUND_FLOOR) for edge in (place.south, place.west))
    high = (_rounded(edge, digit, ROUND_CEILING) for edge in (place.north, place.east))
    return f"within({', '.join((*low, *high))})"


def _rounded(edge: float, digit: Decimal, rounding: str) -> str:
    whole = Decimal(repr(edge)).quantize(min(digit, Decimal(1)), rounding).normalize()
    return f"{whole + 0:f}"


def _table(facets: Iterable[_Facet]) -> Table:
    table = FoldingTable()
    table.add("", style="dim")
    table.add("what", style="bold")
    table.add("photos", right=True)
    for kind, entries, others, missing in facets:
        for name, count in entries:
            table.add_row(kind, Text(printable(name)), f"{count:,}")
        if others:
            table.add_row(kind, Text(f"{others:,} more", "dim italic"), "")
        if missing:
            table.add_row(kind, Text("none", "dim italic"), f"{missing:,}")
    return table
