"""Draws galleries of whole people at random, of everyone or of those held out of fitting."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from accuracy.people.face_set import FaceSet, Labels

# The constants of the people layer were chosen on the first half of this permutation; it must stay as it is.
_SPLIT_SEED: Final = 7


class Part(StrEnum):
    """Whose faces: everybody's, or only those of people on whom nothing was fitted."""

    EVERYONE = "everyone"
    HELD_OUT = "held out"


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Several galleries of one size.

    Attributes:
        part: where the people come from.
        size: faces of each; None for all that there are.
        galleries: for each draw, int64 [size], indices of faces, in random order.

    """

    part: Part
    size: int | None
    galleries: tuple[Labels, ...]

    @property
    def faces(self) -> int:
        """Faces of each draw."""
        return len(self.galleries[0])

    @property
    def title(self) -> str:
        """What the size is called."""
        return f"all {self.faces:,}" if self.size is None else f"{self.size:,}"


def held_out(people: Labels) -> Labels:
    """Return the numbers of the people on whom the people layer was not fitted, of all that have a face."""
    everyone = np.unique(people[people >= 0])
    return np.random.default_rng(_SPLIT_SEED).permutation(everyone)[len(everyone) // 2 :]


def fitted(people: Labels) -> Labels:
    """Return the numbers of the people on whom it was."""
    return np.setdiff1d(people[people >= 0], held_out(people))


def draw(faces: FaceSet, part: Part, size: int | None, times: int) -> Draws:
    """Draw galleries; who does not fit any more is passed over, so that each has exactly `size` faces if it can.

    Every draw depends on its number and size alone.
    """
    candidates = np.unique(faces.people[faces.known()]) if part is Part.EVERYONE else held_out(faces.people)
    return Draws(part, size, tuple(_draw(faces.people, candidates, size, number) for number in range(times)))


def _draw(people: Labels, candidates: Labels, size: int | None, number: int) -> Labels:
    generator = np.random.default_rng([number, size or 0])
    order = generator.permutation(candidates)
    if size is None:
        return generator.permutation(np.flatnonzero(np.isin(people, order)))
    return generator.permutation(np.concatenate(list(_fill(people, order, size))))


def _fill(people: Labels, order: Labels, size: int) -> Iterator[Labels]:
    for person in order:
        own = np.flatnonzero(people == person)
        if len(own) <= size:
            size -= len(own)
            yield own
        if size == 0:
            return
