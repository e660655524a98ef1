"""Which images hold which labels, in memory: a page of several labels would otherwise read thousands of rows."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalog.storage.database import Cursor
from services.catalog.storage.statements import run

_Ids = npt.NDArray[np.int64]

_NEWER: Final = "SELECT image_id, label_id FROM image_label WHERE image_id > ? ORDER BY label_id, image_id"
_NONE: Final[_Ids] = np.empty(0, np.int64)
# So many images of the rarest label are looked at first, for each that is wanted and each other label; then so many
# times as many.
_LOOKED_AT: Final = 4


@dataclass(frozen=True, slots=True)
class _Labelled:
    """The images of each label, ascending, up to the one that is called the newest."""

    images: Mapping[int, _Ids]
    newest: int

    def of(self, labels: Sequence[int]) -> list[_Ids]:
        return [self.images.get(label, _NONE) for label in labels]


class LabelIndex:
    """Images by label, 8 bytes for each label of each: of all images up to one, read when somebody gets there.

    The labels of an image never change, and an image that comes later has a higher id than all that were ever there.
    So nobody has to tell the index of changes: it asks for newer images when it has no more, and who looks for the rows
    of what it finds misses those that are deleted, or too new to be seen. Methods may be called from any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._labelled = _Labelled({}, 0)

    @property
    def nbytes(self) -> int:
        """How many bytes it takes."""
        return sum(images.nbytes for images in self._labelled.images.values())

    def find(self, cursor: Cursor, labels: Sequence[int], low: int, wanted: int) -> list[int]:
        """Return up to `wanted` images above the id `low` that hold all labels, ascending; some may have no rows."""
        found = _find(self._labelled.of(labels), low, wanted)
        return found if len(found) == wanted else _find(self._learn(cursor).of(labels), low, wanted)

    def holding(self, cursor: Cursor, labels: Sequence[int], image_ids: Sequence[int]) -> list[int]:
        """Return those of `image_ids`, which ascend, that hold all labels."""
        labelled = self._labelled
        if image_ids and image_ids[-1] > labelled.newest:
            labelled = self._learn(cursor)
        return _as_list(_among(np.array(image_ids, np.int64), labelled.of(labels)))

    def forget(self) -> None:
        """Read everything anew the next time, without the images that have been deleted since."""
        with self._lock:
            self._labelled = _Labelled({}, 0)

    def _learn(self, cursor: Cursor) -> _Labelled:
        """Read the labels of images that are newer than all those that are known."""
        with self._lock:
            known = self._labelled
            rows = run(cursor, _NEWER, [known.newest]).fetchnumpy()
            images, labels = np.asarray(rows["image_id"], np.int64), np.asarray(rows["label_id"])
            if images.size:
                numbers, starts = np.unique(labels, return_index=True)
                newer = dict(zip(numbers.tolist(), np.split(images, starts[1:]), strict=True))
                joined = {
                    label: np.concatenate([known.images.get(label, _NONE), more]) for label, more in newer.items()
                }
                self._labelled = _Labelled({**known.images, **joined}, int(images.max()))
            return self._labelled


def _find(images: Sequence[_Ids], low: int, wanted: int) -> list[int]:
    """Return up to `wanted` ids above `low` that are in all of `images`, ascending."""
    rarest, *others = sorted(images, key=len)
    found: list[int] = []
    start, size = int(np.searchsorted(rarest, low, side="right")), wanted * _LOOKED_AT ** len(others)
    while start < len(rarest) and len(found) < wanted:
        found += _as_list(_among(rarest[start : start + size], others))
        start, size = start + size, size * _LOOKED_AT
    return found[:wanted]


def _among(images: _Ids, others: Iterable[_Ids]) -> _Ids:
    """Return those of `images` that are in all of `others`; all ascend."""
    for other in others:
        is_there = other.take(np.searchsorted(other, images), mode="clip") == images if other.size else images < 0
        images = images[is_there]
    return images


def _as_list(images: _Ids) -> list[int]:
    return [int(image_id) for image_id in images.tolist()]
