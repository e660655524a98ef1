"""How much is measured: sizes and numbers of galleries, and of distractors."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Plan:
    """Galleries and distractors.

    Attributes:
        sizes: faces of a gallery, and how many are drawn; None for all faces there are.
        reordered: the size whose first gallery the people layer gets in a second order too.
        distracted: faces of the gallery that distractors are added to.
        distractors: how many are added to it in all, ascending; as far as there are so many.

    """

    sizes: tuple[tuple[int | None, int], ...]
    reordered: int
    distracted: int
    distractors: tuple[int, ...]


FULL: Final = Plan(((500, 24), (1500, 6), (None, 1)), 1500, 500, (0, 500, 1000, 2000, 4000))
QUICK: Final = Plan(((10, 2), (None, 1)), 10, 10, (0, 5))
