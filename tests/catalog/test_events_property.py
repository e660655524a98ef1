"""Who applies events to what was listed once has what a list shows now, whatever happens and however it is read."""

import contextlib
import shutil
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.catalog.edits.drawing import Canvas
from services.catalog.edits.target import ToAutomatic, ToNobody, ToPerson
from services.catalog.events import Change, Event, Position, Resource
from services.catalog.filters import ALL_PEOPLE, FaceFilter
from services.catalog.library import Library
from services.catalog.person_record import PersonRecord
from services.catalog.records import ImageRecord
from services.catalog.vocabulary import Box
from services.common.errors import AlreadyExistsError, FailedPreconditionError, NotFoundError
from tests.catalog.clustering.synthetic import analysis, direction, face, sha256
from tests.catalog.erased import compact

ALL = 10**6
_PICK = st.integers(0, 60)
_ANGLES = st.integers(0, 12).map(lambda step: step / 6)
Images = dict[str, ImageRecord]
People = dict[str, PersonRecord]
Edits = dict[str, object]


class Copy:
    """What somebody keeps of a library by what is told."""

    def __init__(self, library: Library, place: Position) -> None:
        self.place = place
        self.images, self.people, self.edits = images_of(library), people_of(library), edits_of(library)

    def follow(self, library: Library, limit: int) -> None:
        more = True
        while more:
            batch = library.events.read(self.place, limit)
            for event in batch.events:
                if event.resource is Resource.IMAGE:
                    self._follow_image(library, event)
                elif event.resource is Resource.PERSON:
                    self._follow_person(library, event)
                elif event.resource is Resource.EDIT:
                    # It is told as it is by now, and none is forgotten.
                    self.edits[event.name] = edits_of(library)[event.name]
            self.place, more = batch.position, batch.more
        assert self.images == images_of(library)
        assert self.people == people_of(library)
        assert self.edits == edits_of(library)

    def _follow_image(self, library: Library, event: Event) -> None:
        if event.change is Change.DELETED:
            gone = [sha for sha, image in self.images.items() if image.number == event.number]
            assert not event.name or set(gone) <= {event.name}
            for sha in gone:
                del self.images[sha]
        else:
            image = library.find_image(event.name)
            assert image is not None
            assert image.number == event.number
            self.images[event.name] = _own(image)

    def _follow_person(self, library: Library, event: Event) -> None:
        if event.change is Change.DELETED:
            self.people.pop(event.name, None)
        else:
            self.people[event.name] = library.get_person(event.name)


def images_of(library: Library) -> Images:
    return {image.sha256: _own(image) for image in library.list_images(limit=ALL).items}


def people_of(library: Library) -> People:
    return {person.id: person for person in library.list_people(ALL_PEOPLE, limit=ALL).items}


def edits_of(library: Library) -> Edits:
    return {str(edit.id): edit for edit in library.history.page(limit=ALL).items}


