"""Measures a rival at all of its settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from accuracy.people.agreement import Agreement, agreement, mean
from accuracy.people.distances import Distances
from accuracy.people.face_set import FaceSet
from accuracy.people.gallery import Draws
from accuracy.people.rival import Rival, Setting


class Figure(StrEnum):
    """What is to be as high as possible; the names are those of `Agreement`."""

    PAIRWISE = "f"
    BCUBED = "bcubed_f"

    @property
    def heading(self) -> str:
        """What it is called."""
        return "pairwise F" if self is Figure.PAIRWISE else "BCubed F"

    def of(self, one: Agreement) -> float:
        """Return it, 0 to 1."""
        return one.f if self is Figure.PAIRWISE else one.bcubed_f


@dataclass(frozen=True, slots=True)
class Sweep:
    """The means over the draws of one size.

    Attributes:
        rival: who.
        agreements: for each of its settings.

    """

    rival: Rival
    agreements: tuple[Agreement, ...]

    def best(self, figure: Figure) -> tuple[Setting, Agreement]:
        """Return the setting with the highest mean of the figure, and its means."""
        at = max(range(len(self.agreements)), key=lambda place: figure.of(self.agreements[place]))
        return self.rival.settings[at], self.agreements[at]


def sweep(faces: FaceSet, draws: Draws, rivals: Sequence[Rival], advance: Callable[[], None]) -> tuple[Sweep, ...]:
    """Try every rival at every setting on every draw; `advance` is called for each draw and rival."""
    per_rival: list[list[list[Agreement]]] = [[] for _ in rivals]
    for gallery in draws.galleries:
        chosen = faces.take(gallery)
        distances = Distances(chosen.embeddings)
        for rival, results in zip(rivals, per_rival, strict=True):
            clusterings = rival.cluster(distances, rival.settings)
            results.append([agreement(labels, chosen.people) for labels in clusterings])
            advance()
    return tuple(
        Sweep(rival, tuple(mean(column) for column in zip(*results, strict=True)))
        for rival, results in zip(rivals, per_rival, strict=True)
    )
