"""Writes what users say of images."""

from collections.abc import Callable

from services.catalog.image_statements import Statements
from services.catalog.not_found import image_not_found
from services.catalog.storage.database import Database
from services.catalog.storage.images import check_image_etag, find_image_id, touch_images
from services.catalog.storage.statements_of_images import read_statements, write_statements


class StatementWriter:
    """Writes what users say of the images of one library.

    Args:
        database: the library's file.
        library_id: for messages.

    """

    def __init__(self, database: Database, library_id: str) -> None:
        self._database = database
        self._library_id = library_id

    def update(self, sha256: str, change: Callable[[Statements], Statements], *, etag: str = "") -> None:
        """Replace what was said of an image, be it in the trash or not; nothing changes where it was said before.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND.
            AbortedError: ETAG_MISMATCH.

        """
        with self._database.write() as transaction:
            image_id = find_image_id(transaction.cursor, sha256)
            if image_id is None:
                raise image_not_found(self._library_id, sha256)
            check_image_etag(transaction.cursor, self._library_id, image_id, etag)
            before = read_statements(transaction.cursor, image_id)
            now = change(before)
            if now != before:
                write_statements(transaction, image_id, before, now)
                touch_images(transaction.cursor, [image_id], transaction.now)
                transaction.commit()
