"""Which libraries are open: leased to whoever uses them, and closed when idle, so that all fit into one memory."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import structlog

from services.catalog.library import Library
from services.catalog.library_memory import OPEN_BYTES
from services.common.errors import AlbumenError

_log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Lease:
    """An open library; it stays open for as long as somebody uses it.

    Attributes:
        library: the library.
        users: how many use it now.
        files: how many bytes DuckDB takes for its file, as far as is known.
        people: how many bytes its people take, likewise.
        grown: whether it was used since that was found out.
        loading: held while its people are brought into memory.

    """

    library: Library
    users: int = 0
    files: int = OPEN_BYTES
    people: int = 0
    grown: bool = True
    loading: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True, eq=False)
class Slot:
    """A place for one library.

    Attributes:
        lock: held while the library is opened, closed, made, erased, or looked at while it is closed.
        lease: the library, if it is open; changed under `lock` only.

    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    lease: Lease | None = None


class Leases:
    """Opens libraries for who uses them, and closes idle ones; methods may be called from any thread.

    Before a library is opened, or its people are brought into memory, idle libraries are closed until there is room,
    those first that were not used for the longest time. A library in use is never closed for want of room, and the one
    whose people were used last only for those of another: who visits many is not to take a large one's people away.

    Args:
        check: raises if there is no library of that name.
        opening: opens a library, without its people.
        closing: closes an idle library, in whatever state it is.
        memory: how many bytes all open libraries may take together, but for those in use.
        files: how many of them DuckDB may take, so that who visits many libraries fills no memory that people are for.

    """

    def __init__(
        self,
        check: Callable[[str], None],
        opening: Callable[[str], Library],
        closing: Callable[[Library], None],
        *,
        memory: int,
        files: int,
    ) -> None:
        self._check = check
        self._opening = opening
        self._closing = closing
        self._memory = memory
        self._files = files
        self._lock = threading.Lock()
        self._slots: dict[str, Slot] = {}
        # Those that are open, by id; who was used last is last.
        self._open: dict[str, Lease] = {}
        self._reserved_files = self._reserved_people = 0

    @contextlib.contextmanager
    def slot(self, library_id: str) -> Iterator[Slot]:
        """Hold a library's place: nobody else opens, closes, makes or erases it meanwhile."""
        with self._lock:
            slot = self._slots.setdefault(library_id, Slot())
        with slot.lock:
            yield slot

    def open(self, library_id: str, slot: Slot, make: Callable[[], Library] | None = None) -> Lease:
        """Return the library of a slot that the caller holds; opened, or made by `make`, if it is not open."""
        if slot.lease is None:
            with self._room(files=OPEN_BYTES):
                lease = Lease(self._opening(library_id) if make is None else make())
                with self._lock:
                    slot.lease = self._open[library_id] = lease
        return slot.lease

    def forget(self, library_id: str, slot: Slot) -> None:
        """Empty a slot that the caller holds, whose library was closed; who uses it still may go on to say so."""
        with self._lock:
            slot.lease = None
            self._open.pop(library_id, None)

    def take_open(self, library_id: str) -> Lease | None:
        """Begin to use a library if it is open, which takes no time; see `take`."""
        with self._lock:
            lease = self._open.get(library_id)
            if lease is not None:
                self._use(library_id, lease)
        return lease

    def take(self, library_id: str) -> Lease:
        """Begin to use a library, opened if it is not open; until `give_back` it isn't closed for want of room.

        Raises:
            NotFoundError: LIBRARY_NOT_FOUND.
            UnavailableError: LIBRARY_UNAVAILABLE, its file is locked, damaged, newer, or cannot be written.

        """
        self._check(library_id)
        with self.slot(library_id) as slot:
            lease = self.open(library_id, slot)
            with self._lock:
                self._use(library_id, lease)
        return lease

    def share(self, lease: Lease) -> None:
        """Begin to use a library that is in use, for one more who gives it back."""
        with self._lock:
            lease.users += 1

    def give_back(self, lease: Lease) -> None:
        """Use a library no more."""
        with self._lock:
            lease.users -= 1

    @contextlib.contextmanager
    def lease(self, library_id: str, *, people: bool = False) -> Iterator[Library]:
        """Give a library for as long as the block lasts, with its people in memory if they are needed; see `take`."""
        lease = self.take(library_id)
        try:
            if people:
                self.load_people(lease)
            yield lease.library
        finally:
            self.give_back(lease)

    def load_people(self, lease: Lease) -> None:
        """Bring the people of a library that the caller uses into memory, unless they are there."""
        memory = lease.library.memory
        with lease.loading:
            if not memory.has_people:
                with self._room(people=memory.size_of_people()):
                    memory.load_people()
                    self._measure(lease)

    def reserved(self, nbytes: int) -> contextlib.AbstractContextManager[None]:
        """Have room for so many bytes beside all open libraries while a block lasts, in which the caller takes them."""
        return self._room(people=nbytes)

    def each(self) -> Iterator[Library]:
        """Yield each open library, which is not closed meanwhile; that doesn't count as use."""
        with self._lock:
            leases = list(self._open.items())
        for library_id, lease in leases:
            with self._lock:
                if self._open.get(library_id) is not lease:
                    continue
                lease.users += 1
            try:
                yield lease.library
            finally:
                self.give_back(lease)

    def fit(self) -> None:
        """Close idle libraries if what they hold has grown; not the one that was used last."""
        with self._lock:
            last = next(reversed(self._open.values()), None)
        while self._is_full() and self._close_idle({last, self._last_with_people()}):
            pass

    def close(self) -> None:
        """Close all libraries, whoever uses them, after the calls in progress."""
        with self._lock:
            ids = list(self._slots)
        for library_id in ids:
            with self.slot(library_id) as slot:
                lease = slot.lease
                self.forget(library_id, slot)
                if lease is not None:
                    lease.library.close()

    @contextlib.contextmanager
    def _room(self, *, files: int = 0, people: int | None = None) -> Iterator[None]:
        """Have room for so many bytes more while the block lasts, in which the caller fills it."""
        with self._lock:
            self._reserved_files += files
            self._reserved_people += people or 0
        try:
            while self._is_full() and self._close_idle({self._last_with_people()} if people is None else set()):
                pass
            yield
        finally:
            with self._lock:
                self._reserved_files -= files
                self._reserved_people -= people or 0

    def _use(self, library_id: str, lease: Lease) -> None:
        """Count a user; who calls holds the lock."""
        lease.users += 1
        lease.grown = True
        self._open[library_id] = self._open.pop(library_id)

    def _is_full(self) -> bool:
        """Return whether the open libraries, and what room is wanted for, go beyond a bound."""
        with self._lock:
            leases = list(self._open.values())
        for lease in leases:
            if lease.grown:
                self._measure(lease)
        with self._lock:
            files = sum(lease.files for lease in self._open.values()) + self._reserved_files
            people = sum(lease.people for lease in self._open.values()) + self._reserved_people
        return files > self._files or files + people > self._memory

    def _measure(self, lease: Lease) -> None:
        with self._lock:
            lease.grown = lease.users > 0
        memory = lease.library.memory
        # Whoever erased it, or its damage, tells others.
        with contextlib.suppress(AlbumenError):
            lease.files = memory.size_of_files()
            lease.people = memory.size_of_people() if memory.has_people else 0

    def _last_with_people(self) -> Lease | None:
        """Return the library that was used last of those that have people in memory."""
        with self._lock:
            return next((one for one in reversed(self._open.values()) if one.library.memory.has_people), None)

    def _close_idle(self, spared: AbstractSet[Lease | None]) -> bool:
        """Close the library that was not used for the longest time, but none of `spared`; return whether there was one.

        From the moment it is chosen, whoever wants it waits for its slot and opens it anew.
        """
        with self._lock:
            found = self._idlest(spared)
            if found is None:
                return False
            library_id, slot, lease = found
            slot.lease = None
            del self._open[library_id]
        try:
            self._closing(lease.library)
        finally:
            slot.lock.release()
        return True

    def _idlest(self, spared: AbstractSet[Lease | None]) -> tuple[str, Slot, Lease] | None:
        """Return the first that nobody uses and that isn't spared, and lock its slot; who calls holds the lock."""
        for library_id, lease in self._open.items():
            slot = self._slots[library_id]
            # Who waited for a slot here, and held another, might wait for ever.
            if not lease.users and lease not in spared and slot.lock.acquire(blocking=False):
                return library_id, slot, lease
        return None
