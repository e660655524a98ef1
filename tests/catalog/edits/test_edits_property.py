"""Whatever users say in whatever order, and whatever comes and goes meanwhile."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.catalog.edits.record import EditOutcome, EditRecord
from services.catalog.edits.target import Target, ToAutomatic, ToNewPerson, ToNobody, ToPerson
from services.catalog.filters import ALL_PEOPLE
from services.catalog.library import Library
from services.common.errors import FailedPreconditionError, Reason
from tests.catalog.clustering.synthetic import Embeddings, analysis, direction, galleries, sha256, unit

_PICK = st.integers(0, 60)
_ANGLES = st.integers(0, 12).map(lambda step: step / 6)
# Three people who are hard to tell apart.
_BLENDING = galleries(48, 3, seed=9, spread=0.9)
State = tuple[dict[int, tuple[str | None, bool]], dict[str, tuple[str, bool, int, int]]]


class EditMachine(RuleBasedStateMachine):
    """A library on disk, photos of up to three faces along two arcs, and a user who changes their mind."""

    # How long a deleted photo is kept.
    trash = timedelta(0)

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.library = self._open()
        self.photos: list[str] = []
        self.made = 0
        self.embeddings: dict[int, Embeddings] = {}
        # Names that only their faces' deletion, a merge or a reassignment may end.
        self.apart: set[frozenset[str]] = set()
        self.states: dict[int, State] = {}
        self.quiet_since: int | None = None

    def teardown(self) -> None:
        self.library.close()
        shutil.rmtree(self.folder)

    @initialize()
    def fill(self) -> None:
        for angle in (0, 0.05, 1.4, 1.45):
            self._index([direction(angle)])
        # Strangers, who may turn out to be one.
        for angle in (0, 1.1):
            self._index([direction(angle, 2)])

    @rule(angles=st.lists(_ANGLES, min_size=1, max_size=3), plane=st.integers(0, 1))
    def index(self, angles: list[float], plane: int) -> None:
        self._index_keeping_names([direction(angle, plane) for angle in angles])

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
        assert after[heir][:3] == (
            names[0] if names else "",
            before[heir][1],
            sum(before[one][2] for one in (heir, *rest)),
        )
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
        (new,) = {change.person_id for change in edit.people if change.faces_before == 0 and change.name_after == name}
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
            assert not any(after[face][1] for face in chosen)
        else:
            assert all(after[face][1] for face in chosen)
            assert all(after[face] == state for face, state in faces.items() if face not in chosen), "others moved"
        if isinstance(target, ToPerson):
            assert {after[face][0] for face in chosen} == {person}
        if isinstance(target, ToNobody):
            assert {after[face][0] for face in chosen} == {None}

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
        ids = [row[0] for row in rows]
        assert list(zip(ids, grouping.people_of(ids), grouping.pinned(ids), strict=True)) == rows
        assert {number for (number,) in curated} == grouping._roster.curated & numbers
        assert apart == {pair for pair in grouping._roster.apart if set(pair) <= numbers}

    @invariant()
    def counts_are_those_of_the_faces(self) -> None:
        people = [person for person, _ in self._faces().values() if person]
        assert {person: row[2] for person, row in self._people().items()} == {one: people.count(one) for one in people}

    @invariant()
    def separate_people_are_not_suggested_and_not_one(self) -> None:
        self.apart = {pair for pair in self.apart if pair <= self._people().keys()}
        for found in self.library.merges.page(ALL_PEOPLE, limit=100).items:
            assert frozenset((found.person.id, found.other.id)) not in self.apart

    def _open(self) -> Library:
        return Library(self.folder / "a.duckdb", "a", trash=self.trash)

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

    def _index_keeping_names(self, embeddings: list[Embeddings]) -> None:
        before = self._names()
        self._index(embeddings)
        assert before.items() <= self._names().items(), "a photo took a name away"
        self.quiet_since = None

    def _index(self, embeddings: list[Embeddings]) -> None:
        self.made += 1
        self.photos.append(f"photo {self.made}")
        # A detector's scores are float32, as their column is.
        self.library.add_image(analysis(self.photos[-1], *embeddings, score=0.875))
        image = self.library.find_image(sha256(self.photos[-1]))
        assert image is not None
        self.embeddings |= zip(sorted(face.id for face in image.faces), embeddings, strict=True)

    def _person(self, pick: int) -> str:
        # By their faces: ids are drawn at random, and picks must mean the same when an example is run again.
        people = list(dict.fromkeys(person for person, _ in self._faces().values() if person))
        return people[pick % len(people)] if people else ""

    def _faces(self) -> dict[int, tuple[str | None, bool]]:
        return {face.id: (face.person_id, face.pinned) for face in self.library.list_faces(limit=1000).items}

    def _people(self) -> dict[str, tuple[str, bool, int, int]]:
        people = self.library.list_people(ALL_PEOPLE, limit=1000).items
        return {one.id: (one.display_name, one.hidden, one.face_count, one.cover_face_id) for one in people}

    def _names(self) -> dict[str, str]:
        return {person: row[0] for person, row in self._people().items() if row[0]}

    def _state(self) -> State:
        return self._faces(), self._people()


EditMachine.TestCase.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)
TestEdits = EditMachine.TestCase
