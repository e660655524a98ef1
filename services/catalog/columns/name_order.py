"""Images in the order of the names of their files."""

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.columns.pages import LAST

# More are sorted sooner than each of them is looked up.
_MANY: Final = 2_000
# Of a text in memory, beside its characters.
_TEXT_BYTES: Final = 57


@dataclass(frozen=True, slots=True, eq=False)
class NameOrder:
    """The names of images as they were at one moment, in any case.

    Attributes:
        names: of each image, by its position; empty for none.
        order: positions of those that have one, by name, then by position.

    """

    names: Sequence[str] = ()
    order: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))

    def values(self, count: int, *, descending: bool) -> npt.NDArray[np.int64]:
        """Return by what the first `count` images are ordered: the smallest first, those without a name last."""
        values = np.full(max(count, len(self.names)), LAST)
        ranks = 2 * np.arange(len(self.order))
        values[self.order] = -ranks if descending else ranks
        return values[:count]

    def value_of(self, name: str, position: int, *, descending: bool) -> int:
        """Return the value of an image, or between which it would be if it had this name, as `values` has it."""
        if not name:
            return int(LAST)
        place = self._place(name, position)
        there = place < len(self.order) and self._key(int(self.order[place])) == (name, position)
        value = 2 * place if there else 2 * place - 1
        return -value if descending else value

    def changed(self, names: Mapping[int, str]) -> "NameOrder":
        """Return the order after images, given by their positions, got other names, or their first ones."""
        grown = [*self.names, *[""] * (max(names, default=-1) + 1 - len(self.names))]
        for position, name in names.items():
            grown[position] = name
        kept = NameOrder(grown, self.order[~np.isin(self.order, np.fromiter(names, np.int32, len(names)))])
        moved = sorted((position for position, name in names.items() if name), key=kept._key)
        if len(moved) > _MANY:
            positions = (position for position, name in enumerate(grown) if name)
            return NameOrder(grown, np.array(sorted(positions, key=grown.__getitem__), np.int32))
        places = [kept._place(grown[position], position) for position in moved]
        return NameOrder(grown, np.insert(kept.order, places, moved).astype(np.int32, copy=False))

    @property
    def nbytes(self) -> int:
        """About how many bytes they take."""
        return self.order.nbytes + (_TEXT_BYTES + 8) * len(self.names) + sum(map(len, self.names))

    def _key(self, position: int) -> tuple[str, int]:
        return self.names[position], position

    def _place(self, name: str, position: int) -> int:
        # numpy's own arrays are sequences in all but name.
        order: Sequence[int] = self.order  # type: ignore[assignment]
        return bisect.bisect_left(order, (name, position), key=lambda other: self._key(int(other)))
