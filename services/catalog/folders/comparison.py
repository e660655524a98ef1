"""What is on disk beside what is known: two lists in one order, looked through together once."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from services.catalog.folder_record import FileFailure, SyncCounts
from services.catalog.folders.walk import Seen, State
from services.catalog.storage.folder_places import KnownPlace
from services.common.file_uri import path_of, uri_of


class Differing(NamedTuple):
    """A file that is not as what is known at its place, which is perhaps nothing.

    Attributes:
        seen: the file.
        known: what is known at its place; None if nothing is.

    """

    seen: Seen
    known: KnownPlace | None


class Comparison:
    """Tells files that look as they did from others, by place, size and time; opens none.

    Args:
        walk: what is on disk, by URI.
        read_page: returns the places that follow a URI, or the first of them; none at the end.
        counts: of the sync, which it adds to.
        verify: whether files count as differing that look as they did.

    Attributes:
        differing: files to be looked into.
        gone: places at which no file was seen, where one should have been, those missing before among them.
        returned: places that were missing, and whose files are as they were.
        present: how many known places have a file, whatever became of it.
        unchanged: how many of those have one that looks as it did.
        failures: what can't be read.

    """

    def __init__(
        self,
        walk: Iterable[Seen],
        read_page: Callable[[str | None], Sequence[KnownPlace]],
        counts: SyncCounts,
        *,
        verify: bool = False,
    ) -> None:
        self._walk = iter(walk)
        self._read_page = read_page
        self._counts = counts
        self._verify = verify
        self._places: Sequence[KnownPlace] = ()
        self._at = 0
        self._last: str | None = None
        self._ended = False
        # All that is in this folder can't be judged.
        self._closed = ""
        self._seen = next(self._walk, None)
        self.differing: list[Differing] = []
        self.gone: list[KnownPlace] = []
        self.returned: list[str] = []
        self.present = 0
        self.unchanged = 0
        self.failures: list[FileFailure] = []

    def advance(self, most: int) -> bool:
        """Look at up to `most` files or places; return whether there are more."""
        for _ in range(most):
            seen, known = self._seen, self._place()
            if seen is None and known is None:
                return False
            if known is None or (seen is not None and seen.uri <= known.uri):
                is_known = known is not None and seen is not None and seen.uri == known.uri
                self._take(seen, known if is_known else None)
                self._seen = next(self._walk, None)
                self._at += is_known
            else:
                self._miss(known)
                self._at += 1
        return True

    def _place(self) -> KnownPlace | None:
        """Return the next known place, or None."""
        if self._at == len(self._places):
            if self._ended:
                return None
            self._places, self._at = self._read_page(self._last), 0
            if not self._places:
                self._ended = True
                return None
            self._last = self._places[-1].uri
        return self._places[self._at]

    def _take(self, seen: Seen | None, known: KnownPlace | None) -> None:
        if seen is None:
            return
        counts = self._counts
        self.present += known is not None
        if seen.uri.endswith("/"):
            self._closed = seen.uri
        if seen.error is not None:
            counts.failed += 1
            self.failures.append(FileFailure(seen.uri, seen.error))
        elif seen.state is State.LEFT_OUT:
            counts.left_out += 1
        elif seen.state is State.OTHER:
            counts.others += 1
        else:
            counts.files += 1
            if known is None or self._verify or not _looks_the_same(seen, known):
                self.differing.append(Differing(seen, known))
                return
            counts.unchanged += 1
            self.unchanged += 1
            if known.missing_micros is not None:
                self.returned.append(known.uri)

    def _miss(self, known: KnownPlace) -> None:
        if self._closed and known.uri.startswith(self._closed):
            return
        path = path_of(known.uri)
        # Somebody else wrote it, in a spelling of their own: the file may be there.
        if path is not None and uri_of(path) == known.uri:
            self.gone.append(known)


def _looks_the_same(seen: Seen, known: KnownPlace) -> bool:
    return known.modify_micros == seen.modify_micros and known.size_bytes == seen.size_bytes
