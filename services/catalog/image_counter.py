"""Counts images by what is known of them."""

from datetime import date
from typing import Final

import numpy as np

from services.catalog.columns import facets
from services.catalog.columns.groups import contenders, largest
from services.catalog.columns.image_columns import ImageView
from services.catalog.columns.mask import Mask
from services.catalog.columns.people_facet import people_sizes
from services.catalog.columns.timeline import Granularity, buckets_of, first_day
from services.catalog.filters import ImageFilter
from services.catalog.image_finder import ImageFinder
from services.catalog.image_summary import (
    Camera,
    Counted,
    Facet,
    ImageSummary,
    PersonShown,
    Place,
    SummaryRequest,
    TimelineBucket,
)
from services.catalog.records import Page
from services.catalog.storage.database import Cursor
from services.catalog.storage.known import Known
from services.catalog.storage.people_shown import find_shown, read_hidden_numbers, read_shown


class ImageCounter:
    """Counts the images of one library; methods may be called from any thread.

    Args:
        finder: of the library's images.
        known: what never changes of it.

    """

    def __init__(self, finder: ImageFinder, known: Known) -> None:
        self._finder = finder
        self._known = known

    def summarize(self, image_filter: ImageFilter, request: SummaryRequest) -> ImageSummary:
        """Return what the images that meet a filter add up to."""
        with self._finder.matching(image_filter) as (cursor, view, mask):
            return _Counting(cursor, self._known, view, mask, request).summary()

    def timeline(
        self,
        image_filter: ImageFilter,
        granularity: Granularity,
        *,
        oldest_first: bool = False,
        after: int | None = None,
        limit: int,
    ) -> Page[TimelineBucket, int]:
        """List the years, months or days that images were taken in; `after` is a key of the page before."""
        with self._finder.matching(image_filter) as (cursor, view, mask):
            found = buckets_of(view, mask, granularity, after, limit + 1, oldest_first=oldest_first)
            hashes = self._known.hashes.find(cursor, [bucket.cover_id for bucket in found[:limit]])
        # Of an image that is deleted meanwhile, nobody knows the hash.
        buckets = tuple(
            TimelineBucket(granularity, bucket.start, bucket.images, hashes.get(bucket.cover_id, ""))
            for bucket in found[:limit]
        )
        keys = tuple(bucket.key for bucket in found[:limit])
        return Page(buckets, keys, keys[-1] if len(found) > limit else None)


class _Counting:
    """Counts the images of a mask in one snapshot of the rows."""

    def __init__(self, cursor: Cursor, known: Known, view: ImageView, mask: Mask, request: SummaryRequest) -> None:
        self._cursor = cursor
        self._known = known
        self._view = view
        self._mask = mask
        self._request = request
        self._limit: Final = request.limit

    def summary(self) -> ImageSummary:
        counts = {
            Facet.LABELS: self._labels,
            Facet.PEOPLE: self._people,
            Facet.MONTHS: self._months,
            Facet.DAYS: self._days,
            Facet.CAMERAS: self._cameras,
            Facet.PLACES: self._places,
            Facet.MEDIA_TYPES: self._media_types,
        }
        return ImageSummary(
            images=int(np.count_nonzero(self._mask)),
            size_bytes=int(self._view.columns["size_bytes"][self._mask].sum()),
            **{facet.value: count() for facet, count in counts.items() if facet in self._request.facets},  # type: ignore[arg-type]
        )

    def _labels(self) -> Counted[str]:
        kinds = facets.labels(self._view, self._mask)
        names = self._known.labels(self._cursor, kinds.values.tolist())
        return self._texts(kinds, [names[label] for label in kinds.values.tolist()])

    def _media_types(self) -> Counted[str]:
        kinds = facets.media_types(self._view, self._mask)
        return self._texts(kinds, [self._view.texts["mime_type"][place] for place in kinds.values.tolist()])

    def _texts(self, kinds: facets.Kinds, texts: list[str]) -> Counted[str]:
        chosen = largest(kinds.sizes, facets.ranks_of(texts), self._limit)
        entries = tuple((texts[one], int(kinds.sizes[one])) for one in chosen)
        return Counted(entries, len(texts) - len(entries), kinds.missing)

    def _people(self) -> Counted[PersonShown]:
        kinds = people_sizes(self._view, self._mask, *read_shown(self._cursor))
        listed = ~np.isin(kinds.values, read_hidden_numbers(self._cursor))
        numbers, sizes = kinds.values[listed], kinds.sizes[listed]
        # Of equal counts the ids decide, which only the rows know.
        close = contenders(sizes, self._limit)
        shown = find_shown(self._cursor, numbers[close].tolist())
        ranked = [
            (shown[number], size) for number, size in zip(numbers[close].tolist(), sizes[close].tolist(), strict=True)
        ]
        ranked.sort(key=lambda found: (-found[1], found[0].id))
        entries = tuple(ranked[: self._limit])
        return Counted(entries, len(numbers) - len(entries), kinds.missing)

    def _months(self) -> Counted[date]:
        return self._dates(facets.spans(self._view, self._mask, Granularity.MONTH), Granularity.MONTH)

    def _days(self) -> Counted[date]:
        first, last = self._request.first_day, self._request.last_day
        return self._dates(facets.spans(self._view, self._mask, Granularity.DAY, first, last), Granularity.DAY)

    def _dates(self, kinds: facets.Kinds, granularity: Granularity) -> Counted[date]:
        # Of equal counts the newest come first.
        chosen = largest(kinds.sizes, -kinds.values, self._limit)
        entries = tuple((first_day(int(kinds.values[one]), granularity), int(kinds.sizes[one])) for one in chosen)
        return Counted(entries, len(kinds.values) - len(entries), kinds.missing)

    def _cameras(self) -> Counted[Camera]:
        found, others, missing = facets.cameras(self._view, self._mask, self._limit)
        return Counted(tuple((Camera(make, model), size) for make, model, size in found), others, missing)

    def _places(self) -> Counted[Place]:
        cells, others, missing = facets.cells(self._view, self._mask, self._request.cell_degrees, self._limit)
        hashes = self._known.hashes.find(self._cursor, [cell.last_id for cell in cells])
        places = (Place(cell.south, cell.west, cell.north, cell.east, hashes.get(cell.last_id, "")) for cell in cells)
        return Counted(tuple(zip(places, (cell.images for cell in cells), strict=True)), others, missing)
