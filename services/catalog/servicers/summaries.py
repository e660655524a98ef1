"""SummaryService: translates between messages and the counts of a library's images."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from albumen.catalog.v1 import image_service_pb2, summary_service_pb2
from albumen.catalog.v1 import summary_service_pb2 as pb
from albumen.catalog.v1 import summary_service_pb2_grpc as pb_grpc
from services.catalog.columns.timeline import Granularity
from services.catalog.image_summary import Facet, SummaryRequest
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.servicers.days import parse_day
from services.catalog.servicers.image_filter import image_filter_of, narrowed
from services.catalog.servicers.pages import PageRequest, max_results
from services.catalog.servicers.resource_names import parse_library
from services.catalog.servicers.summary_message import bucket_message, summary_message
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import (
    MAX_CELL_DEGREES,
    MAX_MASK_PATHS,
    MAX_SUMMARY_ENTRIES,
    MAX_TIMELINE_BUCKETS,
    MIN_CELL_DEGREES,
)
from services.common.number_text import float64_text
from services.common.wire.context import Context

_DEFAULT_DEGREES: Final = 1.0
_GRANULARITIES: Final[Mapping[int, Granularity]] = {
    pb.TIMELINE_GRANULARITY_UNSPECIFIED: Granularity.MONTH,
    pb.TIMELINE_GRANULARITY_YEAR: Granularity.YEAR,
    pb.TIMELINE_GRANULARITY_MONTH: Granularity.MONTH,
    pb.TIMELINE_GRANULARITY_DAY: Granularity.DAY,
}
_FACETS: Final[Mapping[int, Facet]] = {
    pb.SUMMARY_FACET_LABELS: Facet.LABELS,
    pb.SUMMARY_FACET_PEOPLE: Facet.PEOPLE,
    pb.SUMMARY_FACET_MONTHS: Facet.MONTHS,
    pb.SUMMARY_FACET_DAYS: Facet.DAYS,
    pb.SUMMARY_FACET_CAMERAS: Facet.CAMERAS,
    pb.SUMMARY_FACET_PLACES: Facet.PLACES,
    pb.SUMMARY_FACET_MEDIA_TYPES: Facet.MEDIA_TYPES,
}
# The longest that is added to a filter.
_ANY_TIME: Final = "capture_time = 2000-01-01"


class SummaryServicer(pb_grpc.SummaryServiceServicer):
    """Counts images.

    Args:
        libraries: leases them, and runs reads.

    """

    def __init__(self, libraries: LibraryCalls) -> None:
        self._libraries = libraries

    async def SummarizeImages(self, request: pb.SummarizeImagesRequest, context: Context) -> pb.SummarizeImagesResponse:
        """Count images, in all and by what is known of them."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        image_filter = checks.run(image_filter_of, request.filter, checks.known(library), field="filter")
        wanted = checks.run(_summary_request, request)
        checks.done()

        def read(opened: Library) -> pb.SummarizeImagesResponse:
            return summary_message(library, opened.counts.summarize(image_filter, wanted))

        return await self._libraries.run(library, read)

    async def ListTimelineBuckets(
        self, request: pb.ListTimelineBucketsRequest, context: Context
    ) -> pb.ListTimelineBucketsResponse:
        """List the spans of time that images were taken in."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        image_filter = checks.run(image_filter_of, request.filter, checks.known(library), field="filter")
        if checks.known(image_filter) is not None:
            checks.run(_check_room, request.filter, checks.known(library))
        granularity = checks.run(_granularity, request.granularity)
        page = PageRequest(
            checks, request, "timeline", library, image_filter, granularity, request.oldest_first,
            most=MAX_TIMELINE_BUCKETS,
        )  # fmt: skip
        checks.done()

        def read(opened: Library) -> tuple[list[summary_service_pb2.TimelineBucket], str]:
            return page.fill(
                lambda after, limit: opened.counts.timeline(
                    image_filter, granularity, oldest_first=request.oldest_first, after=after, limit=limit
                ),
                lambda bucket: bucket_message(library, bucket, request.filter.expression),
            )

        buckets, next_page_token = await self._libraries.run(library, read)
        return pb.ListTimelineBucketsResponse(timeline_buckets=buckets, next_page_token=next_page_token)


def _summary_request(request: pb.SummarizeImagesRequest) -> SummaryRequest:
    checks = Checks()
    facets = checks.run(_facets, request.facets)
    limit = checks.run(max_results, request.max_results, MAX_SUMMARY_ENTRIES)
    first, last = None, None
    if request.HasField("first_day"):
        first = checks.run(parse_day, request.first_day, field="first_day")
    if request.HasField("last_day"):
        last = checks.run(parse_day, request.last_day, field="last_day")
    checks.run(_check_days, first, last)
    degrees = checks.run(_cell_degrees, request.cell_degrees)
    checks.done()
    return SummaryRequest(facets, limit, first, last, degrees)


def _facets(facets: Sequence[int]) -> frozenset[Facet]:
    if len(facets) > MAX_MASK_PATHS:
        raise InvalidArgumentError(
            Reason.FACET_INVALID,
            f"{len(facets):,} facets are more than the limit of {MAX_MASK_PATHS}. Name each facet once.",
            field="facets",
            metadata={"limit": str(MAX_MASK_PATHS), "value": str(len(facets))},
        )
    checks = Checks()
    found = frozenset(checks.run(_facet, facet, field=f"facets[{index}]") for index, facet in enumerate(facets))
    checks.done()
    return found


def _facet(facet: int, *, field: str) -> Facet:
    if facet not in _FACETS:
        known = ", ".join(pb.SummaryFacet.keys()[1:])
        raise InvalidArgumentError(
            Reason.FACET_INVALID,
            f"Images can't be counted by facet {facet}. Ask for any of {known}.",
            field=field,
            metadata={"value": str(facet)},
        )
    return _FACETS[facet]


def _granularity(granularity: int) -> Granularity:
    if granularity not in _GRANULARITIES:
        raise InvalidArgumentError(
            Reason.GRANULARITY_INVALID,
            f"A timeline has years, months or days; there is no granularity {granularity}.",
            field="granularity",
            metadata={"value": str(granularity)},
        )
    return _GRANULARITIES[granularity]


def _check_days(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise InvalidArgumentError(
            Reason.DATE_INVALID,
            f"The last day, {last}, is before the first, {first}.",
            field="last_day",
            metadata={"limit": str(first), "value": str(last)},
        )


def _cell_degrees(requested: float) -> float:
    # Whatever compares with nothing is out of range as well.
    if requested != 0 and not MIN_CELL_DEGREES <= requested <= MAX_CELL_DEGREES:
        raise InvalidArgumentError(
            Reason.PARAMETER_OUT_OF_RANGE,
            f"Cells of the map are {MIN_CELL_DEGREES} to {MAX_CELL_DEGREES:g} degrees high and wide, not "
            f"{float64_text(requested)}; 0 means {_DEFAULT_DEGREES:g}.",
            field="cell_degrees",
            metadata={
                "minimum": float64_text(MIN_CELL_DEGREES),
                "limit": float64_text(MAX_CELL_DEGREES),
                "value": float64_text(requested),
            },
        )
    return requested or _DEFAULT_DEGREES


def _check_room(message: image_service_pb2.ImageFilter, library: str | None) -> None:
    """Refuse a filter that ListImages would not take together with the time of a bucket."""
    whole = image_service_pb2.ImageFilter(expression=narrowed(message.expression, _ANY_TIME))
    try:
        image_filter_of(whole, library, field="filter")
    except InvalidArgumentError as error:
        raise InvalidArgumentError(
            Reason.FILTER_INVALID,
            f"The filter leaves no room for the time of a bucket. {error.message}",
            field="filter.expression",
            metadata=error.metadata,
        ) from None
