"""The edits of a library, as they are listed."""

from services.catalog.edits.bounds import EditBounds
from services.catalog.edits.payload import EditPayload
from services.catalog.edits.record import EditRecord
from services.catalog.edits.writer import edit_of
from services.catalog.not_found import edit_not_found
from services.catalog.records import Page
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.edits import page_of_edits, read_edit


class EditHistory:
    """Reads the edits of one library.

    Args:
        database: the library's file.
        library_id: for messages.
        bounds: how many edits are remembered.

    """

    def __init__(self, database: Database, library_id: str, bounds: EditBounds) -> None:
        self._database = database
        self._library_id = library_id
        self._kept = bounds.edits

    def get(self, edit_id: int) -> EditRecord:
        """Return an edit.

        Raises:
            NotFoundError: EDIT_NOT_FOUND.

        """
        with self._database.read() as cursor:
            return self.read(cursor, edit_id)[0]

    def page(self, *, before: int | None = None, limit: int) -> Page[EditRecord, int]:
        """List edits, the newest first; `before` is `next_key` of the page before."""
        with self._database.read() as cursor:
            rows = page_of_edits(cursor, before=before, limit=limit)
        return Page(tuple(edit_of(row)[0] for row in rows.items), rows.keys, rows.next_key)

    def read(self, cursor: Cursor, edit_id: int) -> tuple[EditRecord, EditPayload]:
        """Return an edit and what it takes to undo it, as `cursor` sees them.

        Raises:
            NotFoundError: EDIT_NOT_FOUND.

        """
        row = read_edit(cursor, edit_id)
        if row is None:
            raise edit_not_found(self._library_id, edit_id, self._kept)
        return edit_of(row)
