"""Where each face is in the neighbour index: its slot, by key."""

from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.similarity import Indices

NO_SLOT: Final = -1


class SlotMap:
    """Slots by key, 4 bytes for every key up to the highest: keys are ids that a counter gives.

    A dictionary takes a hundred bytes an entry, and finds a few hundred of them much more slowly.
    """

    def __init__(self) -> None:
        self._slot: npt.NDArray[np.int32] = np.empty(0, np.int32)
        self._count = 0

    def __len__(self) -> int:
        """Return the number of keys."""
        return self._count

    def __contains__(self, key: int) -> bool:
        """Return whether the key has a slot."""
        return 0 <= key < len(self._slot) and self._slot[key] != NO_SLOT

    def check_new(self, keys: Indices) -> None:
        """Refuse `keys`, int64 [m], that can't be added.

        Raises:
            ValueError: one has a slot already or occurs twice.

        """
        if len(np.unique(keys)) < len(keys) or (self.find(keys) != NO_SLOT).any():
            raise ValueError("a key occurs twice")

    def add(self, keys: Indices, slots: Indices) -> None:
        """Note the slots of new `keys`, int64 [m]."""
        self._reserve(int(keys.max(initial=-1)) + 1)
        self._slot[keys] = slots
        self._count += len(keys)

    def remove(self, keys: Indices) -> None:
        """Forget `keys`, int64 [m], all different and all with a slot."""
        self._slot[keys] = NO_SLOT
        self._count -= len(keys)

    def find(self, keys: Indices) -> Indices:
        """Return the slot of each of `keys`, int64 [m], -1 where there is none."""
        slots = np.full(len(keys), NO_SLOT, np.int64)
        known = (keys >= 0) & (keys < len(self._slot))
        slots[known] = self._slot[keys[known]]
        return slots

    def slots(self, keys: Indices) -> Indices:
        """Return the slot of each of `keys`, int64 [m].

        Raises:
            KeyError: a key has none.

        """
        try:
            slots = self._slot[keys].astype(np.int64)
        except IndexError:
            slots = self.find(keys)
        if (slots < 0).any():
            raise KeyError(int(keys[slots < 0][0]))
        return slots

    def _reserve(self, size: int) -> None:
        missing = size - len(self._slot)
        if missing > 0:
            self._slot = np.pad(self._slot, (0, missing + len(self._slot) // 8), constant_values=NO_SLOT)
