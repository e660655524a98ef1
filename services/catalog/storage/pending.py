"""Rows that are durable before they are in their tables.

A statement costs DuckDB far more than its rows do, and an image takes rows of five tables. So the rows of a few images
that come one after the other are kept packed, one statement an image, and put into their tables together, a statement
a table: by the next who looks at the tables, or when they have become many. Nobody sees tables without them.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

import duckdb

from services.catalog.events import Event, EventRow
from services.catalog.storage.event_log import EventLog
from services.catalog.storage.statements import Cursor, run

# Who reads waits until all of these are in their tables, which takes a millisecond an image.
_MOST: Final = 16


class Rows(Protocol):
    """Rows that can wait.

    Attributes:
        events: what happens by them, as far as it is numbered; waits with them.

    """

    events: Sequence[Event]

    @property
    def size(self) -> int:
        """Of how many images they are."""
        ...

    def pack(self) -> bytes:
        """Return them as bytes, from which they can be had again after a restart."""
        ...

    def joined(self, later: "Sequence[Rows]") -> "Rows":
        """Return these rows and later ones of their kind, as they are in the end."""
        ...

    def write(self, cursor: Cursor) -> None:
        """Put them into their tables."""
        ...

    def event_rows(self) -> list[EventRow]:
        """Return what happens by them, with the ids of what it happens to."""
        ...


class Pending:
    """The rows of one file that are not yet in their tables; methods may be called from any thread.

    Args:
        open_cursor: opens a cursor of the file, for the transactions that put rows into their tables.
        events: of the file; those of what is pending are written when that is put into its tables.

    Attributes:
        events: see above.

    """

    def __init__(self, open_cursor: Callable[[], Cursor], events: EventLog) -> None:
        self.events = events
        self._open_cursor = open_cursor
        self._cursor: Cursor | None = None
        self._lock = threading.Lock()
        self._rows: list[tuple[int, Rows]] = []
        self._last = 0

    @property
    def full(self) -> bool:
        """Whether there are so many that they should be put into their tables."""
        return sum(rows.size for _, rows in self._rows) >= _MOST

    def add(self, cursor: Cursor, rows: Rows) -> Callable[[], None]:
        """Write packed rows in the writer's transaction; return what is to be called once it is committed."""
        self._last += 1
        number = self._last
        rows.events = self.events.take(rows.event_rows())
        run(cursor, "INSERT INTO pending (id, content) VALUES (?, ?)", [number, rows.pack()])

        def committed() -> None:
            self._rows.append((number, rows))
            self.events.told(rows.events)

        return committed

    def write(self) -> None:
        """Put all rows into their tables, in a transaction of its own, unless there are none.

        The writer's transaction may be open meanwhile, if it only adds to what is pending.
        """
        if not self._rows:
            return
        with self._lock:
            # Who has come meanwhile waits for the next; they stay in the list until they are in their tables.
            due = self._rows[:]
            if not due:
                return
            cursor = self._cursor = self._cursor or self._open_cursor()
            cursor.begin()
            try:
                committed = self._move(cursor, due)
                cursor.commit()
            except BaseException:
                self._cursor = None
                cursor.close()
                raise
            committed()
            del self._rows[: len(due)]

    @contextlib.contextmanager
    def seen_by(self, cursor: Cursor) -> Iterator[None]:
        """Give a reader one snapshot in which all rows are in their tables.

        A full disk keeps nobody from reading: where they can't be put there, the reader alone sees them so, one after
        the other, since DuckDB refuses the same new keys in two transactions.
        """
        try:
            self.write()
        except duckdb.Error:
            with self._lock, _rolled_back(cursor):
                # Somebody may have succeeded since; who comes meanwhile is not among these.
                if waiting := self._rows[:]:
                    self._move(cursor, waiting)
                yield
        else:
            cursor.begin()
            yield
            cursor.commit()

    def go_on(self, cursor: Cursor) -> None:
        """Go on with the file opened anew, or with a copy in its place: what waits is what it says."""
        left = {number for (number,) in cursor.execute("SELECT id FROM pending").fetchall()}
        self._rows = [(number, rows) for number, rows in self._rows if number in left]
        self.events.load(cursor, [event for _, rows in self._rows for event in rows.events])

    def close(self) -> None:
        """Close the cursor; whatever is written later opens another."""
        if self._cursor is not None:
            self._cursor.close()
            self._cursor = None

    def _move(self, cursor: Cursor, numbered: Sequence[tuple[int, Rows]]) -> Callable[[], None]:
        """Put rows into their tables, where nobody may find them twice: whoever sees them there sees none pending.

        Returns:
            What is to be called once that is committed.

        """
        (_, first), *others = numbered
        first.joined([rows for _, rows in others]).write(cursor)
        run(cursor, "DELETE FROM pending WHERE id <= ?", [numbered[-1][0]])
        return self.events.write(cursor, [event for _, rows in numbered for event in rows.events])


@contextlib.contextmanager
def _rolled_back(cursor: Cursor) -> Iterator[None]:
    cursor.begin()
    try:
        yield
    finally:
        with contextlib.suppress(duckdb.Error):
            cursor.rollback()


def left_behind(cursor: Cursor) -> list[bytes]:
    """Return what a process that ended before packed, the oldest first."""
    return [content for (content,) in cursor.execute("SELECT content FROM pending ORDER BY id").fetchall()]


def forget_left_behind(cursor: Cursor) -> None:
    """Delete what `left_behind` returns, once it is in the tables."""
    cursor.execute("DELETE FROM pending")
