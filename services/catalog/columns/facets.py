"""How many images are of which kind, of those kinds that columns tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.columns.groups import Numbers, firsts, groups_of, largest
from services.catalog.columns.image_columns import NO_TEXT, NO_TIME, ImageView
from services.catalog.columns.mask import Mask
from services.catalog.columns.timeline import Granularity, taken_in

_SOUTH: Final = -90.0
_WEST: Final = -180.0


@dataclass(frozen=True, slots=True)
class Kinds:
    """Images by numbered kinds.

    Attributes:
        values: the number of each kind.
        sizes: how many images are of each.
        missing: how many images are of none.

    """

    values: Numbers
    sizes: Numbers
    missing: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the map that holds images, as the box around them; degrees, and how many there are.

    Attributes:
        south: edge of the box.
        west: edge of the box.
        north: edge of the box.
        east: edge of the box.
        images: how many.
        last_id: the image that was indexed last.

    """

    south: float
    west: float
    north: float
    east: float
    images: int
    last_id: int


def labels(view: ImageView, mask: Mask) -> Kinds:
    """Return the images by the ids of their labels."""
    images, ids = view.labels["image"], view.labels["label"]
    # Labels of images that came after the view was taken are there already; they are at the end.
    images = images[: np.searchsorted(images, len(mask))]
    meant = mask[images]
    labelled = np.zeros(len(mask), np.bool_)
    labelled[images[meant]] = True
    groups = groups_of(ids[: len(images)][meant])
    return Kinds(groups.values, groups.sizes, int(np.count_nonzero(mask)) - int(np.count_nonzero(labelled)))


def media_types(view: ImageView, mask: Mask) -> Kinds:
    """Return the images by the places of their media types among the texts of the column."""
    groups = groups_of(view.columns["mime_type"][mask])
    return Kinds(groups.values, groups.sizes, 0)


def cameras(view: ImageView, mask: Mask, limit: int) -> tuple[list[tuple[str, str, int]], int, int]:
    """Return make, model and count of cameras; how many others there are, and how many images have none."""
    makes, models = view.columns["camera_make"][mask], view.columns["camera_model"][mask]
    known = (makes != NO_TEXT) | (models != NO_TEXT)
    width = len(view.texts["camera_model"]) + 1
    groups = groups_of((makes[known].astype(np.int64) + 1) * width + models[known] + 1)
    names = [
        (_text(view.texts["camera_make"], pair // width), _text(view.texts["camera_model"], pair % width))
        for pair in groups.values.tolist()
    ]
    chosen = largest(groups.sizes, ranks_of(names), limit)
    found = [(*names[one], int(groups.sizes[one])) for one in chosen]
    return found, len(groups) - len(found), int(np.count_nonzero(~known))


def spans(
    view: ImageView, mask: Mask, granularity: Granularity, first: date | None = None, last: date | None = None
) -> Kinds:
    """Return the images by months or days since 1970, only days from `first` to `last`."""
    times = view.columns["capture_time"][mask]
    dated = times[times != NO_TIME]
    groups = taken_in(dated, granularity)
    within = np.ones(len(groups), np.bool_)
    if first is not None:
        within &= groups.values >= _day_number(first)
    if last is not None:
        within &= groups.values <= _day_number(last)
    return Kinds(groups.values[within], groups.sizes[within], len(times) - len(dated))


def cells(view: ImageView, mask: Mask, degrees: float, limit: int) -> tuple[list[Cell], int, int]:
    """Return the cells of a grid on the map; how many others there are, and how many images are nowhere.

    Of equal ones those in the south come first, then those in the west.
    """
    positions = np.flatnonzero(mask)
    latitude, longitude = view.columns["latitude"][positions], view.columns["longitude"][positions]
    known = ~np.isnan(latitude)
    positions, latitude, longitude = positions[known], latitude[known], longitude[known]
    rows = np.floor((latitude - _SOUTH) / degrees).astype(np.int64)
    columns = np.floor((longitude - _WEST) / degrees).astype(np.int64)
    width = int(np.ceil(-2 * _WEST / degrees)) + 1
    groups = groups_of(rows * width + columns)
    chosen = largest(groups.sizes, groups.values, limit)
    newest = positions[firsts(groups, -positions)[chosen]] if len(chosen) else positions
    south, north = _extent(groups.of, latitude, len(groups))
    west, east = _extent(groups.of, longitude, len(groups))
    found = [
        Cell(
            float(south[one]), float(west[one]), float(north[one]), float(east[one]), int(groups.sizes[one]),
            int(view.ids[image]),
        )
        for one, image in zip(chosen, newest, strict=True)
    ]  # fmt: skip
    return found, len(groups) - len(found), int(np.count_nonzero(~known))


def ranks_of(texts: Sequence[object]) -> Numbers:
    """Return the rank of each of some texts, or tuples of texts, in their order."""
    ranks = np.empty(len(texts), np.int64)
    ranks[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))  # type: ignore[arg-type]
    return ranks


def _text(texts: Sequence[str], code: int) -> str:
    """Return a text by its place, counted from 1; 0 is none."""
    return texts[code - 1] if code else ""


def _day_number(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def _extent(
    of: Numbers, values: npt.NDArray[np.float64], count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the least and the greatest value of each group."""
    least, greatest = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(least, of, values)
    np.maximum.at(greatest, of, values)
    return least, greatest
