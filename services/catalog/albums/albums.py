"""The albums of a library."""

from services.catalog.albums.members import AlbumMembers
from services.catalog.albums.reader import AlbumReader
from services.catalog.albums.writer import AlbumWriter
from services.catalog.image_index import ImageIndex
from services.catalog.storage.database import Database
from services.catalog.storage.known import Known


class Albums:
    """The albums of one library.

    Args:
        database: the library's file.
        known: what never changes of it.
        index: columns of its images.
        library_id: for messages.

    Attributes:
        read: gets and lists them.
        write: creates, changes and deletes them.
        images: adds images to them, removes and moves them.

    """

    def __init__(self, database: Database, known: Known, index: ImageIndex, library_id: str) -> None:
        self.read = AlbumReader(database, known, index, library_id)
        self.write = AlbumWriter(database, self.read, library_id)
        self.images = AlbumMembers(database, self.read, library_id)
