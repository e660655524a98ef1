"""Lists images by any filter, in any order."""

from services.catalog.album_order import values_in_order
from services.catalog.columns.mask import mask_of
from services.catalog.columns.pages import PlaceInOrder, page_in_order
from services.catalog.expressions.order import AS_INDEXED, ImageOrder
from services.catalog.filters import ANY_IMAGE, ImageFilter
from services.catalog.image_index import ImageIndex
from services.catalog.parts import ImageParts
from services.catalog.records import ImageRecord, Page
from services.catalog.storage.database import Database
from services.catalog.storage.image_lookups import ImageLookups
from services.catalog.storage.image_records import find_images, page_of_images
from services.catalog.storage.known import Known

# What an image is ordered by, and its id.
ImageKey = tuple[int, int]


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

    def page(
        self, image_filter: ImageFilter, order: ImageOrder, parts: ImageParts, after: ImageKey | None, limit: int
    ) -> Page[ImageRecord, ImageKey]:
        """Return up to `limit` images that follow `after`, a key of the page before."""
        if order == AS_INDEXED and image_filter == ANY_IMAGE:
            return self._page_of_all(parts, after, limit)
        with self._index.read() as (cursor, view):
            mask = mask_of(image_filter.whole(), view, ImageLookups(cursor, self._known))
            values, descending = values_in_order(cursor, view, image_filter.album_id, order)
            start = None if after is None else PlaceInOrder(*after)
            places = page_in_order(view, mask, values, start, limit + 1, descending=descending)
            images = find_images(cursor, self._known, [place.id for place in places[:limit]], parts)
        # One that was deleted meanwhile has no row.
        listed = [place for place in places[:limit] if place.id in images]
        more = len(places) > limit
        return Page(
            tuple(images[place.id] for place in listed),
            tuple((place.value, place.id) for place in listed),
            (places[limit - 1].value, places[limit - 1].id) if more else None,
        )

    def _page_of_all(self, parts: ImageParts, after: ImageKey | None, limit: int) -> Page[ImageRecord, ImageKey]:
        """Return a page of all images in the order of ids, which rows have themselves."""
        start = None if after is None else after[1]
        with self._database.read() as cursor:
            page = page_of_images(cursor, self._known, parts, start, limit)
        # Times of indexing grow with ids, but are not needed here.
        keys = tuple((0, key) for key in page.keys)
        return Page(page.items, keys, None if page.next_key is None else (0, page.next_key))