class WatchedLibrary(RuleBasedStateMachine):
    """A library, and two who keep a copy of it by what is told."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.library = Library(self.folder / "a.duckdb", "a")
        self.photos: list[str] = []
        self.made = 0

    def teardown(self) -> None:
        try:
            self.slow.follow(self.library, limit=7)
        finally:
            self.library.close()
            shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        for plane in (0, 1):
            for angle in (0, 0.05, 0.1, 1.4, 1.45, 1.5):
                self.index([angle], plane, 0)
        place = self.library.events.position()
        # What happens between the token and the list is told again.
        self.index([0.1], 0, 1)
        self.quick, self.slow = Copy(self.library, place), Copy(self.library, place)

    @invariant()
    def one_who_is_quick_has_all(self) -> None:
        self.quick.follow(self.library, limit=ALL)

    @rule(limit=st.integers(1, 9))
    def one_who_is_slow_has_all(self, limit: int) -> None:
        self.slow.follow(self.library, limit)

    @rule(angles=st.lists(_ANGLES, max_size=3), plane=st.integers(0, 1), place=st.integers(0, 5))
    def index(self, angles: list[float], plane: int, place: int) -> None:
        self.made += 1
        faces = [direction(angle, plane) for angle in angles]
        # A place that holds another photo is one whose file was edited.
        self.library.add_image(analysis(str(self.made), *faces, source=f"file:///{place}" if place else ""))
        self.photos.append(str(self.made))

    @rule(count=st.integers(9, 12))
    def index_many(self, count: int) -> None:
        self.library.additions.add_all([analysis(f"{self.made} {number}", direction(0.3)) for number in range(count)])
        self.made += 1

    @rule(pick=_PICK, place=st.integers(0, 5))
    def move(self, pick: int, place: int) -> None:
        photo = self.photos[pick % len(self.photos)]
        if self.library.find_image(sha256(photo)) is not None:
            self.library.add_image(analysis(photo, source=f"file:///{place}"))

    @rule(pick=_PICK)
    def delete(self, pick: int) -> None:
        photo = self.photos[pick % len(self.photos)]
        if self.library.find_image(sha256(photo)) is not None:
            self.library.delete_image(sha256(photo))

    @rule(place=st.integers(1, 5))
    def forget(self, place: int) -> None:
        self.library.forget_sources([f"file:///{place}"])

    @rule(pick=_PICK, name=st.sampled_from(["", "Ann", "Bob"]), hidden=st.booleans())
    def say(self, pick: int, name: str, hidden: bool) -> None:
        if person := self._person(pick):
            self.library.edits.update(person, display_name=name, hidden=hidden)

    @rule(pick=_PICK, favorite=st.booleans(), born=st.none() | st.just(date(2000, 1, 1)), cover=_PICK)
    def say_more(self, pick: int, favorite: bool, born: date | None, cover: int) -> None:
        if person := self._person(pick):
            own = self.library.list_faces(FaceFilter(person), limit=ALL).items
            chosen = own[cover % len(own)].id
            self.library.edits.update(person, favorite=favorite, birth_date=born, cover_face_id=chosen)

    @rule(pick=_PICK, other=_PICK)
    def merge(self, pick: int, other: int) -> None:
        one, gone = self._person(pick), self._person(other)
        if one != gone:
            self.library.edits.merge(one, [gone])

    @rule(pick=_PICK, other=_PICK)
    def separate(self, pick: int, other: int) -> None:
        one, two = self._person(pick), self._person(other)
        if one != two:
            self.library.edits.separate([one, two])

    @rule(pick=_PICK, which=_PICK)
    def reassign(self, pick: int, which: int) -> None:
        faces = self.library.list_faces(limit=ALL).items
        if faces:
            person = self._person(pick)
            self.library.edits.reassign([faces[which % len(faces)].id], ToPerson(person) if person else ToNobody())

    @rule(pick=_PICK, angle=_ANGLES, place=st.integers(1, 9))
    def draw(self, pick: int, angle: float, place: int) -> None:
        photo = self.photos[pick % len(self.photos)]
        where = Box(40 * place, 60, 30, 30)
        seen = replace(face(direction(angle)), box=where)
        # It may be deleted, and somebody may have drawn a face there before.
        with contextlib.suppress(NotFoundError, AlreadyExistsError):
            self.library.edits.drawing.draw(Canvas(sha256(photo), where), seen, "space", ToAutomatic())

    @rule(pick=_PICK)
    def undo(self, pick: int) -> None:
        edits = [edit for edit in self.library.history.page(limit=ALL).items if not edit.undone]
        if edits:
            # A later one may stand in the way.
            with contextlib.suppress(FailedPreconditionError):
                self.library.undo.undo(edits[pick % len(edits)].id)

    @rule()
    def recluster(self) -> None:
        run = self.library.reclustering.begin()
        while run.advance():
            pass
        run.close()

    @precondition(lambda self: self.made % 4 == 0)
    @rule()
    def compact(self) -> None:
        compact(self.library)

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.library = Library(self.folder / "a.duckdb", "a")

    def _person(self, pick: int) -> str:
        people = self.library.list_people(ALL_PEOPLE, limit=ALL).items
        return people[pick % len(people)].id if people else ""


def _own(image: ImageRecord) -> ImageRecord:
    """Return an image without whose its faces are, which is told of the people."""
    return replace(image, faces=())


TestWatchedLibrary = WatchedLibrary.TestCase
TestWatchedLibrary.settings = settings(max_examples=5, stateful_step_count=25, deadline=None)
