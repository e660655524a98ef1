"""Rows of numbers by slot, which grow at the end: in the process's own memory, or in a file."""

from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from services.catalog.clustering.files import RowFile
from services.catalog.clustering.growing import grow
from services.catalog.clustering.similarity import Indices, Vectors

T = TypeVar("T", bound=np.generic)


class Rows(Generic[T]):
    """An array [capacity, width], zeros where nothing was written, that is scanned as a whole.

    It is always in memory. A file may follow what is written, so that the next start finds it.

    Args:
        array: what it begins with, and takes over.
        file: that holds the same rows, if there is one.

    Attributes:
        array: not to be kept across `grow`.

    """

    def __init__(self, array: npt.NDArray[T], file: RowFile[T] | None = None) -> None:
        self.array = array
        self._file = file

    def write(self, slots: Indices, numbers: npt.NDArray[T]) -> None:
        """Put `numbers`, [m, width], into `slots`, int64 [m].

        Raises:
            OSError: the file can't be written.

        """
        self.array[slots] = numbers
        if self._file is not None:
            self._file.write(slots, numbers)

    def grow(self, capacity: int) -> None:
        """Have room for `capacity` rows; no view of the array may be in use."""
        grow(self.array, capacity)

    def follow_in(self, file: RowFile[T]) -> None:
        """Have `file`, which holds the same rows, follow from now on."""
        self._file = file


class VectorRows:
    """Vectors by slot, of which a few are looked at, at a time: a file is read, and takes no memory.

    Args:
        array: float32 [capacity, d], what it begins with, and takes over.

    Attributes:
        array: the same while they are in memory, and without a row where they are in a file; not to be kept across
            `grow` and `move`.
        capacity: number of slots with room.

    """

    def __init__(self, array: Vectors) -> None:
        self.array = array
        self.capacity = len(array)
        self._file: RowFile[np.float32] | None = None

    @property
    def in_file(self) -> bool:
        """Whether they are in a file, which may be damaged."""
        return self._file is not None

    def take(self, slots: Indices) -> Vectors:
        """Return a copy of the vectors in `slots`, float32 [m, d]; of a file, whatever is there.

        Raises:
            OSError: they can't be read.

        """
        return self.array[slots] if self._file is None else self._file.read(slots)

    def write(self, slots: Indices, vectors: Vectors) -> None:
        """Put `vectors`, float32 [m, d], into `slots`, int64 [m].

        Raises:
            OSError: the disk is full.

        """
        if self._file is not None:
            self._file.write(slots, vectors)
        elif len(slots) and slots[-1] - slots[0] == len(slots) - 1 and (np.diff(slots) == 1).all():
            # A slice is copied much faster than scattered rows.
            self.array[slots[0] : slots[-1] + 1] = vectors
        else:
            self.array[slots] = vectors

    def grow(self, capacity: int) -> None:
        """Have room for `capacity` vectors; no view of the array may be in use."""
        if self._file is None:
            grow(self.array, capacity)
        self.capacity = capacity

    def move(self, file: RowFile[np.float32], capacity: int) -> None:
        """Go on with `file`, which holds the same vectors."""
        self.array, self._file, self.capacity = np.empty((0, self.array.shape[1]), np.float32), file, capacity
