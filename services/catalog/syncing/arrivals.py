"""The photos of a sync that are new to the library: read, and indexed a few at a time."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import Final

from services.catalog.folder_record import SyncCounts
from services.catalog.folders.comparison import Differing
from services.catalog.folders.unreadable import unreadable
from services.catalog.operations.kind import Progress
from services.catalog.records import AddedImage
from services.catalog.syncing.feed import PhotoFeed
from services.catalog.syncing.files import SyncedFiles
from services.common.errors import AlbumenError, DeadlineExceededError, InternalError, InvalidArgumentError, Reason

_STEP_SECONDS: Final = 0.5
# The fault of one photo; whatever else keeps it from being indexed keeps the next one, too.
_OF_ONE_PHOTO: Final = (InvalidArgumentError, DeadlineExceededError, InternalError)


class Arrivals:
    """Indexes files of one sync.

    Args:
        library_id: where to.
        files: reads them.
        feed: indexes them.
        counts: of the sync, which it adds to.
        fail: told of each that can't be read or indexed, and of the system's error if it is one.

    """

    def __init__(
        self,
        library_id: str,
        files: SyncedFiles,
        feed: PhotoFeed,
        counts: SyncCounts,
        fail: Callable[[str, AlbumenError, OSError | None], None],
    ) -> None:
        self._library_id = library_id
        self._files = files
        self._feed = feed
        self._counts = counts
        self._fail = fail
        self._done = 0

    def steps(self, arriving: Iterable[Differing]) -> Generator[Progress, None, None]:
        """Index files.

        Raises:
            AlbumenError: what keeps all of them from being indexed.

        """
        queue = deque(arriving)
        total = len(queue)
        on_way: dict[Future[AddedImage], Differing] = {}
        try:
            while queue or on_way:
                # Other syncs may have all places.
                while queue and self._feed.take(0 if on_way else _STEP_SECONDS):
                    self._send(queue.popleft(), on_way)
                done, _ = wait(on_way, _STEP_SECONDS, FIRST_COMPLETED)
                for future in done:
                    self._end(on_way.pop(future), future)
                yield Progress(self._done, total, "photos to index")
        finally:
            for future in on_way:
                future.cancel()

    def _send(self, differing: Differing, on_way: dict[Future[AddedImage], Differing]) -> None:
        """Read a file and have it indexed; a place was taken for it."""
        sent = False
        try:
            file = self._files.read(differing.seen)
            if file is None:
                self._counts.files -= 1
                self._counts.others += 1
            else:
                on_way[self._feed.submit(self._library_id, file.content, file.source)] = differing
                sent = True
        except OSError as error:
            self._fail(differing.seen.uri, unreadable(error), error)
        except InvalidArgumentError as error:
            self._fail(differing.seen.uri, error, None)
        finally:
            if not sent:
                self._done += 1
                self._feed.give_back()

    def _end(self, differing: Differing, future: Future[AddedImage]) -> None:
        self._done += 1
        try:
            added = future.result()
        except AlbumenError as error:
            if not isinstance(error, _OF_ONE_PHOTO) and error.reason is not Reason.DECODER_UNAVAILABLE:
                raise
            self._fail(differing.seen.uri, error, None)
            return
        except CancelledError:
            return
        if differing.known is None:
            self._counts.added += 1
            self._counts.known += added.already_indexed
        else:
            self._counts.changed += 1
            self._counts.returned += differing.known.missing_micros is not None
