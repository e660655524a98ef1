"""Arrays of one length that grow together."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_LEAST: Final = 1_024


class GrowingArrays:
    """Named arrays with a value a row; rows are only added, and values may be set.

    Adding copies all rows once in a while, so that a row costs little in the end. Whoever took the arrays before sees
    the rows of then.

    Args:
        dtypes: type of each array.

    """

    def __init__(self, dtypes: Mapping[str, npt.DTypeLike]) -> None:
        self._arrays = {name: np.empty(_LEAST, dtype) for name, dtype in dtypes.items()}
        self._length = 0

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._length

    def __getitem__(self, name: str) -> Array:
        """Return the values of one name."""
        return self._arrays[name][: self._length]

    @property
    def nbytes(self) -> int:
        """How many bytes they take."""
        return sum(array.nbytes for array in self._arrays.values())

    def append(self, rows: Mapping[str, Array]) -> None:
        """Add rows, given as an array for each name, all of one length."""
        start = self._length
        end = start + len(next(iter(rows.values())))
        for name, array in self._arrays.items():
            if end > len(array):
                grown = np.empty(max(end, len(array) + len(array) // 2), array.dtype)
                grown[:start] = array[:start]
                self._arrays[name] = array = grown  # noqa: PLW2901 - the same one, grown
            array[start:end] = rows[name]
        self._length = end

    def set(self, positions: Array, rows: Mapping[str, Array]) -> None:
        """Replace the values of some rows."""
        for name, values in rows.items():
            self._arrays[name][positions] = values
