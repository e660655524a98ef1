"""Adds images to albums, removes and moves them; each method is one durable transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from services.catalog.album_record import AlbumRecord
from services.catalog.albums.reader import AlbumReader
from services.catalog.not_found import image_not_found
from services.catalog.storage.album_images import (
    count_places,
    delete_places,
    insert_places,
    move_places,
    ranks_beside,
    ranks_of,
    renumber,
    spread,
)
from services.catalog.storage.albums import update_album
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.images import find_image_id, find_image_ids
from services.catalog.storage.transaction import Transaction
from services.common.errors import AlbumenError, FailedPreconditionError, Reason, ResourceExhaustedError
from services.common.excerpt import excerpt
from services.common.limits import MAX_ALBUM_IMAGES

# Of each image of a request: whether it was changed, or why it could not be.
Results = tuple[bool | AlbumenError, ...]


@dataclass(frozen=True, slots=True)
class AlbumPlace:
    """Where images go in an album.

    Attributes:
        beside: SHA-256 of another image in it; None for the end.
        before: whether they go before that one, and not behind it.

    """

    beside: str | None = None
    before: bool = False


AT_THE_END = AlbumPlace()


class AlbumMembers:
    """Changes which images are in the albums of one library, and in what order; methods may be called from any thread.

    All methods raise NotFoundError, ALBUM_NOT_FOUND, and FailedPreconditionError, ALBUM_IS_SMART. Of images that are
    named twice, the first counts.

    Args:
        database: the library's file.
        reader: of its albums.
        library_id: for messages.

    """

    def __init__(self, database: Database, reader: AlbumReader, library_id: str) -> None:
        self._database = database
        self._reader = reader
        self._library_id = library_id

    def add(self, album_id: str, hashes: Sequence[str], place: AlbumPlace = AT_THE_END) -> tuple[AlbumRecord, Results]:
        """Add images, which then follow each other; those that are there already stay where they are.

        Returns:
            The album, and of each image whether it was added, or IMAGE_NOT_FOUND or ALBUM_FULL.

        Raises:
            FailedPreconditionError: IMAGE_NOT_IN_ALBUM, `place` is beside an image that isn't in the album.

        """
        with self._database.exclusive():
            with self._database.write() as transaction:
                album, ids, ranks = self._begin(transaction.cursor, album_id, hashes)
                beside = self._image_beside(transaction.cursor, album, place)
                room = MAX_ALBUM_IMAGES - count_places(transaction.cursor, album.number)
                added: dict[int, None] = {}
                results: list[bool | AlbumenError] = []
                for sha256 in hashes:
                    image = ids.get(sha256)
                    if image is None:
                        results.append(image_not_found(self._library_id, sha256))
                    elif image in ranks or image in added:
                        results.append(False)
                    elif len(added) >= room:
                        results.append(self._full(album, sha256))
                    else:
                        added[image] = None
                        results.append(True)
                if added:
                    new = self._places(transaction.cursor, album, beside, list(added), before=place.before)
                    insert_places(transaction.cursor, album.number, new)
                    _touch(transaction, album)
                    transaction.commit()
            return self._reader.get(album_id), tuple(results)

    def remove(
        self, album_id: str, hashes: Sequence[str], *, validate_only: bool = False
    ) -> tuple[AlbumRecord, Results]:
        """Remove images from an album; they stay in the library.

        Returns:
            The album, and of each image whether it was removed, or IMAGE_NOT_FOUND.

        """
        with self._database.exclusive():
            with self._database.write() as transaction:
                album, ids, ranks = self._begin(transaction.cursor, album_id, hashes)
                removed = set[int]()
                results: list[bool | AlbumenError] = []
                for sha256 in hashes:
                    image = ids.get(sha256)
                    if image is None:
                        results.append(image_not_found(self._library_id, sha256))
                    else:
                        results.append(image in ranks and image not in removed)
                        removed.add(image)
                if any(result is True for result in results) and not validate_only:
                    delete_places(transaction.cursor, album.number, removed)
                    _touch(transaction, album, chosen_cover=0 if album.chosen_cover in removed else album.chosen_cover)
                    transaction.commit()
            return self._reader.get(album_id), tuple(results)

    def move(self, album_id: str, hashes: Sequence[str], place: AlbumPlace = AT_THE_END) -> tuple[AlbumRecord, Results]:
        """Move images to another place, where they follow each other; `place` is beside none of them.

        Returns:
            The album, and of each image whether it was moved, or IMAGE_NOT_FOUND or IMAGE_NOT_IN_ALBUM.

        Raises:
            FailedPreconditionError: IMAGE_NOT_IN_ALBUM, `place` is beside an image that isn't in the album.

        """
        with self._database.exclusive():
            with self._database.write() as transaction:
                album, ids, ranks = self._begin(transaction.cursor, album_id, hashes)
                beside = self._image_beside(transaction.cursor, album, place)
                moved: dict[int, None] = {}
                results: list[bool | AlbumenError] = []
                for sha256 in hashes:
                    image = ids.get(sha256)
                    if image is None:
                        results.append(image_not_found(self._library_id, sha256))
                    elif image not in ranks:
                        results.append(self._not_in(album, sha256))
                    else:
                        results.append(image not in moved)
                        moved[image] = None
                if moved:
                    new = self._places(transaction.cursor, album, beside, list(moved), before=place.before)
                    move_places(transaction.cursor, album.number, new)
                    _touch(transaction, album)
                    transaction.commit()
            return self._reader.get(album_id), tuple(results)

    def _begin(
        self, cursor: Cursor, album_id: str, hashes: Sequence[str]
    ) -> tuple[AlbumRecord, Mapping[str, int], Mapping[int, int]]:
        """Return the album, the ids of the images that exist, and the ranks of those that are in the album."""
        album = self._reader.find(cursor, album_id)
        if album.smart is not None:
            raise FailedPreconditionError(
                Reason.ALBUM_IS_SMART,
                "The album is a smart one: its images are what its filter finds. Change the filter, or the images.",
                resource=f"libraries/{self._library_id}/albums/{album_id}",
            )
        ids = find_image_ids(cursor, set(hashes))
        return album, ids, ranks_of(cursor, album.number, ids.values())

    def _image_beside(self, cursor: Cursor, album: AlbumRecord, place: AlbumPlace) -> int | None:
        """Return the id of the image beside which others go; None for the end."""
        if place.beside is None:
            return None
        image = find_image_id(cursor, place.beside)
        if image is None or not ranks_of(cursor, album.number, [image]):
            raise self._not_in(album, place.beside)
        return image

    def _places(
        self, cursor: Cursor, album: AlbumRecord, beside: int | None, images: Sequence[int], *, before: bool
    ) -> dict[int, int]:
        """Return new ranks of images of an album, for which room is made if there is none."""
        for _ in range(2):
            rank = None if beside is None else ranks_of(cursor, album.number, [beside])[beside]
            between = ranks_beside(cursor, album.number, rank, before=before, without=images)
            ranks = spread(*between, len(images))
            if ranks is not None:
                return dict(zip(images, ranks, strict=True))
            renumber(cursor, album.number, images)
        raise AssertionError("there is room between any two images with new ranks")

    def _not_in(self, album: AlbumRecord, sha256: str) -> FailedPreconditionError:
        return FailedPreconditionError(
            Reason.IMAGE_NOT_IN_ALBUM,
            f"The image {excerpt(sha256)!r} is not in the album {album.id!r}. Add it first.",
            resource=f"libraries/{self._library_id}/images/{excerpt(sha256)}",
        )

    def _full(self, album: AlbumRecord, sha256: str) -> ResourceExhaustedError:
        return ResourceExhaustedError(
            Reason.ALBUM_FULL,
            f"The album {album.id!r} holds {MAX_ALBUM_IMAGES:,} images, which is the limit. Use another album.",
            resource=f"libraries/{self._library_id}/images/{sha256}",
            metadata={"limit": str(MAX_ALBUM_IMAGES)},
        )


def _touch(transaction: Transaction, album: AlbumRecord, *, chosen_cover: int | None = None) -> None:
    """Note that a user changed an album's images."""
    cover = album.chosen_cover if chosen_cover is None else chosen_cover
    now = transaction.now.replace(tzinfo=UTC)
    update_album(transaction, replace(album, revision=album.revision + 1, update_time=now, chosen_cover=cover))
