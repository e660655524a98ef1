"""Computes the intersection over union of boxes."""

import numpy as np
from numpy.typing import NDArray


def overlaps(
    found: NDArray[np.float64], true: NDArray[np.float64], crowd: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Return the intersection over union of each found box with each true one, float64 [found, true].

    Args:
        found: float64 [n, 4]: left, top, right, bottom.
        true: float64 [m, 4], likewise.
        crowd: bool [m]; a box around a crowd counts as overlapped by the share of the *found* box that lies in it,
            as in the COCO API.

    """
    start = np.maximum(found[:, None, :2], true[None, :, :2])
    stop = np.minimum(found[:, None, 2:], true[None, :, 2:])
    shared = np.clip(stop - start, 0, None).prod(2)
    found_area, true_area = _area(found)[:, None], _area(true)[None]
    whole = found_area + true_area - shared
    if crowd is not None:
        whole = np.where(crowd, found_area, whole)
    return np.asarray(np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0), np.float64)


def _area(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(1))
