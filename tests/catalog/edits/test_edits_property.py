"""Whatever users say in whatever order, and whatever comes and goes meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from services.catalog.edits.drawing import Canvas
from services.catalog.edits.record import EditOutcome, EditRecord
from services.catalog.edits.target import Target, ToAutomatic, ToNewPerson, ToNobody, ToPerson
from services.catalog.filters import ALL_PEOPLE
from services.catalog.people.days import EVER, birth_number
from services.catalog.person_statements import PersonUpdate
from services.catalog.vocabulary import Box
from services.common.errors import FailedPreconditionError, Reason
from tests.catalog.clustering.synthetic import Embeddings, direction, galleries, sha256, unit
from tests.catalog.clustering.synthetic import face as seen_face
from tests.catalog.edits.library_machine import LibraryMachine, State

_PICK = st.integers(0, 60)
_ANGLES = st.integers(0, 12).map(lambda step: step / 6)
# Three people who are hard to tell apart.
_BLENDING = galleries(48, 3, seed=9, spread=0.9)
# In which a photo was taken, and at whose beginning people were born.
_YEARS = st.sampled_from([None, 2000, 2010, 2020])
_BIRTHS = st.sampled_from([None, date(1995, 1, 1), date(2005, 1, 1), date(2015, 1, 1)])


class EditMachine(LibraryMachine):
    """A library on disk, photos of up to three faces along two arcs, and a user who changes their mind."""

    def __init__(self) -> None:
        super().__init__()
        # Names that only their faces' deletion, a merge or a reassignment may end.
        self.apart: set[frozenset[str]] = set()
        self.states: dict[int, State] = {}
        self.quiet_since: int | None = None

    @initialize()
    def fill(self) -> None:
        for angle in (0, 0.05, 1.4, 1.45):
            self._index([direction(angle)])
        # Strangers, who may turn out to be one.
        for angle in (0, 1.1):
            self._index([direction(angle, 2)])

    @rule(angles=st.lists(_ANGLES, min_size=1, max_size=3), plane=st.integers(0, 1), year=_YEARS)
    def index(self, angles: list[float], plane: int, year: int | None) -> None:
        self._index_keeping_names([direction(angle, plane) for angle in angles], year)

    @rule(picks=st.lists(st.integers(0, len(_BLENDING) - 1), min_size=1, max_size=3, unique=True))
    def index_blending(self, picks: list[int]) -> None:
        self._index_keeping_names([_BLENDING[pick] for pick in picks])

    @precondition(lambda self: len(self.photos) > 2)
    @rule(pick=_PICK)
    def delete(self, pick: int) -> None:
        photo = self.photos.pop(pick % len(self.photos))
        before = self._names()
        faces = self._faces()
        image = self.library.find_image(sha256(photo))
        assert image is not None
        lost = {face.id for face in image.faces}
        left = {person for face, (person, _) in faces.items() if face not in lost}
        self.library.delete_image(sha256(photo))
        after = self._names()
        assert {person: name for person, name in before.items() if person in left} == after
        self.quiet_since = None

    @rule(pick=_PICK, name=st.sampled_from(["", "Ann", "Bob"]), hidden=st.booleans())
    def say(self, pick: int, name: str, hidden: bool) -> None:
        person = self._person(pick)
        if not person:
            return
        if self._people()[person][:2] == (name, hidden):
            assert self.library.edits.update(person, display_name=name, hidden=hidden).edit is None
            return
        self._do(lambda dry: self.library.edits.update(person, display_name=name, hidden=hidden, validate_only=dry))
        assert self._people()[person][:2] == (name, hidden)

    @rule(pick=_PICK, favorite=st.booleans(), born=_BIRTHS, cover=st.none() | _PICK)
    def say_more(self, pick: int, favorite: bool, born: date | None, cover: int | None) -> None:
        person = self._person(pick)
        if not person:
            return
        faces = [face for face, (owner, _) in self._faces().items() if owner == person]
        chosen = 0 if cover is None else faces[cover % len(faces)]
        said = PersonUpdate(favorite=favorite, birth_date=born, cover_face_id=chosen)
        if self._people()[person][4:] == (favorite, born, chosen):
            assert self.library.edits.update(person, **said).edit is None
            return
        early = self._early(person, born)
        if len(early) == len(faces):
            with pytest.raises(FailedPreconditionError) as caught:
                self.library.edits.update(person, **said)
            assert caught.value.reason is Reason.BIRTH_DATE_TAKES_ALL
            return
        self._do(lambda dry: self.library.edits.update(person, validate_only=dry, **said))
        assert self._people()[person][4:] == (favorite, born, chosen)
        left = {face for face, (owner, _) in self._faces().items() if owner == person}
        assert set(faces) - left == early, "not just those were let go that are too early"

    @rule(pick=_PICK, others=st.lists(_PICK, min_size=1, max_size=2))
    def merge(self, pick: int, others: list[int]) -> None:
        chosen = [self._person(one) for one in (pick, *others)]
        heir, *rest = dict.fromkeys(one for one in chosen if one) or [""]
        if not rest:
            return
        before, faces = self._people(), self._faces()
        self._do(lambda dry: self.library.edits.merge(heir, rest, validate_only=dry))
        after = self._people()
        names = [before[one][0] for one in (heir, *rest) if before[one][0]]
        births = [before[one][5] for one in (heir, *rest) if before[one][5]]
        covers = [before[one][6] for one in (heir, *rest) if before[one][6]]
        born = births[0] if births else None
        early = {face for face in self._early_of(born) if faces.get(face) == (heir, False)}
        assert after[heir][:3] == (
            names[0] if names else "",
            before[heir][1],
            sum(before[one][2] for one in (heir, *rest)) - len(early),
        )
        favorite = any(before[one][4] for one in (heir, *rest))
        assert after[heir][4:] == (favorite, born, covers[0] if covers else 0)
        assert not after.keys() & set(rest)
        moved = {face for face, (person, _) in faces.items() if person in rest}
        assert all(self._faces()[face] == (heir, True) for face in moved)
        self.apart = {pair for pair in self.apart if not pair & set(rest)}

    @rule(pick=_PICK, share=st.integers(1, 3), name=st.sampled_from(["", "Cat"]))
    def split(self, pick: int, share: int, name: str) -> None:
        person = self._person(pick)
        faces = [face for face, (owner, _) in self._faces().items() if person and owner == person]
        if len(faces) <= share:
            return
        edit = self._do(
            lambda dry: self.library.edits.split(person, faces[:share], display_name=name, validate_only=dry)
        )
        (new,) = {
            change.person_id for change in edit.people if change.faces_before == 0 and change.after.display_name == name
        }
        assert all(self._faces()[face] == (new, True) for face in faces[:share])
        self.apart.add(frozenset((person, new)))

    @rule(picks=st.lists(_PICK, min_size=1, max_size=4), pick=_PICK, kind=st.integers(0, 3))
    def reassign(self, picks: list[int], pick: int, kind: int) -> None:
        faces = self._faces()
        chosen = sorted({sorted(faces)[one % len(faces)] for one in picks}) if faces else []
        person = self._person(pick)
        if not chosen or not person:
            return
        targets: list[Target] = [ToPerson(person), ToNewPerson("Dot"), ToNobody(), ToAutomatic()]
        target = targets[kind]
        before = self._names()
        self._do(lambda dry: self.library.edits.reassign(chosen, target, validate_only=dry))
        after = self._faces()
        if isinstance(target, ToAutomatic):
            assert before.items() <= self._names().items(), "clustering took a name away"
            kept = [face for face in chosen if after[face][1]]
            assert all(after[face] == faces[face] and face in self._early_of_owner(face) for face in kept)
        else:
            assert all(after[face][1] for face in chosen)
            assert all(after[face] == state for face, state in faces.items() if face not in chosen), "others moved"
        if isinstance(target, ToPerson):
            assert {after[face][0] for face in chosen} == {person}
        if isinstance(target, ToNobody):
            assert {after[face][0] for face in chosen} == {None}

    @precondition(lambda self: self.photos)
    @rule(photo=_PICK, pick=_PICK, angle=_ANGLES, kind=st.integers(0, 3))
    def draw(self, photo: int, pick: int, angle: float, kind: int) -> None:
        on, person = self.photos[photo % len(self.photos)], self._person(pick)
        targets: list[Target] = [ToAutomatic(), ToNewPerson("Gil"), ToNobody()]
        target = [*targets, ToPerson(person) if person else ToAutomatic()][kind]
        self.strokes += 1
        where = Box(20 * (self.strokes % 30), 30 + 20 * (self.strokes // 30), 15, 15)
        canvas, seen = Canvas(sha256(on), where), replace(seen_face(direction(angle), 0.875), box=where)
        faces, names = self._faces(), self._names()
        drawing = self.library.edits.drawing
        edit = self._do(lambda dry: drawing.draw(canvas, seen, "space", target, validate_only=dry))
        (new,) = self._faces().keys() - faces.keys()
        self.embeddings[new], self.years[new] = direction(angle), self.photo_years[on]
        self.drawings[edit.id] = new
        owner, pinned = self._faces()[new]
        assert (edit.face_count >= 1, pinned) == (True, not isinstance(target, ToAutomatic))
        assert names.items() <= self._names().items(), "a face that was drawn took a name away"
        if isinstance(target, ToPerson):
            assert owner == person
        if isinstance(target, ToNobody):
            assert owner is None

    @rule(picks=st.lists(_PICK, min_size=1, max_size=3))
    def reject(self, picks: list[int]) -> None:
        faces = self._faces()
        chosen = sorted({sorted(faces)[one % len(faces)] for one in picks}) if faces else []
        if not chosen:
            return
        edit = self._do(lambda dry: self.library.edits.faces.reject(chosen, validate_only=dry))
        assert edit.face_count == len(chosen)
        assert self._faces() == {face: owner for face, owner in faces.items() if face not in chosen}, "others moved"
        assert set(chosen) <= self._rejected()

    @rule(pick=_PICK, count=st.integers(1, 3))
    def accept(self, pick: int, count: int) -> None:
        rejected = sorted(self._rejected())
        chosen = rejected[pick % len(rejected) :][:count] if rejected else []
        if not chosen:
            return
        before = self._names()
        self._do(lambda dry: self.library.edits.faces.accept(chosen, validate_only=dry))
        assert before.items() <= self._names().items(), "a face that came back took a name away"
        faces = self._faces()
        assert not any(faces[face][1] for face in chosen)
        assert self._rejected() == set(rejected) - set(chosen)

    @rule(pick=_PICK, other=_PICK, photos=st.integers(1, 4))
    def name_a_stranger(self, pick: int, other: int, photos: int) -> None:
        """Make a face of nobody a new person, whom photos then connect with another face of nobody."""
        strangers = [face for face, (person, _) in self._faces().items() if person is None]
        if len(strangers) < 2:
            return
        chosen = strangers.pop(pick % len(strangers))
        self._do(lambda dry: self.library.edits.reassign([chosen], ToNewPerson("Eve"), validate_only=dry))
        middle = self.embeddings[chosen] + self.embeddings[strangers[other % len(strangers)]]
        for _ in range(photos):
            self._index_keeping_names([unit(middle.astype(np.float64))])

    @rule(pick=_PICK, other=_PICK)
    def separate(self, pick: int, other: int) -> None:
        pair = {one for one in (self._person(pick), self._person(other)) if one}
        if len(pair) != 2:
            return
        if self.library.edits.separate(sorted(pair), validate_only=True).edit is None:
            before = self._state()
            assert self.library.edits.separate(sorted(pair)).edit is None
            assert self._state() == before
            return
        assert frozenset(pair) not in self.apart, "people who are told apart were told apart again"
        self._do(lambda dry: self.library.edits.separate(sorted(pair), validate_only=dry))
        self.apart.add(frozenset(pair))

    @rule(pick=_PICK)
    def undo(self, pick: int) -> None:
        edits = [edit for edit in self.library.history.page(limit=100).items if not edit.undone]
        if not edits:
            return
        # The newest more often, which nothing supersedes.
        edit = edits[max(0, pick - 20) % len(edits)]
        newest = edit == edits[0]
        before = self._state()
        if (reason := self._refusal(edit)) is not None:
            assert reason is Reason.EDIT_SUPERSEDED
            assert not newest, "the newest edit can always be undone"
            assert self._state() == before
            return
        assert self._state() == before
        assert self.library.undo.undo(edit.id).undone
        if edit.id in self.drawings:
            self.erased.add(self.drawings[edit.id])
            assert self.drawings[edit.id] not in self._faces().keys() | self._rejected()
        if newest and self.quiet_since == edit.id:
            faces, people = self.states[edit.id]
            assert self._faces() == faces, "undo did not restore all faces"
            assert self._people() == people, "undo did not restore all people"
        assert not self._created_by(edit) & self._people().keys(), "undo left a person that the edit created"
        self.quiet_since = None
        gone = {person for state in edit.people for person in [state.person_id] if person not in self._people()}
        self.apart = {pair for pair in self.apart if not pair & gone} - self._parted_by(edit)

    def _refusal(self, edit: EditRecord) -> Reason | None:
        try:
            self.library.undo.undo(edit.id, validate_only=True)
        except FailedPreconditionError as error:
            return error.reason
        return None

    def _created_by(self, edit: EditRecord) -> set[str]:
        _, before = self.states[edit.id]
        return {change.person_id for change in edit.people} - before.keys()

    def _parted_by(self, edit: EditRecord) -> set[frozenset[str]]:
        people = {change.person_id for change in edit.people}
        return {pair for pair in self.apart if pair <= people}

    @rule()
    def restart(self) -> None:
        before = self._state()
        self.library.close()
        self.library = self._open()
        self.library.memory.load_people()
        assert self._state() == before

    @invariant()
    def memory_is_as_the_rows(self) -> None:
        with self.library._database.exclusive():
            grouping = self.library._people.ensure_loaded()
            with self.library._database.read() as cursor:
                rows = cursor.execute("SELECT id, person, pinned FROM face ORDER BY id").fetchall()
                curated = cursor.execute("SELECT number FROM person WHERE revision > 0").fetchall()
                apart = set(cursor.execute("SELECT a, b FROM apart").fetchall())
                numbers = {row[0] for row in cursor.execute("SELECT number FROM person").fetchall()}
                told = cursor.execute("SELECT number, birth_date, chosen_cover_id FROM person").fetchall()
        ids = [row[0] for row in rows]
        assert list(zip(ids, grouping.people_of(ids), grouping.pinned(ids), strict=True)) == rows
        assert {number for (number,) in curated} == grouping._roster.curated & numbers
        assert apart == {pair for pair in grouping._roster.apart if set(pair) <= numbers}
        said = grouping._roster.said
        known = {number: (said.births.get(number, EVER), said.covers.get(number, 0)) for number in numbers}
        assert known == {number: (birth_number(born), cover) for number, born, cover in told}

    @invariant()
    def counts_are_those_of_the_faces(self) -> None:
        people = [person for person, _ in self._faces().values() if person]
        assert {person: row[2] for person, row in self._people().items()} == {one: people.count(one) for one in people}

    @invariant()
    def nobody_has_a_face_from_before_they_were_born_unless_a_user_says_so(self) -> None:
        faces = self._faces()
        for person, told in self._people().items():
            early = self._early_of(told[5])
            assert not any(faces[face] == (person, False) for face in early & faces.keys())

    @invariant()
    def nobody_sees_a_rejected_face(self) -> None:
        rejected, faces = self._rejected(), self._faces()
        assert rejected.isdisjoint(faces)
        grouping = self.library._people.ensure_loaded()
        assert not any(grouping.people_of(sorted(rejected)))
        shown = {face.id for image in self.library.list_images(limit=1000).items for face in image.faces}
        assert shown == faces.keys()
        record = self.library.record()
        assert record.face_count == len(faces)
        assert record.ungrouped_count == sum(person is None for person, _ in faces.values())

    @invariant()
    def the_chosen_face_is_shown_while_it_is_the_persons(self) -> None:
        faces = self._faces()
        for person, (*_, cover, _, _, chosen) in self._people().items():
            own = [face for face, (owner, _) in faces.items() if owner == person]
            assert cover == (chosen if chosen in own else min(own))

    @invariant()
    def separate_people_are_not_suggested_and_not_one(self) -> None:
        self.apart = {pair for pair in self.apart if pair <= self._people().keys()}
        for found in self.library.merges.page(ALL_PEOPLE, limit=100).items:
            assert frozenset((found.person.id, found.other.id)) not in self.apart

    def _do(self, edit: Callable[[bool], EditOutcome]) -> EditRecord:
        before = self._state()
        validate_only = True
        rehearsed = edit(validate_only).edit
        assert self._state() == before, "a rehearsal changed something"
        done = edit(not validate_only).edit
        assert rehearsed is not None
        assert done is not None
        assert (rehearsed.id, rehearsed.kind) == (0, done.kind)
        self.states[done.id], self.quiet_since = before, done.id
        return done

    def _index_keeping_names(self, embeddings: list[Embeddings], year: int | None = None) -> None:
        before = self._names()
        self._index(embeddings, year)
        assert before.items() <= self._names().items(), "a photo took a name away"
        self.quiet_since = None


EditMachine.TestCase.settings = settings(max_examples=5, stateful_step_count=25, deadline=None)
TestEdits = EditMachine.TestCase
