"""Arrays that grow in place."""

import numpy as np


def grow(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]], rows: int) -> None:
    """Bring `array` to `rows` rows, new ones being zero; no view of its memory may be in use.

    The allocator moves large blocks by remapping their pages, with neither a copy nor twice the memory.
    """
    array.resize((rows, *array.shape[1:]), refcheck=False)
