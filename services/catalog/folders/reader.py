"""Folders as they are answered."""

from services.catalog.folder_record import FolderRecord
from services.catalog.not_found import folder_not_found
from services.catalog.records import Page
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.folders import FolderKey, page_of_folders, read_folder, read_watched


class FolderReader:
    """Reads the folders of one library; methods may be called from any thread.

    Args:
        database: the library's file.
        library_id: for messages.

    """

    def __init__(self, database: Database, library_id: str) -> None:
        self._database = database
        self._library_id = library_id

    def get(self, folder_id: str) -> FolderRecord:
        """Return a folder.

        Raises:
            NotFoundError: FOLDER_NOT_FOUND.

        """
        with self._database.read() as cursor:
            return self.find(cursor, folder_id)

    def page(self, *, after: FolderKey | None = None, limit: int) -> Page[FolderRecord, FolderKey]:
        """List folders by name; `after` is a key of the page before."""
        with self._database.read() as cursor:
            return page_of_folders(cursor, after, limit)

    def watched(self) -> list[FolderRecord]:
        """Return the folders that are to be followed."""
        with self._database.read() as cursor:
            return read_watched(cursor)

    def find(self, cursor: Cursor, folder_id: str) -> FolderRecord:
        """Return a folder as a cursor sees it; errors as in `get`."""
        folder = read_folder(cursor, folder_id)
        if folder is None:
            raise folder_not_found(self._library_id, folder_id)
        return folder
