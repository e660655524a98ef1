"""What changes in a library, for those who watch it: by number, so that no trace of what is erased is left."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, unique
from typing import Final, NamedTuple

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_MICROSECOND: Final = timedelta(microseconds=1)


@unique
class Change(IntEnum):
    """What happened; the values are stored."""

    CREATED = 1
    UPDATED = 2
    DELETED = 3


@unique
class Resource(IntEnum):
    """What it happened to; the values are stored."""

    LIBRARY = 1
    IMAGE = 2
    PERSON = 3
    EDIT = 4
    ALBUM = 5
    FOLDER = 6


@dataclass(frozen=True, slots=True)
class EventBounds:
    """How many events a library keeps.

    Attributes:
        count: the newest so many; somewhat more for a while.
        days: for so long; the newest is kept in any case.

    """

    count: int = 100_000
    days: float = 7


class EventFeed(NamedTuple):
    """Where the events of libraries go.

    Attributes:
        bounds: how many each library keeps.
        announce: called with the id of a library after each commit of something that somebody may watch for, in the
            thread that commits, and once the library is erased.
        folders: called with the id of a library when users have changed its folders, likewise.

    """

    bounds: EventBounds = EventBounds()
    announce: Callable[[str], None] = lambda _: None
    folders: Callable[[str], None] = lambda _: None


class EventRow(NamedTuple):
    """An event that is to be stored.

    Attributes:
        time: naive UTC.
        change: what happened.
        resource: to what kind of thing.
        number: which one; 0 for the library itself.
        name: its id; may be empty where a row tells it.

    """

    time: datetime
    change: Change
    resource: Resource
    number: int
    name: str = ""


class Position(NamedTuple):
    """A place in the history of a library: after this event.

    Attributes:
        seq: its sequence number.
        micros: its time, in microseconds since 1970, which tells it from one of the same number of another history.

    """

    seq: int
    micros: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        seq: sequence number: grows with each event of the library, not always by one.
        time: naive UTC.
        change: what happened.
        resource: to what kind of thing.
        number: which one; 0 for the library itself.
        name: its id; empty for the library itself, and for an image that is erased for good.

    """

    seq: int
    time: datetime
    change: Change
    resource: Resource
    number: int
    name: str

    @property
    def position(self) -> Position:
        """The place after it."""
        return position(self.seq, self.time)


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Events that follow each other; of each resource the last, which stands for those before.

    Attributes:
        events: in order.
        position: after all that they stand for.
        more: whether there are others behind it already.

    """

    events: tuple[Event, ...]
    position: Position
    more: bool


class Changes:
    """What one write changes, each resource once, in the order of the last change."""

    def __init__(self) -> None:
        self._changes: dict[tuple[Resource, int], tuple[Change, str]] = {}

    def note(self, resource: Resource, numbers: Iterable[int], change: Change) -> None:
        """Note what happens to resources."""
        for number in numbers:
            self._note(resource, number, change, "")

    def note_gone(self, resource: Resource, names: Mapping[int, str]) -> None:
        """Note that resources are deleted: number -> id."""
        for number, name in names.items():
            self._note(resource, number, Change.DELETED, name)

    def rows(self, time: datetime) -> list[EventRow]:
        """Return what is to be stored; `time` is naive UTC."""
        return [
            EventRow(time, change, resource, number, name)
            for (resource, number), (change, name) in self._changes.items()
        ]

    def _note(self, resource: Resource, number: int, change: Change, name: str) -> None:
        before, _ = self._changes.pop((resource, number), (None, ""))
        if before is Change.CREATED and change is Change.DELETED:
            return  # Nobody else has seen it.
        self._changes[resource, number] = (merged(before, change), name)


def combined(events: Iterable[Event]) -> list[Event]:
    """Return what events come to: of each resource the last, which stands for those before."""
    last = dict[tuple[Resource, int], Event]()
    for event in events:
        before = last.pop((event.resource, event.number), None)
        change = merged(before.change if before else None, event.change)
        last[event.resource, event.number] = replace(event, change=change)
    return list(last.values())


def merged(before: Change | None, after: Change) -> Change:
    """Return what two changes of one resource are together, for somebody who may have seen what was between them."""
    return Change.CREATED if before is Change.CREATED and after is Change.UPDATED else after


def position(seq: int, time: datetime) -> Position:
    """Return the place after an event; `time` is naive UTC."""
    return Position(seq, (time - _EPOCH) // _MICROSECOND)
