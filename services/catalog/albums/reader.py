"""Albums as they are answered, with what is found out of their images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.catalog.album_order import values_in_order
from services.catalog.album_record import AlbumRecord
from services.catalog.columns.image_columns import ImageView
from services.catalog.columns.mask import Mask, mask_of
from services.catalog.columns.pages import page_in_order
from services.catalog.expressions.order import AlbumOrder, image_order
from services.catalog.image_index import ImageIndex
from services.catalog.not_found import album_not_found
from services.catalog.parts import PLAIN_ALBUM, AlbumParts
from services.catalog.records import Page
from services.catalog.storage.album_images import ranks_of, read_contents
from services.catalog.storage.albums import AlbumKey, page_of_albums, read_album
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.faces import best_faces, read_thumbnails
from services.catalog.storage.image_lookups import ImageLookups
from services.catalog.storage.images import find_image_id, read_hashes
from services.catalog.storage.known import Known


@dataclass(frozen=True, slots=True)
class _Contents:
    """How many images an album holds, which is its first, 0 if there is none, and whether the chosen cover is there."""

    count: int = 0
    first: int = 0
    has_chosen: bool = False


class AlbumReader:
    """Reads the albums of one library; methods may be called from any thread.

    Args:
        database: the library's file.
        known: what never changes of it.
        index: columns of its images.
        library_id: for messages.

    """

    def __init__(self, database: Database, known: Known, index: ImageIndex, library_id: str) -> None:
        self._database = database
        self._known = known
        self._index = index
        self._library_id = library_id

    def get(self, album_id: str, parts: AlbumParts = PLAIN_ALBUM) -> AlbumRecord:
        """Return an album.

        Raises:
            NotFoundError: ALBUM_NOT_FOUND.

        """
        if not parts:
            with self._database.read() as cursor:
                return self.find(cursor, album_id)
        with self._index.read() as (cursor, view):
            return self._complete(cursor, view, [self.find(cursor, album_id)], parts)[0]

    def page(
        self, order: AlbumOrder, parts: AlbumParts = PLAIN_ALBUM, *, after: AlbumKey | None = None, limit: int
    ) -> Page[AlbumRecord, AlbumKey]:
        """List albums in an order; `after` is a key of the page before."""
        if not parts:
            with self._database.read() as cursor:
                return page_of_albums(cursor, order, after, limit)
        with self._index.read() as (cursor, view):
            page = page_of_albums(cursor, order, after, limit)
            return replace(page, items=tuple(self._complete(cursor, view, page.items, parts)))

    def complete(self, album: AlbumRecord) -> AlbumRecord:
        """Return an album that need not be stored with what is found out of its images."""
        with self._index.read() as (cursor, view):
            return self._complete(cursor, view, [album], PLAIN_ALBUM)[0]

    def find(self, cursor: Cursor, album_id: str) -> AlbumRecord:
        """Return an album as it is stored; errors as in `get`."""
        album = read_album(cursor, album_id)
        if album is None:
            raise album_not_found(self._library_id, album_id)
        return album

    def image_in(self, album: AlbumRecord, sha256: str) -> int | None:
        """Return the id of an image if it is in an album, which need not be stored; else None."""
        with self._index.read() as (cursor, view):
            image_id = find_image_id(cursor, sha256)
            if image_id is None:
                return None
            if album.smart is None:
                found = bool(ranks_of(cursor, album.number, [image_id]))
            else:
                found = _holds(view, self._mask(cursor, view, album), image_id)
            return image_id if found else None

    def _complete(
        self, cursor: Cursor, view: ImageView, albums: Sequence[AlbumRecord], parts: AlbumParts
    ) -> list[AlbumRecord]:
        contents = self._contents(cursor, view, albums)
        covers = {
            album.number: album.chosen_cover if contents[album.number].has_chosen else contents[album.number].first
            for album in albums
        }
        hashes = read_hashes(cursor, set(covers.values()))
        faces = best_faces(cursor, set(covers.values())) if AlbumParts.THUMBNAIL in parts else {}
        thumbnails = read_thumbnails(cursor, faces.values())
        return [
            replace(
                album,
                image_count=contents[album.number].count,
                cover_sha256=hashes.get(covers[album.number]),
                cover_chosen=contents[album.number].has_chosen,
                cover_thumbnail=thumbnails.get(faces.get(covers[album.number], 0)),
            )
            for album in albums
        ]

    def _contents(self, cursor: Cursor, view: ImageView, albums: Sequence[AlbumRecord]) -> dict[int, _Contents]:
        """Return number -> what an album holds."""
        chosen = read_contents(cursor, [album.number for album in albums if album.smart is None])
        contents = {}
        for album in albums:
            if album.smart is not None:
                contents[album.number] = self._smart_contents(cursor, view, album)
            elif album.number in chosen:
                # A cover that was chosen is in the album, but may be in the trash.
                has_chosen = _holds(view, _shown(view), album.chosen_cover)
                contents[album.number] = _Contents(*chosen[album.number], has_chosen)
            else:
                contents[album.number] = _Contents()
        return contents

    def _smart_contents(self, cursor: Cursor, view: ImageView, album: AlbumRecord) -> _Contents:
        mask = self._mask(cursor, view, album)
        values, descending = values_in_order(cursor, view, None, image_order(album.order_by))
        first = page_in_order(view, mask, values, None, 1, descending=descending)
        return _Contents(int(mask.sum()), first[0].id if first else 0, _holds(view, mask, album.chosen_cover))

    def _mask(self, cursor: Cursor, view: ImageView, album: AlbumRecord) -> Mask:
        """Return which images a smart album holds."""
        condition = None if album.smart is None else album.smart.condition()
        mask: Mask = mask_of(condition, view, ImageLookups(cursor, self._known)) & _shown(view)
        return mask


def _shown(view: ImageView) -> Mask:
    """Return which images are there, and not in the trash."""
    mask: Mask = view.alive & ~view.columns["trashed"]
    return mask


def _holds(view: ImageView, mask: Mask, image_id: int) -> bool:
    return bool(mask[view.positions_of([image_id])].any())
