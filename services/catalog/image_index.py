"""Columns of a library's images, kept equal to its rows, for those who filter, order and count."""

import contextlib
import threading
from collections.abc import Iterator

from services.catalog.columns.image_columns import ImageColumns, ImageView
from services.catalog.columns.name_order import NameOrder
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.image_columns import read_images, read_new_images
from services.catalog.storage.image_names import read_names


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
        self._names: NameOrder | None = None
        # Images that may have got another name since the names were read.
        self._renamed: set[int] = set()

    @property
    def nbytes(self) -> int:
        """How many bytes the columns take; 0 until they are needed."""
        columns, names = self._columns, self._names
        return (0 if columns is None else columns.nbytes) + (0 if names is None else names.nbytes)

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

    @contextlib.contextmanager
    def read_named(self) -> Iterator[tuple[Cursor, ImageView, NameOrder]]:
        """Give the same, and the images in the order of the names of their files."""
        while True:
            commits = self._database.image_changes.commits
            with self._database.read() as cursor:
                with self._lock:
                    # Names must not be older than the columns.
                    if seen := commits >= self._commits:
                        view = self._catch_up(cursor, commits).view()
                        names = self._catch_up_names(cursor, view)
                if seen:
                    yield cursor, view, names
                    return

    def _catch_up_names(self, cursor: Cursor, view: ImageView) -> NameOrder:
        """Return the names of all images of a view, which the cursor sees."""
        names, ids = self._names, view.ids
        if names is None:
            names = NameOrder()
            self._renamed.clear()
        missing = ids[len(names.names) :]
        if len(missing) or self._renamed:
            found = read_names(cursor, int(missing[0]) if len(missing) else None, self._renamed)
            # Of those that are gone, nothing is to be remembered.
            asked = [*range(len(names.names), len(ids)), *view.positions_of([*self._renamed]).tolist()]
            names = names.changed({position: found.get(int(ids[position]), "") for position in asked})
            self._renamed.clear()
        self._names = names
        return names

    def _catch_up(self, cursor: Cursor, commits: int) -> ImageColumns:
        """Return the columns after at least so many commits, which the cursor sees."""
        columns = self._columns
        if columns is not None and commits <= self._commits:
            return columns
        changed = self._database.image_changes.take(after=self._commits, until=commits)
        if columns is None or changed is None:
            columns = ImageColumns()
            changed = []
            self._names = None
        last = columns.last_id
        columns.append(read_new_images(cursor, last))
        old = [image for image in changed if image <= last]
        if old:
            columns.renew(old, read_images(cursor, old))
            self._renamed.update(old)
        self._columns, self._commits = columns, commits
        return columns
