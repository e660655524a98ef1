"""One folder that is watched: what has changed is gathered, and a sync begun when it is quiet."""

import structlog

from services.catalog.folder_record import FolderRecord
from services.catalog.following.armed_watch import ArmedWatch, Following, FollowState
from services.catalog.following.mounts import Mounts
from services.catalog.following.own_sync import OwnSync, SyncEnd
from services.catalog.following.pace import Pace

_log = structlog.get_logger()


class FollowedFolder:
    """Follows one folder; belongs to one thread, but for `following`. Times are those of `time.monotonic`.

    Args:
        library_id: the folder's.
        folder: the folder, as users want it.
        watch: tells whether anything has happened in it.
        sync: begins syncs of it.
        pace: how soon.
        now: when it begins to be followed; what happened before was told to nobody, so it is synced at once.

    Attributes:
        folder: see above.
        following: how changes come to be known; may be read from any thread.

    """

    def __init__(
        self, library_id: str, folder: FolderRecord, watch: ArmedWatch, sync: OwnSync, pace: Pace, now: float
    ) -> None:
        self.folder = folder
        self.following = Following(FollowState.PENDING)
        self._library_id = library_id
        self._watch = watch
        self._sync = sync
        self._pace = pace
        # The first change that no sync was begun after, and the last one.
        self._changed: float | None = now - pace.quiet
        self._last_change = now - pace.quiet
        self._place: tuple[object, ...] | None = None
        self._next_check = now
        self._not_before = now
        self._begun = self._ended = now
        self._failures = 0

    @property
    def under_way(self) -> bool:
        """Whether a sync was begun here and has not ended."""
        return self._sync.under_way

    @property
    def waiting_since(self) -> float:
        """Since when it is to be synced, so that nobody waits for ever."""
        return self._ended if self._changed is None else self._changed

    def look(self, mounts: Mounts, now: float) -> None:
        """Take notice of what has happened."""
        if self._watch.take_change():
            self._note_change(now)
            # What made the last sync fail may be over; but a folder that never rests is not to be tried all the time.
            self._not_before = min(self._not_before, now + self._pace.most)
        if now >= self._next_check:
            self._next_check = now + self._pace.check
            if self._place is not None and self._watch.place(mounts) != self._place:
                # Until a sync begins, that is said once.
                self._place = None
                self._note_change(now)
                self._not_before = now
        end = self._sync.take_end()
        if end is not None:
            self._note_end(end, now)

    def is_due(self, now: float) -> bool:
        """Return whether a sync is to begin."""
        if self.under_way or now < self._not_before:
            return False
        if self._changed is not None:
            return now >= min(self._last_change + self._pace.quiet, self._changed + self._pace.most)
        is_blind = self.following.state in (FollowState.PERIODIC, FollowState.AWAY)
        return is_blind and now >= self._ended + self._pace.resync

    def sync(self, mounts: Mounts, now: float) -> bool:
        """Watch what is there now, and begin a sync; return whether one has begun."""
        self._changed = None
        # In this order, so that whatever a sync does not see is told of.
        self._place = self._watch.place(mounts)
        self._tell(self._watch.arm(mounts))
        if self.following.state is FollowState.AWAY:
            # It would only fail. Once something is there, the place is another one.
            self._ended = now
            return False
        if not self._sync.begin():
            self._note_change(now)
            self._not_before = now + self._pace.again
            return False
        self._begun = now
        return True

    def close(self) -> None:
        """Follow it no more; a sync that is under way goes on."""
        self._watch.disarm()

    def _note_change(self, now: float) -> None:
        self._last_change = now
        if self._changed is None:
            self._changed = now

    def _note_end(self, end: SyncEnd, now: float) -> None:
        self._ended = now
        if end is SyncEnd.FAILED:
            self._failures += 1
            self._note_change(now)
            self._not_before = now + self._pace.retry_after(self._failures)
        else:
            self._failures = 0
            self._not_before = now + min(now - self._begun, self._pace.rest)

    def _tell(self, following: Following) -> None:
        before, self.following = self.following, following
        if following == before:
            return
        names = {"library": self._library_id, "folder": self.folder.id}
        if following.state is FollowState.WATCHING:
            _log.info("folder_watched", **names)
        elif following.state is FollowState.AWAY:
            _log.warning("folder_away", **names, message=following.note)
        else:
            _log.warning("folder_synced_periodically", **names, message=following.note, seconds=self._pace.resync)
