"""Values that are equal, and the largest groups of them."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

# How many times as many values there may be between the smallest and the largest as there are values: counting over
# all of them is quicker than sorting.
_DENSE: Final = 4


@dataclass(frozen=True, slots=True)
class Groups:
    """Values by what they are equal to.

    Attributes:
        values: those that there are, ascending.
        sizes: how often each is there.
        of: the group of each value that was given.

    """

    values: Numbers
    sizes: Numbers
    of: Numbers

    def __len__(self) -> int:
        """Return how many groups there are."""
        return len(self.values)


def groups_of(values: npt.NDArray[Any]) -> Groups:
    """Return the groups of int64 [n]."""
    values = values.astype(np.int64, copy=False)
    if not len(values):
        return Groups(values, values, values)
    low, high = int(values.min()), int(values.max())
    if high - low > _DENSE * len(values) + 1_024:
        found, of, sizes = np.unique(values, return_inverse=True, return_counts=True)
        return Groups(found, sizes.astype(np.int64), of.astype(np.int64))
    counts = np.bincount(values - low)
    places = np.flatnonzero(counts)
    numbers = np.zeros(len(counts), np.int64)
    numbers[places] = np.arange(len(places))
    return Groups(places + low, counts[places].astype(np.int64), numbers[values - low])


def merged(groups: Groups, values: Numbers) -> Groups:
    """Return groups of groups: those whose new value, one a group, is the same."""
    outer = groups_of(values)
    sizes = np.zeros(len(outer), np.int64)
    np.add.at(sizes, outer.of, groups.sizes)
    return Groups(outer.values, sizes, outer.of[groups.of])


def contenders(sizes: Numbers, limit: int) -> npt.NDArray[np.intp]:
    """Return where the `limit` largest sizes are, and all that are equal to the last of them, in no order."""
    if len(sizes) <= limit:
        return np.arange(len(sizes))
    return np.flatnonzero(sizes >= np.partition(sizes, len(sizes) - limit)[len(sizes) - limit])


def largest(sizes: Numbers, ties: npt.NDArray[Any], limit: int) -> npt.NDArray[np.intp]:
    """Return where the `limit` largest sizes are, the largest first; of equal ones that of the smallest tie."""
    chosen = contenders(sizes, limit)
    return chosen[np.lexsort((ties[chosen], -sizes[chosen]))][:limit]


def firsts(groups: Groups, ranks: Numbers, *, last: bool = False) -> Numbers:
    """Return of each group which of the given values has the least rank: of equal ones the first, or the `last`."""
    least = np.full(len(groups), np.iinfo(np.int64).max)
    np.minimum.at(least, groups.of, ranks)
    hits = np.flatnonzero(ranks == least[groups.of])
    found = np.zeros(len(groups), np.int64)
    # Where a group is written more than once, the last one stays.
    hits = hits if last else hits[::-1]
    found[groups.of[hits]] = hits
    return found
