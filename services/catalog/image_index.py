"""Columns of a library's images, kept equal to its rows, for those who filter, order and count."""

import contextlib
import threading
from collections.abc import Iterator

from services.catalog.columns.image_columns import ImageColumns, ImageView
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.image_columns import read_images, read_new_images


class ImageIndex:
    """The columns of one library's images, read when they are first needed; methods may be called from any thread.

    Args:
        database: the library's file.

    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._columns: ImageColumns | None = None
        # How many commits that changed images are in the columns.
        self._commits = 0

    @property
    def nbytes(self) -> int:
        """How many bytes the columns take; 0 until they are needed."""
        columns = self._columns
        return columns.nbytes if columns is not None else 0

    @contextlib.contextmanager
    def read(self) -> Iterator[tuple[Cursor, ImageView]]:
        """Give a cursor on one snapshot, and the columns of all images in it; errors as in `Database.read`.

        An image that is deleted meanwhile may be in the columns and have no row any more.
        """
        commits = self._database.image_changes.commits
        with self._database.read() as cursor:
            with self._lock:
                view = self._catch_up(cursor, commits).view()
            yield cursor, view

    def _catch_up(self, cursor: Cursor, commits: int) -> ImageColumns:
        """Return the columns after at least so many commits, which the cursor sees."""
        columns = self._columns
        if columns is not None and commits <= self._commits:
            return columns
        changed = self._database.image_changes.take(after=self._commits, until=commits)
        if columns is None or changed is None:
            columns = ImageColumns()
            changed = []
        last = columns.last_id
        columns.append(read_new_images(cursor, last))
        old = [image for image in changed if image <= last]
        if old:
            columns.renew(old, read_images(cursor, old))
        self._columns, self._commits = columns, commits
        return columns
