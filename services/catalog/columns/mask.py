"""Which images meet a condition."""

import operator as comparison
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from services.catalog.columns.image_columns import NO_TEXT, NO_TIME, ImageView
from services.catalog.columns.times import microseconds
from services.catalog.expressions.conditions import (
    AllOf,
    AnyOf,
    Collected,
    Compared,
    Condition,
    Located,
    Mentioned,
    Not,
    NumberField,
    Present,
    Reference,
    Seen,
    Shown,
    ShownAlone,
    TextField,
    Within,
    Written,
)
from services.catalog.expressions.syntax import Operator
from services.common.cancellation import current_cancellation

Mask = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]

_COMPARE: Final[Mapping[Operator, Callable[[Any, Any], Any]]] = {
    Operator.EQUAL: comparison.eq,
    Operator.NOT_EQUAL: comparison.ne,
    Operator.LESS: comparison.lt,
    Operator.AT_MOST: comparison.le,
    Operator.GREATER: comparison.gt,
    Operator.AT_LEAST: comparison.ge,
}
_TIMES: Final = {NumberField.CAPTURE_TIME, NumberField.CREATE_TIME}
_IN_MEMORY: Final = {
    TextField.MIME_TYPE: "mime_type",
    TextField.CAMERA_MAKE: "camera_make",
    TextField.CAMERA_MODEL: "camera_model",
}


class Lookups(Protocol):
    """Finds in the rows what is in no column; ids of images come in no order, and perhaps more than once."""

    def label(self, name: str) -> int | None:
        """Return the id of a label; None if the library has never seen it."""
        ...

    def texts_written(self, texts: Sequence[str], pattern: tuple[str, ...]) -> Ids:
        """Return the places in `texts` of those that are as a pattern says."""
        ...

    def images_written(self, field: TextField, pattern: tuple[str, ...]) -> Ids:
        """Return the images with a text that is as a pattern says; any text if it is empty."""
        ...

    def images_showing(self, person: Reference | None) -> Ids:
        """Return the images with a face of a person, or of anybody."""
        ...

    def images_of_these_alone(self, people: tuple[Reference, ...]) -> Ids:
        """Return the images with faces of all these people, and no other face."""
        ...

    def images_collected(self, album: Reference | None) -> Ids:
        """Return the images in an album whose images were chosen, or in any."""
        ...

    def smart_albums(self, album: Reference) -> Sequence[Condition | None]:
        """Return what images of the smart albums that are meant must meet; None if it is met by all."""
        ...

    def person_counts(self) -> tuple[Ids, npt.NDArray[np.int64]]:
        """Return the images that show people, each once, and how many."""
        ...

    def images_mentioning(self, word: str) -> Ids:
        """Return the images of which a word is written anywhere."""
        ...


def mask_of(condition: Condition | None, view: ImageView, lookups: Lookups) -> Mask:
    """Return of each image whether it is there and meets a condition."""
    if condition is None:
        return view.alive.copy()
    mask: Mask = _Evaluation(view, lookups).of(condition) & view.alive
    return mask


def _mask(values: npt.NDArray[Any]) -> Mask:
    return values.astype(np.bool_, copy=False)


class _Evaluation:
    def __init__(self, view: ImageView, lookups: Lookups) -> None:
        self._view = view
        self._lookups = lookups

    def of(self, condition: Condition) -> Mask:  # noqa: C901, PLR0911, PLR0912 - one case a kind of condition
        view, lookups = self._view, self._lookups
        # A hundred words are looked for in all rows.
        current_cancellation().check()
        match condition:
            case AllOf(conditions):
                return reduce(np.logical_and, map(self.of, conditions))
            case AnyOf(conditions):
                return reduce(np.logical_or, map(self.of, conditions))
            case Not(inner):
                return ~self.of(inner)
            case Compared():
                return self._compared(condition)
            case Written(field, pattern):
                return self._written(field, pattern)
            case Present(field):
                return self._present(field)
            case Located():
                return ~np.isnan(view.columns["latitude"])
            case Within():
                return self._within(condition)
            case Seen():
                return self._seen(condition)
            case Shown(person):
                return view.mask_of(lookups.images_showing(person))
            case ShownAlone(people):
                return view.mask_of(lookups.images_of_these_alone(people))
            case Mentioned(word):
                return view.mask_of(lookups.images_mentioning(word))
            case Collected(album):
                return self._collected(album)

    def _collected(self, album: Reference | None) -> Mask:
        mask = self._view.mask_of(self._lookups.images_collected(album))
        for condition in self._lookups.smart_albums(album) if album is not None else ():
            mask |= self._view.alive if condition is None else self.of(condition)
        return mask

    def _compared(self, condition: Compared) -> Mask:
        values = self._numbers(condition.field)
        compare = _COMPARE[condition.operator]
        if isinstance(condition.value, datetime):
            return _mask(compare(values, microseconds(condition.value)) & (values != NO_TIME))
        return _mask(compare(values, condition.value))

    def _numbers(self, field: NumberField) -> npt.NDArray[Any]:
        if field is NumberField.PERSON_COUNT:
            counts = np.zeros(len(self._view), np.int64)
            ids, found = self._lookups.person_counts()
            order = np.argsort(ids)
            known = np.isin(ids[order], self._view.ids, assume_unique=True)
            counts[self._view.positions_of(ids[order][known])] = found[order][known]
            return counts
        return self._view.columns[field.value]

    def _written(self, field: TextField, pattern: tuple[str, ...]) -> Mask:
        column = _IN_MEMORY.get(field)
        if column is None:
            return self._view.mask_of(self._lookups.images_written(field, pattern))
        return np.isin(self._view.columns[column], self._lookups.texts_written(self._view.texts[column], pattern))

    def _present(self, field: TextField | NumberField) -> Mask:
        if field in _TIMES:
            return _mask(self._view.columns[field.value] != NO_TIME)
        if isinstance(field, NumberField):
            return _mask(self._numbers(field) != 0)
        column = _IN_MEMORY.get(field)
        if column is None:
            return self._view.mask_of(self._lookups.images_written(field, ()))
        return _mask(self._view.columns[column] != NO_TEXT)

    def _within(self, box: Within) -> Mask:
        latitude, longitude = self._view.columns["latitude"], self._view.columns["longitude"]
        tall = (latitude >= box.south) & (latitude <= box.north)
        if box.west <= box.east:
            return _mask(tall & (longitude >= box.west) & (longitude <= box.east))
        return _mask(tall & ((longitude >= box.west) | (longitude <= box.east)))

    def _seen(self, condition: Seen) -> Mask:
        labels = self._view.labels
        chosen: Any = slice(None)
        if condition.label is not None:
            label = self._lookups.label(condition.label)
            chosen = labels["label"] == (NO_TEXT if label is None else label)
        if condition.operator is not None:
            chosen = chosen & _COMPARE[condition.operator](labels["score"], np.float32(condition.score))
        images = labels["image"][chosen]
        mask = np.zeros(len(self._view), np.bool_)
        # Labels of images that came after the view was taken are there already.
        mask[images[images < len(mask)]] = True
        return mask
