"""Pages of images in an order."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.catalog.columns.image_columns import NO_TIME, ImageView
from services.catalog.columns.mask import Mask

# Of an image without a value.
LAST: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class PlaceInOrder:
    """Where an image is in an order.

    Attributes:
        value: what it is ordered by: images with smaller ones come first.
        id: of the image; those of one value follow by it.

    """

    value: int
    id: int


def order_values(view: ImageView, column: str, *, descending: bool) -> npt.NDArray[np.int64]:
    """Return by what images are ordered: the smallest first, those without a value last."""
    values = view.columns[column].astype(np.int64)
    missing = values == NO_TIME
    ordered = -values if descending else values.copy()
    ordered[missing] = LAST
    return ordered


def ranked_values(
    view: ImageView, ids: npt.NDArray[np.int64], ranks: npt.NDArray[np.int64], *, descending: bool
) -> npt.NDArray[np.int64]:
    """Return by what images are ordered that have a rank each; those of which none is given come last."""
    values = np.full(len(view), LAST)
    order = np.argsort(ids)
    ids = ids[order]
    positions = np.searchsorted(view.ids, ids)
    # An image that was added after the view was taken is not in it.
    known = positions < len(view)
    known[known] = view.ids[positions[known]] == ids[known]
    values[positions[known]] = (-ranks if descending else ranks)[order][known]
    return values


def page_in_order(
    view: ImageView,
    mask: Mask,
    values: npt.NDArray[np.int64],
    after: PlaceInOrder | None,
    wanted: int,
    *,
    descending: bool,
    backward: bool = False,
) -> list[PlaceInOrder]:
    """Return the first images of an order that come after a place, or the last that come before it.

    Args:
        view: the images.
        mask: which of them are meant.
        values: by what they are ordered, as `order_values` returns it.
        after: where the page starts; None for the beginning.
        wanted: the most that are returned.
        descending: whether among equal ones the greatest id comes first.
        backward: whether those before the place are wanted, the nearest first.

    """
    if backward:
        values, descending = -values, not descending
        after = None if after is None else PlaceInOrder(-after.value, after.id)
    ids = -view.ids if descending else view.ids
    if after is not None:
        last_id = -after.id if descending else after.id
        mask = mask & ((values > after.value) | ((values == after.value) & (ids > last_id)))
    positions: npt.NDArray[Any] = np.flatnonzero(mask)
    if len(positions) > wanted:
        # All that are not beyond the last one wanted, those equal to it included.
        chosen = values[positions]
        bound = np.partition(chosen, wanted - 1)[wanted - 1]
        positions = positions[chosen <= bound]
    ranked = positions[np.lexsort((ids[positions], values[positions]))][:wanted]
    sign = -1 if backward else 1
    return [PlaceInOrder(sign * int(values[position]), int(view.ids[position])) for position in ranked]
