"""How soon a watched folder is synced, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How soon a watched folder is synced, in seconds; the defaults are for people, others for tests.

    Attributes:
        look: between two looks for changes.
        quiet: since the last change, before a sync begins: who copies files is not done with the first.
        most: since the first change, after which a sync begins though there are always more.
        rest: at most, after a sync; as long as it took, if that is less, so that others get half of the time.
        check: between two looks whether another disk is in the place of one.
        libraries: between two looks for libraries that came by other ways than ours.
        again: until what somebody else keeps from beginning is tried again.
        retry: until a sync that failed is tried again; twice as long each time, and never longer than `resync`.
        resync: between two syncs of a folder of whose changes the system does not tell.

    """

    look: float = 1.0
    quiet: float = 2.0
    most: float = 30.0
    rest: float = 60.0
    check: float = 5.0
    libraries: float = 10.0
    again: float = 2.0
    retry: float = 15.0
    resync: float = 600.0

    def retry_after(self, failures: int) -> float:
        """Return how long to wait after so many failures in a row, of which there is one at least."""
        return min(self.retry * 2.0 ** min(failures - 1, 10), self.resync)
