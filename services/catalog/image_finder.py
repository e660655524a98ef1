"""Lists images by any filter, in any order."""

import contextlib
from collections.abc import Iterator, Sequence

import numpy as np

from services.catalog.album_order import values_in_order
from services.catalog.columns.image_columns import ImageView
from services.catalog.columns.mask import Mask, mask_of
from services.catalog.columns.pages import PlaceInOrder, page_in_order
from services.catalog.expressions.order import AS_INDEXED, ImageOrder, OrderField
from services.catalog.filters import ANY_IMAGE, ImageFilter
from services.catalog.image_index import ImageIndex
from services.catalog.parts import ImageParts
from services.catalog.records import ImageRecord, Page
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.image_lookups import ImageLookups
from services.catalog.storage.image_records import find_images, page_of_images
from services.catalog.storage.known import Known

# What an image is ordered by, and its id.
ImageKey = tuple[int | str, int]


class ImageFinder:
    """Finds the images of one library by what is known of them; methods may be called from any thread.

    Args:
        database: the library's file.
        known: what never changes of it.

    """

    def __init__(self, database: Database, known: Known) -> None:
        self._database = database
        self._known = known
        self._index = ImageIndex(database)

    @property
    def index(self) -> ImageIndex:
        """The columns of the images."""
        return self._index

    @property
    def nbytes(self) -> int:
        """How many bytes are held in memory to find images."""
        return self._index.nbytes

    @contextlib.contextmanager
    def matching(self, image_filter: ImageFilter) -> Iterator[tuple[Cursor, ImageView, Mask]]:
        """Give a cursor on one snapshot, the columns of all images in it, and which of them meet a filter."""
        with self._index.read() as (cursor, view):
            yield cursor, view, mask_of(image_filter.whole(), view, ImageLookups(cursor, self._known))

    def page(
        self,
        image_filter: ImageFilter,
        order: ImageOrder,
        parts: ImageParts,
        after: ImageKey | None,
        limit: int,
        *,
        backward: bool = False,
    ) -> Page[ImageRecord, ImageKey]:
        """Return up to `limit` images that follow `after`, a key; those before it, the nearest first, if `backward`."""
        is_whole = order == AS_INDEXED and image_filter == ANY_IMAGE
        if is_whole and not backward:
            return self._page_of_all(parts, after, limit)
        if order.field is OrderField.FILE_NAME:
            return self._page_by_name(image_filter, order, parts, after, limit, backward=backward)
        with self.matching(image_filter) as (cursor, view, mask):
            values, descending = values_in_order(cursor, view, image_filter.album_id, order)
            # As its keys have it that lead forward.
            values = np.zeros_like(values) if is_whole else values
            start = None if after is None else PlaceInOrder(int(after[0]), after[1])
            places = page_in_order(view, mask, values, start, limit + 1, descending=descending, backward=backward)
            return self._page(cursor, [(place.value, place.id) for place in places], parts, limit)

    def _page_by_name(
        self,
        image_filter: ImageFilter,
        order: ImageOrder,
        parts: ImageParts,
        after: ImageKey | None,
        limit: int,
        *,
        backward: bool,
    ) -> Page[ImageRecord, ImageKey]:
        """Return a page in the order of names, which are its keys: they mean the same whatever comes and goes."""
        with self._index.read_named() as (cursor, view, names):
            mask = mask_of(image_filter.whole(), view, ImageLookups(cursor, self._known))
            start = None
            if after is not None:
                name, last_id = str(after[0]), after[1]
                value = names.value_of(name, view.place_of(last_id), descending=order.descending)
                start = PlaceInOrder(value, last_id)
            values = names.values(len(view), descending=order.descending)
            places = page_in_order(view, mask, values, start, limit + 1, descending=order.descending, backward=backward)
            keys: list[ImageKey] = [(names.names[view.place_of(place.id)], place.id) for place in places]
            return self._page(cursor, keys, parts, limit)

    def _page(
        self, cursor: Cursor, keys: Sequence[ImageKey], parts: ImageParts, limit: int
    ) -> Page[ImageRecord, ImageKey]:
        """Return the images of the first `limit` keys."""
        images = find_images(cursor, self._known, [image_id for _, image_id in keys[:limit]], parts)
        # One that was deleted meanwhile has no row.
        listed = tuple(key for key in keys[:limit] if key[1] in images)
        return Page(
            tuple(images[image_id] for _, image_id in listed), listed, keys[limit - 1] if len(keys) > limit else None
        )

    def _page_of_all(self, parts: ImageParts, after: ImageKey | None, limit: int) -> Page[ImageRecord, ImageKey]:
        """Return a page of all images in the order of ids, which rows have themselves."""
        start = None if after is None else after[1]
        with self._database.read() as cursor:
            page = page_of_images(cursor, self._known, parts, start, limit)
        # Times of indexing grow with ids, but are not needed here.
        keys: tuple[ImageKey, ...] = tuple((0, key) for key in page.keys)
        return Page(page.items, keys, None if page.next_key is None else (0, page.next_key))
