"""The folders of a library."""

from collections.abc import Callable

from services.catalog.folders.places import FolderPlaces
from services.catalog.folders.reader import FolderReader
from services.catalog.folders.syncs import FolderSyncs
from services.catalog.folders.writer import FolderWriter
from services.catalog.image_writer import ImageWriter
from services.catalog.storage.database import Database


class Folders:
    """The folders of one library.

    Args:
        database: the library's file.
        images: writes its images.
        library_id: for messages.
        changed: called when users have changed one of them.

    Attributes:
        read: gets and lists them.
        write: creates, changes and deletes them.
        syncs: notes what syncs come to.
        places: reads and writes what is known of the files in them.

    """

    def __init__(
        self, database: Database, images: ImageWriter, library_id: str, changed: Callable[[], None] = lambda: None
    ) -> None:
        self.read = FolderReader(database, library_id)
        self.write = FolderWriter(database, self.read, library_id, changed)
        self.syncs = FolderSyncs(database, self.read)
        self.places = FolderPlaces(database, images)
