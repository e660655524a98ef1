"""The results of the people layer and its rivals on galleries of one size."""

from dataclasses import dataclass

import numpy as np

from accuracy.people.agreement import Agreement, mean
from accuracy.people.face_set import FaceSet
from accuracy.people.gallery import Draws
from accuracy.people.sweep import Figure, Sweep


@dataclass(frozen=True, slots=True)
class Comparison:
    """Means over the draws of one size.

    Attributes:
        draws: the galleries.
        people: mean number of people in a gallery.
        layer: of the people layer.
        spread: largest difference that the order of the faces made, by figure; empty where it was not tried.
        sweeps: of the rivals.

    """

    draws: Draws
    people: float
    layer: Agreement
    spread: dict[Figure, float]
    sweeps: tuple[Sweep, ...]

    def strongest(self, figure: Figure) -> tuple[str, float]:
        """Return the rival whose best is highest, and that."""
        name, best = max(
            ((one.rival.name, figure.of(one.best(figure)[1])) for one in self.sweeps), key=lambda item: item[1]
        )
        return name, best


def compare(faces: FaceSet, draws: Draws, layer: list[list[Agreement]], sweeps: tuple[Sweep, ...]) -> Comparison:
    """Return the means.

    Args:
        faces: all faces.
        draws: the galleries.
        layer: the people layer's figures for each draw, in one order or several.
        sweeps: those of the rivals.

    """
    people = [len(np.unique(faces.people[gallery])) for gallery in draws.galleries]
    tried = [orders for orders in layer if len(orders) > 1]
    spread = {figure: max(_range([figure.of(one) for one in orders]) for orders in tried) for figure in Figure if tried}
    return Comparison(
        draws,
        float(np.mean(people)),
        mean([mean(orders) for orders in layer]),
        spread,
        sweeps,
    )


def _range(values: list[float]) -> float:
    return max(values) - min(values)
