"""All rows that come with new images: their own, and what changes of the people whom their faces join."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from services.catalog.events import Change, Event, EventRow, Resource
from services.catalog.people.counts import PersonCounts
from services.catalog.storage.apart import forget_apart
from services.catalog.storage.database import Cursor
from services.catalog.storage.face_owners import set_people
from services.catalog.storage.faces import FACE_COLUMNS
from services.catalog.storage.images import IMAGE_COLUMNS, LABEL_COLUMNS, read_hashes
from services.catalog.storage.packed_rows import pack, unpack
from services.catalog.storage.paging import rows_among
from services.catalog.storage.pending import Rows, forget_left_behind, left_behind
from services.catalog.storage.people import delete_people, insert_people, write_counts
from services.catalog.storage.previews import PREVIEW_COLUMNS
from services.catalog.storage.sources import SOURCE_COLUMNS
from services.catalog.storage.statements import insert
from services.catalog.storage.transaction import Transaction

Row = Sequence[object]
# Of images, labels, places, faces and previews. Rows that an older version left behind have the columns of then.
Columns = tuple[str, ...]
_COLUMNS: Final[Columns] = (IMAGE_COLUMNS, LABEL_COLUMNS, SOURCE_COLUMNS, FACE_COLUMNS, PREVIEW_COLUMNS)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person whom new faces have founded.

    Attributes:
        id: of the person.
        create_time: naive UTC.

    """

    id: str
    create_time: datetime


