"""The columns of images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.catalog.columns.growing import Array, GrowingArrays

# Of times, in microseconds since 1970: an image without one.
NO_TIME: Final = np.iinfo(np.int64).min
# What a filter asks often, and what has few values, is here; texts that differ from image to image stay in the rows.
_COLUMNS: Final[Mapping[str, npt.DTypeLike]] = {
    "id": np.int64,
    "capture_time": np.int64,
    "create_time": np.int64,
    "size_bytes": np.int64,
    "width": np.int32,
    "height": np.int32,
    "face_count": np.int16,
    "favorite": np.bool_,
    "rating": np.int8,
    "trashed": np.bool_,
    "latitude": np.float64,
    "longitude": np.float64,
    "mime_type": np.int16,
    "camera_make": np.int32,
    "camera_model": np.int32,
}
_LABELS: Final[Mapping[str, npt.DTypeLike]] = {"image": np.int32, "label": np.int32, "score": np.float32}
_TEXTS: Final = ("mime_type", "camera_make", "camera_model")
# No text: of an image whose camera is not known.
NO_TEXT: Final = -1


@dataclass(frozen=True, slots=True)
class ImageRows:
    """Rows of images, in the order of their ids.

    Attributes:
        values: of each column but the texts; times in microseconds or NO_TIME, places in degrees or NaN.
        texts: of each column of texts; None where there is none.
        label_images: the id of the image that each label is of, ascending.
        labels: ids of labels.
        scores: of the best object with the label.

    """

    values: Mapping[str, Array]
    texts: Mapping[str, Sequence[str | None]]
    label_images: Array
    labels: Array
    scores: Array


@dataclass(frozen=True, slots=True)
class ImageView:
    """The columns as they were at one moment; positions count from 0, in the order of ids.

    Attributes:
        columns: by name, a value an image; those of texts hold places in `texts`, or NO_TEXT.
        alive: which images are there; others were deleted.
        labels: arrays ``image`` (position), ``label`` (id) and ``score``, a value for each label of each image.
        texts: the different values of each column of texts.

    """

    columns: Mapping[str, Array]
    alive: npt.NDArray[np.bool_]
    labels: Mapping[str, Array]
    texts: Mapping[str, Sequence[str]]

    def __len__(self) -> int:
        """Return how many images there are, those that were deleted included."""
        return len(self.alive)

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """Ids of images, ascending."""
        ids: npt.NDArray[np.int64] = self.columns["id"]
        return ids

    def place_of(self, image_id: int) -> int:
        """Return the position of an image, or where it would be."""
        return int(np.searchsorted(self.ids, image_id))

    def positions_of(self, ids: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Return where images are, of those that are known, ascending."""
        # Those that are looked for in their order are found in a fifth of the time.
        ids = np.sort(np.asarray(ids, np.int64))
        places = np.searchsorted(self.ids, ids)
        places[places == len(self)] = 0
        found: npt.NDArray[np.intp] = places[self.ids[places] == ids] if len(self) else places[:0]
        return found

    def mask_of(self, ids: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Return whether each image is among `ids`."""
        mask = np.zeros(len(self), np.bool_)
        mask[self.positions_of(ids)] = True
        return mask


class ImageColumns:
    """Columns of the images of a library; who changes them keeps others from doing so meanwhile."""

    def __init__(self) -> None:
        self._columns = GrowingArrays(_COLUMNS)
        self._alive = GrowingArrays({"alive": np.bool_})
        self._labels = GrowingArrays(_LABELS)
        self._texts: dict[str, dict[str, int]] = {name: {} for name in _TEXTS}

    @property
    def last_id(self) -> int:
        """The greatest id that was ever added; 0 if none was."""
        return int(self._columns["id"][-1]) if len(self._columns) else 0

    @property
    def nbytes(self) -> int:
        """How many bytes they take, but for a few texts."""
        return self._columns.nbytes + self._alive.nbytes + self._labels.nbytes

    def append(self, rows: ImageRows) -> None:
        """Add images whose ids are above `last_id`."""
        start, ids = len(self._columns), rows.values["id"]
        if not len(ids):
            return
        self._columns.append(self._coded(rows))
        self._labels.append(
            {
                "image": start + np.searchsorted(ids, rows.label_images),
                "label": rows.labels,
                "score": rows.scores,
            }
        )
        self._alive.append({"alive": np.ones(len(ids), np.bool_)})

    def renew(self, ids: npt.ArrayLike, rows: ImageRows) -> None:
        """Take over what is now in the rows of images that may have changed; those without a row were deleted.

        Labels never change.
        """
        view = self.view()
        self._columns.set(view.positions_of(rows.values["id"]), self._coded(rows))
        # At once: readers look meanwhile, and what stays must not seem to be gone.
        renewed = view.positions_of(ids)
        self._alive.set(renewed, {"alive": np.isin(view.ids[renewed], rows.values["id"])})

    def view(self) -> ImageView:
        """Return the columns as they are now."""
        # What is added last is looked at first: rows of the others may be more, but never fewer.
        alive = self._alive["alive"]
        return ImageView(
            {name: self._columns[name][: len(alive)] for name in _COLUMNS},
            alive,
            {name: self._labels[name] for name in _LABELS},
            {name: tuple(known) for name, known in self._texts.items()},
        )

    def _coded(self, rows: ImageRows) -> dict[str, Array]:
        """Return the values of rows, texts as places in the list of their column."""
        coded: dict[str, Any] = dict(rows.values)
        for name, texts in rows.texts.items():
            known = self._texts[name]
            coded[name] = np.array([NO_TEXT if text is None else known.setdefault(text, len(known)) for text in texts])
        return coded
