"""What holds of people under any sequence of photos, deletions, statements, failures and restarts."""

import contextlib
import itertools
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.people.correction import Correction
from services.catalog.people.days import EVER, UNKNOWN_DAY
from services.catalog.people.faces import Faces
from services.catalog.people.grouping import Grouping
from services.catalog.people.roster import NOBODY
from services.catalog.people.said import Said
from tests.catalog.people.likenesses import Likenesses
from tests.catalog.people.memory_transaction import MemoryTransaction

if TYPE_CHECKING:
    import numpy.typing as npt

    from tests.catalog.clustering.synthetic import Embeddings

_BLURRED, _CLEAR = 0.1, 0.9
_DAYS = st.sampled_from([5, 15, 25, 35, UNKNOWN_DAY])
_PICK = st.integers(0, 1000)
# Faces of a few people, of mixtures of two, and of nobody else; some are the same picture again.
_SHARES = st.one_of(
    st.tuples(st.tuples(st.integers(0, 4), st.sampled_from([0.75, 0.85, 0.95]))),
    st.integers(0, 3).map(lambda first: ((first, 0.75), (first + 1, 0.5))),
    st.integers(0, 3).map(lambda first: ((first, 0.5), (first + 1, 0.7))),
    st.just(()),
)
_FACES = st.lists(
    st.tuples(_SHARES, st.sampled_from([_CLEAR, _CLEAR, _BLURRED]), st.booleans()), min_size=1, max_size=3
)


def scores_of(keys: list[int]) -> "npt.NDArray[np.float32]":
    """Return the detector's confidence in faces: four values, so that many are the same."""
    return np.array([0.6 + 0.1 * (key % 4) for key in keys], np.float32)


class FailedError(Exception):
    """The write that a change belongs to failed."""


def write(*, fails: bool) -> None:
    """Stand in for the rows of a change."""
    if fails:
        raise FailedError