@dataclass(slots=True)
class NewRows:
    """Rows that are to be written, each the values of its table's statement.

    Attributes:
        columns: what the values of images, labels, sources, faces and previews are.
        images: one an image.
        labels: one for each label of each image.
        sources: one a place.
        faces: by face, without whose they are.
        owners: face -> number of its person, 0 for nobody; of all new faces, and of those that changed person.
        people: those who were founded, by number.
        counts: what the faces of people add up to, by number, of all who lost or gained some.
        gone: numbers of people who have no faces any more.
        previews: one an image that has one.
        ids: of all these people, by number.
        events: see `Rows`.

    """

    columns: Columns = _COLUMNS
    images: list[Row] = field(default_factory=list)
    labels: list[Row] = field(default_factory=list)
    sources: list[Row] = field(default_factory=list)
    faces: dict[int, Row] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)
    people: dict[int, NewPerson] = field(default_factory=dict)
    counts: dict[int, PersonCounts] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    previews: list[Row] = field(default_factory=list)
    ids: dict[int, str] = field(default_factory=dict)
    events: Sequence[Event] = ()

    @property
    def size(self) -> int:
        """Of how many images they are."""
        return len(self.images)

    @property
    def first_image(self) -> int:
        """The id of one of the images, 0 if there is none."""
        return int(str(self.images[0][0])) if self.images else 0

    def remove_people(self, numbers: Sequence[int]) -> None:
        """Note that people are gone."""
        for number in numbers:
            self.counts.pop(number, None)
            # Nobody else has seen who came and went before the rows were written.
            if self.people.pop(number, None) is None:
                self.gone.add(number)

    def joined(self, later: Sequence[Rows]) -> "NewRows":
        """Return these rows and later ones as they are in the end."""
        whole = NewRows(self.columns)
        for rows in (self, *later):
            if not isinstance(rows, NewRows) or rows.columns != self.columns:
                raise TypeError("only rows of one kind are written together")
            whole.images += rows.images
            whole.labels += rows.labels
            whole.sources += rows.sources
            whole.previews += rows.previews
            whole.faces |= rows.faces
            whole.owners |= rows.owners
            whole.people |= rows.people
            whole.counts |= rows.counts
            whole.ids |= rows.ids
            whole.remove_people(sorted(rows.gone))
        return whole

    def write(self, cursor: Cursor) -> None:
        """Put them into their tables."""
        of_images, of_labels, of_sources, of_faces, of_previews = self.columns
        insert(cursor, "image", of_images, self.images)
        insert(cursor, "image_label", of_labels, self.labels)
        insert(cursor, "source", of_sources, self.sources)
        insert(cursor, "preview", of_previews, self.previews)
        insert_people(
            cursor,
            [(number, one.id, one.create_time, self.counts.get(number)) for number, one in self.people.items()],
        )
        insert(cursor, "face", of_faces, [(*row, self.owners[face]) for face, row in self.faces.items()])
        moved = [(face, person) for face, person in self.owners.items() if face not in self.faces]
        set_people(cursor, [face for face, _ in moved], [person for _, person in moved])
        forget_apart(cursor, delete_people(cursor, self.gone).erased)
        write_counts(cursor, [one for number, one in sorted(self.counts.items()) if number not in self.people])

    def event_rows(self) -> list[EventRow]:
        """Return what happens to the images, each at its own time, and to people, at that of the last image."""
        columns = self.columns[0].split(", ")
        time, number, sha256 = (columns.index(name) for name in ("create_time", "id", "sha256"))
        told = [(cast("datetime", row[time]), cast("int", row[number]), str(row[sha256])) for row in self.images]
        images = [EventRow(at, Change.CREATED, Resource.IMAGE, image, name) for at, image, name in told]
        if not images:
            return []
        people = dict.fromkeys(sorted(self.counts), Change.UPDATED)
        people |= dict.fromkeys(self.people, Change.CREATED) | dict.fromkeys(sorted(self.gone), Change.DELETED)
        last = images[-1].time
        return images + [EventRow(last, change, Resource.PERSON, one, self.ids[one]) for one, change in people.items()]

    def pack(self) -> bytes:
        """Return them as bytes."""
        people = [(number, one.id, one.create_time) for number, one in self.people.items()]
        counts = [(one.person, one.faces, one.images, one.cover, one.cover_score) for one in self.counts.values()]
        faces, owners = list(self.faces.items()), list(self.owners.items())
        of_people = [people, counts, sorted(self.gone)]
        events = [(one.seq, one.time, one.change, one.resource, one.number, one.name) for one in self.events]
        of_images = [self.images, self.labels, self.sources]
        return pack([self.columns, *of_images, faces, owners, *of_people, self.previews, events])

    @classmethod
    def unpack(cls, packed: bytes) -> "NewRows":
        """Return the rows that `pack` made bytes of."""
        columns, images, labels, sources, faces, owners, people, counts, gone, *later = unpack(packed)
        if not later:
            # Of a version that kept no previews.
            columns, later = [*columns, PREVIEW_COLUMNS], [[]]
        # Older versions gave events their numbers when they put rows into their tables.
        previews, events = later if len(later) > 1 else (*later, [])
        return cls(
            columns=tuple(columns),
            images=images,
            labels=labels,
            sources=sources,
            faces=dict(faces),
            owners=dict(owners),
            people={number: NewPerson(person_id, create_time) for number, person_id, create_time in people},
            counts={count[0]: PersonCounts(*count) for count in counts},
            gone=set(gone),
            previews=previews,
            events=[
                Event(seq, time, Change(change), Resource(resource), number, name)
                for seq, time, change, resource, number, name in events
            ],
        )


def recover_rows(transaction: Transaction) -> None:
    """Put the rows into their tables that a process before left pending."""
    packed = left_behind(transaction.cursor)
    if not packed:
        return
    left = [NewRows.unpack(rows) for rows in packed]
    # An older version may have copied them to their tables as well, when it wrote the file anew on a full disk.
    written = read_hashes(transaction.cursor, {rows.first_image for rows in left})
    missing = [rows for rows in left if rows.first_image not in written]
    if missing:
        whole, events = missing[0].joined(missing[1:]), [event for rows in missing for event in rows.events]
        if events:
            transaction.recover_events(events)
            whole.write(transaction.cursor)
        else:
            whole.ids = {number: one.id for number, one in whole.people.items()}
            others = (whole.counts.keys() | whole.gone) - whole.ids.keys()
            whole.ids |= rows_among(transaction.cursor, "person", "id", "number", others)
            transaction.write(whole)
    forget_left_behind(transaction.cursor)
