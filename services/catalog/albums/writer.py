"""Creates, changes and deletes albums; each method is one durable transaction."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.catalog.album_record import AlbumRecord
from services.catalog.albums.reader import AlbumReader
from services.catalog.edits.request import EditRequest
from services.catalog.smart_filter import SmartFilter
from services.catalog.storage.album_images import delete_places
from services.catalog.storage.albums import (
    count_albums,
    delete_album_row,
    find_album_request,
    insert_album,
    update_album,
)
from services.catalog.storage.database import Database
from services.catalog.storage.library_row import Counter, read_counter, write_counter
from services.catalog.storage.people import new_person_id
from services.common.errors import (
    AbortedError,
    FailedPreconditionError,
    InvalidArgumentError,
    Reason,
    ResourceExhaustedError,
)
from services.common.excerpt import excerpt
from services.common.limits import MAX_ALBUMS


@dataclass(frozen=True, slots=True)
class AlbumChange:
    """What a user wants to be changed of an album; None leaves it as it is.

    Attributes:
        display_name: checked.
        description: checked.
        smart: another filter of a smart album.
        without_filter: whether the album must have no filter.
        order_by: of a smart album's images.
        cover: SHA-256 of the image that is to stand for it; empty to give up what was chosen.

    """

    display_name: str | None = None
    description: str | None = None
    smart: SmartFilter | None = None
    without_filter: bool = False
    order_by: str | None = None
    cover: str | None = None

    def applied(self, album: AlbumRecord) -> AlbumRecord:
        """Return the album with all of it but the cover."""
        return replace(
            album,
            display_name=album.display_name if self.display_name is None else self.display_name,
            description=album.description if self.description is None else self.description,
            smart=self.smart or album.smart,
            order_by=album.order_by if self.order_by is None else self.order_by,
        )


class AlbumWriter:
    """Writes the albums of one library; methods may be called from any thread.

    Args:
        database: the library's file.
        reader: of its albums.
        library_id: for messages.

    """

    def __init__(self, database: Database, reader: AlbumReader, library_id: str) -> None:
        self._database = database
        self._reader = reader
        self._library_id = library_id

    def create(
        self,
        change: AlbumChange,
        *,
        request: EditRequest = EditRequest(),  # noqa: B008 - frozen
        validate_only: bool = False,
    ) -> AlbumRecord:
        """Create an album; a smart one if there is a filter. One that was only validated has no id.

        Raises:
            InvalidArgumentError: REQUEST_ID_REUSED.
            FailedPreconditionError: COVER_NOT_IN_ALBUM.
            ResourceExhaustedError: TOO_MANY_ALBUMS.

        """
        with self._database.exclusive():
            with self._database.write() as transaction:
                cursor = transaction.cursor
                before = find_album_request(cursor, request.id) if request.id else None
                if before is not None:
                    return self._repeated(before, request)
                count = count_albums(cursor)
                if count >= MAX_ALBUMS:
                    raise ResourceExhaustedError(
                        Reason.TOO_MANY_ALBUMS,
                        f"The limit of albums of a library, {MAX_ALBUMS:,}, is reached. Delete one.",
                        metadata={"limit": str(MAX_ALBUMS), "value": str(count)},
                    )
                number = read_counter(cursor, Counter.ALBUMS)
                now = transaction.now.replace(tzinfo=UTC)
                album = self._with_cover(change.applied(_empty(number, change.smart, now)), change)
                if not validate_only:
                    album = replace(album, id=new_person_id())
                    write_counter(cursor, Counter.ALBUMS, number + 1)
                    insert_album(transaction, album, request_id=request.id, request_digest=request.digest)
                    transaction.commit()
            return self._reader.complete(album)

    def update(self, album_id: str, change: AlbumChange, *, etag: str = "") -> AlbumRecord:
        """Change an album; return it as it is then. What is as wanted already changes nothing.

        Raises:
            NotFoundError: ALBUM_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.
            FailedPreconditionError: ALBUM_IS_SMART, ALBUM_NOT_SMART, COVER_NOT_IN_ALBUM.

        """
        with self._database.exclusive():
            with self._database.write() as transaction:
                before = self._reader.find(transaction.cursor, album_id)
                self._check_etag(before, etag)
                self._check_kind(before, change)
                after = self._with_cover(change.applied(before), change)
                if after != before:
                    now = transaction.now.replace(tzinfo=UTC)
                    update_album(transaction, replace(after, revision=before.revision + 1, update_time=now))
                    if _words(after) != _words(before):
                        transaction.note_erasure()
                    transaction.commit()
            return self._reader.get(album_id)

    def delete(self, album_id: str, *, etag: str = "", validate_only: bool = False) -> AlbumRecord:
        """Delete an album; return it as it was. Its images stay.

        Raises:
            NotFoundError: ALBUM_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.

        """
        with self._database.exclusive():
            album = self._reader.get(album_id)
            self._check_etag(album, etag)
            if not validate_only:
                with self._database.write() as transaction:
                    delete_places(transaction.cursor, album.number)
                    delete_album_row(transaction, album)
                    transaction.note_erasure()
                    transaction.commit()
        return album

    def _repeated(self, before: tuple[str, str], request: EditRequest) -> AlbumRecord:
        """Return the album that a request has created already."""
        album_id, digest = before
        if digest != request.digest:
            raise InvalidArgumentError(
                Reason.REQUEST_ID_REUSED,
                f"The request id {request.id} created another album. Make a new one up for each album; send the same "
                "one again only with the same request.",
                field="request_id",
            )
        return self._reader.get(album_id)

    def _with_cover(self, album: AlbumRecord, change: AlbumChange) -> AlbumRecord:
        """Return an album with the cover that is wanted of it."""
        if not change.cover:
            return album if change.cover is None else replace(album, chosen_cover=0)
        image = self._reader.image_in(album, change.cover)
        if image is None:
            raise FailedPreconditionError(
                Reason.COVER_NOT_IN_ALBUM,
                "The image that is to stand for the album is not in it. Add it first, or choose another one.",
                resource=f"libraries/{self._library_id}/images/{excerpt(change.cover)}",
            )
        return replace(album, chosen_cover=image)

    def _check_etag(self, album: AlbumRecord, etag: str) -> None:
        if etag and etag != album.etag:
            raise AbortedError(
                Reason.ETAG_MISMATCH,
                "The album has changed since you got its etag. Get it again before you change it.",
                resource=self._name(album),
            )

    def _check_kind(self, album: AlbumRecord, change: AlbumChange) -> None:
        if album.smart is None and (change.smart is not None or change.order_by):
            raise FailedPreconditionError(
                Reason.ALBUM_NOT_SMART,
                "The images of this album are chosen one by one, so it can have no filter and no order. Create a smart "
                "album.",
                resource=self._name(album),
            )
        if album.smart is not None and change.without_filter:
            raise FailedPreconditionError(
                Reason.ALBUM_IS_SMART,
                "The album is a smart one and stays one, so it can't be without a filter. Create another album.",
                resource=self._name(album),
            )

    def _name(self, album: AlbumRecord) -> str:
        return f"libraries/{self._library_id}/albums/{album.id}"


def _empty(number: int, smart: SmartFilter | None, now: datetime) -> AlbumRecord:
    return AlbumRecord("", number, "", "", smart, "", 0, 0, now, now)


def _words(album: AlbumRecord) -> tuple[object, ...]:
    """Return what users wrote of an album, which must not outlast its change."""
    return (album.display_name, album.description, album.smart)