class PeopleMachine(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.likenesses = Likenesses()
        self.last: Embeddings = self.likenesses.of(0)
        self.rows: dict[int, tuple[int, Embeddings, float]] = {}
        self.people: dict[int, int] = {}
        self.pinned: dict[int, bool] = {}
        self.curated: set[int] = set()
        self.ever: set[int] = set()
        self.numbers = itertools.count(1)
        self.keys = itertools.count(1)
        self.photos = itertools.count(1)
        self.excused: set[tuple[int, int]] = set()
        # Of photos the day on which they were taken; of people the day on which they were born, and the chosen face.
        self.days: dict[int, int] = {}
        self.births: dict[int, int] = {}
        self.covers: dict[int, int] = {}
        self.grouping = self.opened()

    def opened(self) -> Grouping:
        keys = sorted(self.rows)
        faces = Faces(
            np.array(keys, np.int64),
            np.array([self.rows[key][0] for key in keys], np.int64),
            np.array([self.rows[key][1] for key in keys], np.float32).reshape(-1, 512),
            np.array([self.rows[key][2] for key in keys]),
            scores_of(keys),
            np.array([self.people[key] for key in keys], np.int32),
            np.array([self.pinned[key] for key in keys], np.bool_),
            np.array([self.days[self.rows[key][0]] for key in keys], np.int32),
        )
        said = Said(frozenset(self.curated), births=self.births, covers=self.covers)
        return Grouping(ClusteringParameters(), faces, said)

    def take(self) -> int:
        number = next(self.numbers)
        assert number not in self.ever
        self.ever.add(number)
        return number

    def pick(self, picked: int) -> int:
        keys = sorted(self.rows)
        return keys[picked % len(keys)]

    @rule(new=_FACES, day=_DAYS, fails=st.sampled_from([False, False, True]))
    def photo(self, new: list[tuple[tuple[tuple[int, float], ...], float, bool]], day: int, fails: bool) -> None:
        keys, photo = [next(self.keys) for _ in new], next(self.photos)
        self.days[photo] = day
        rows = {}
        for key, (shares, quality, again) in zip(keys, new, strict=True):
            self.last = self.last if again else self.likenesses.face(*shares)
            rows[key] = (photo, self.last, quality)
        faces = Faces(
            np.array(keys),
            np.full(len(keys), photo),
            np.stack([rows[key][1] for key in keys]),
            np.array([rows[key][2] for key in keys]),
            scores_of(keys),
            days=np.full(len(keys), day, np.int32),
        )
        curated = self.of_curated()
        try:
            with MemoryTransaction() as transaction:
                self.grouping.insert(faces, transaction, self.take)
                write(fails=fails)
        except FailedError:
            return
        self.rows |= rows
        self.pinned |= dict.fromkeys(keys, False)
        self.note()
        assert all(self.people[key] == person for key, person in curated.items()), "a user's person lost a face"

    @precondition(lambda self: self.rows)
    @rule(picks=st.lists(_PICK, min_size=1, max_size=4), fails=st.sampled_from([False, False, True]))
    def delete(self, picks: list[int], fails: bool) -> None:
        keys = sorted({self.pick(picked) for picked in picks})
        curated = self.of_curated()
        try:
            with MemoryTransaction() as transaction:
                self.grouping.remove(keys, transaction, self.take)
                write(fails=fails)
        except FailedError:
            return
        for key in keys:
            del self.rows[key], self.pinned[key]
        self.note()
        assert all(self.people[key] == person for key, person in curated.items() if key in self.rows)

    @precondition(lambda self: self.rows)
    @rule(picked=_PICK)
    def name(self, picked: int) -> None:
        if (person := self.people[self.pick(picked)]) != NOBODY:
            self.curated.add(person)
            self.grouping.correct(Correction(curated=frozenset({person})), MemoryTransaction(), self.take)

    @precondition(lambda self: self.rows)
    @rule(picked=_PICK, birth=st.sampled_from([EVER, 10, 20, 30]), fails=st.sampled_from([False, False, True]))
    def say_when_somebody_was_born(self, picked: int, birth: int, fails: bool) -> None:
        person = self.people[self.pick(picked)]
        early = [key for key in self.of(person) if self.day(key) < birth and not self.pinned[key]]
        if person == NOBODY or len(early) == len(self.of(person)):
            return
        curated = self.of_curated()
        try:
            with MemoryTransaction() as transaction:
                correction = Correction(curated=frozenset({person}), births={person: birth})
                self.grouping.correct(correction, transaction, self.take)
                write(fails=fails)
        except FailedError:
            return
        before = set(self.of(person))
        self.curated.add(person)
        self.births[person] = birth
        self.note()
        assert before - set(self.of(person)) == set(early), "not just those were let go that are too early"
        assert all(self.people[key] == owner for key, owner in curated.items() if key not in early)

    @precondition(lambda self: self.rows)
    @rule(picked=_PICK, chosen=_PICK, fails=st.sampled_from([False, False, True]))
    def choose_a_cover(self, picked: int, chosen: int, fails: bool) -> None:
        person, face = self.people[self.pick(picked)], self.pick(chosen)
        if person == NOBODY:
            return
        try:
            with MemoryTransaction() as transaction:
                correction = Correction(curated=frozenset({person}), covers={person: face})
                self.grouping.correct(correction, transaction, self.take)
                write(fails=fails)
        except FailedError:
            return
        self.curated.add(person)
        self.covers[person] = face

    @precondition(lambda self: self.rows)
    @rule(
        picks=st.lists(_PICK, min_size=1, max_size=3),
        goal=st.one_of(st.none(), _PICK, st.just("nobody"), st.just("automatic")),
        fails=st.sampled_from([False, False, True]),
    )
    def state(self, picks: list[int], goal: int | str | None, fails: bool) -> None:
        keys = {self.pick(picked) for picked in picks}
        person = NOBODY
        if goal is None:
            person = self.take()
        elif isinstance(goal, int):
            person = self.people[self.pick(goal)]
        pinned = goal != "automatic"
        curated = self.of_curated()
        correction = Correction(
            dict.fromkeys(keys, person), pinned, curated=frozenset({person} - {NOBODY} if pinned else ())
        )
        try:
            with MemoryTransaction() as transaction:
                self.grouping.correct(correction, transaction, self.take)
                write(fails=fails)
        except FailedError:
            return
        self.curated |= correction.curated
        self.pinned |= dict.fromkeys(keys, pinned)
        self.note()
        assert all(self.people[key] == owner for key, owner in curated.items() if key not in keys)
        if pinned:
            assert {self.people[key] for key in keys} == {person}
            self.excused |= {(person, self.rows[key][0]) for key in keys}

    @precondition(lambda self: self.rows)
    @rule(moved=_PICK, let_go=_PICK, deleted=_PICK)
    def several_changes_that_fail_together(self, moved: int, let_go: int, deleted: int) -> None:
        """Change the same faces again and again in one write; `nothing_changes_by_failing_or_reopening` looks."""
        photo = next(self.photos)
        key = next(self.keys)
        new = Faces(np.array([key]), np.array([photo]), self.last[np.newaxis], np.array([_CLEAR]), scores_of([key]))
        with contextlib.suppress(FailedError), MemoryTransaction() as transaction:
            self.grouping.insert(new, transaction, self.take)
            person = self.take()
            corrections = [
                Correction({self.pick(moved): person, int(new.ids[0]): person}, curated=frozenset({person})),
                Correction({self.pick(let_go): NOBODY, self.pick(moved): NOBODY}, pinned=False),
            ]
            for correction in corrections:
                self.grouping.correct(correction, transaction, self.take)
            self.grouping.remove(sorted({self.pick(deleted), int(new.ids[0])}), transaction, self.take)
            raise FailedError

    @rule()
    def think_again(self) -> None:
        curated = self.of_curated()
        self.grouping.regroup(self.grouping.groups(), MemoryTransaction(), self.take)
        self.note()
        assert all(self.people[key] == person for key, person in curated.items())

    @rule()
    def reopen(self) -> None:
        self.grouping = self.opened()

    def of(self, person: int) -> list[int]:
        return [key for key, owner in self.people.items() if owner == person]

    def day(self, key: int) -> int:
        return self.days[self.rows[key][0]]

    def of_curated(self) -> dict[int, int]:
        return {key: person for key, person in self.people.items() if person in self.curated}

    def note(self) -> None:
        """Take over the people, and check that what was told of the change is what changed."""
        self.people = dict(zip(self.rows, self.grouping.people_of(list(self.rows)), strict=True))
        self.curated &= set(self.people.values())

    @invariant()
    def nothing_changes_by_failing_or_reopening(self) -> None:
        keys = list(self.rows)
        assert self.grouping.people_of(keys) == [self.people[key] for key in keys]
        assert self.grouping.pinned(keys) == [self.pinned[key] for key in keys]
        for person in set(self.people.values()) - {NOBODY}:
            faces = sorted(key for key in keys if self.people[key] == person)
            assert self.grouping.faces_of(person).tolist() == faces
            (counts,) = self.grouping.counts([person])
            assert (counts.faces, counts.images) == (len(faces), len({self.rows[key][0] for key in faces}))
            best = max(faces, key=lambda key: (scores_of([key])[0], -key))
            chosen = self.covers.get(person)
            assert counts.cover == (chosen if chosen in faces else best)
            assert counts.cover_score == scores_of([counts.cover])[0]

    @invariant()
    def what_is_kept_of_people_equals_what_their_faces_add_up_to(self) -> None:
        assert self.grouping.suggestions(99) == self.opened().suggestions(99)

    @invariant()
    def a_person_has_two_clear_faces_or_a_user_who_said_so(self) -> None:
        clear: dict[int, int] = {}
        for key, person in self.people.items():
            clear[person] = clear.get(person, 0) + (self.rows[key][2] == _CLEAR)
        assert all(count >= 2 or person in self.curated | {NOBODY} for person, count in clear.items())

    @invariant()
    def one_photo_shows_nobody_twice_unless_a_user_says_so(self) -> None:
        seen = set()
        for key, person in self.people.items():
            place = (person, self.rows[key][0])
            assert person == NOBODY or place not in seen or place in self.excused
            seen.add(place)

    @invariant()
    def nobody_has_a_face_from_before_they_were_born_unless_a_user_says_so(self) -> None:
        for key, person in self.people.items():
            assert self.pinned[key] or self.day(key) >= self.births.get(person, EVER)

    @invariant()
    def pinned_to_nobody_stays_with_nobody(self) -> None:
        for key, pinned in self.pinned.items():
            assert not pinned or self.people[key] in self.curated | {NOBODY}


TestPeople = PeopleMachine.TestCase
TestPeople.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
