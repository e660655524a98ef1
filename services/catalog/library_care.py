"""What a library does for itself: while nobody writes, and before it is closed."""

import structlog

from services.catalog.event_history import EventHistory
from services.catalog.image_eraser import ImageEraser
from services.catalog.image_writer import ImageWriter
from services.catalog.people_writer import PeopleWriter
from services.catalog.storage.database import Database
from services.catalog.whole_file import WholeFile
from services.common.errors import AlbumenError

_log = structlog.get_logger()


class LibraryCare:
    """Leaves the file of one library as the next who opens it likes to find it.

    Args:
        database: the library's file.
        people: of the library.
        writer: of its images.
        eraser: of its images.
        whole: the turn to go through its file.
        events: of the library.
        library_id: for the log.

    """

    def __init__(
        self,
        database: Database,
        people: PeopleWriter,
        writer: ImageWriter,
        eraser: ImageEraser,
        whole: WholeFile,
        events: EventHistory,
        library_id: str,
    ) -> None:
        self._database = database
        self._people = people
        self._writer = writer
        self._eraser = eraser
        self._whole = whole
        self._events = events
        self._library_id = library_id

    def when_idle(self) -> None:
        """Keep a snapshot of the clusters, and move a grown write-ahead log into the file, while nobody writes."""
        if self._database.idle():
            with self._database.exclusive():
                self._people.save_snapshot()
                self._eraser.forget_faceless()
                self._events.expire()
            self._database.checkpoint_if_idle()

    def close(self, reason: AlbumenError) -> None:
        """Close the file after the calls in progress, and let go of the people; later calls raise `reason`."""
        self._whole.stop(reason)
        with self._database.exclusive():
            if self._database.closed:
                return
            try:
                self._finish()
            except Exception:  # noqa: BLE001
                # A full disk, or damage: all this only spares the next opening work.
                _log.exception("closing_unfinished", library=self._library_id)
            self._database.close(reason)
            self._people.unload()

    def _finish(self) -> None:
        self._people.save_snapshot(closing=True)
        self._eraser.forget_faceless(closing=True)
        with self._database.write() as transaction:
            self._writer.give_back_ids(transaction)
            self._people.give_back_ids(transaction)
            transaction.commit()
