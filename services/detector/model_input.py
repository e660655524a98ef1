"""The image input of a model: fits a photo into it, and maps its coordinates back to the photo."""

import math
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.entries import Model
from services.common.errors import Reason, UnavailableError
from services.common.inference import shrinking_run
from services.detector.resizing import resize_for_detection

DEFAULT_SIZE: Final = 640
_CHANNELS: Final = 3
_RANK: Final = 4
_DTYPES: Final = {"tensor(uint8)": np.uint8, "tensor(float)": np.float32, "tensor(float16)": np.float16}


class Fit(Enum):
    """How a photo is fitted into an input of another shape: stretched over it, or shrunk into its corner or centre."""

    STRETCH = auto()
    CORNER = auto()
    CENTRE = auto()


@dataclass(frozen=True, slots=True)
class Convention:
    """How the models of a family expect a photo.

    Attributes:
        fit: where the photo lies in the input.
        fill: value of the pixels beside the photo, 0 to 255.
        bgr: whether float inputs take the channels as blue, green, red.
        factor: by which values from 0 to 255 are multiplied for float inputs.

    """

    fit: Fit
    fill: int = 0
    bgr: bool = False
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a photo lies in an input: its top left corner, and pixels of the photo per pixel of the input."""

    left: int
    top: int
    scale_x: float
    scale_y: float

    def to_photo(self, points: NDArray[Any]) -> NDArray[np.float32]:
        """Map points [..., 2], x and y, or boxes [..., 4] from pixels of the input to pixels of the photo."""
        repeats = points.shape[-1] // 2
        corner = np.tile(np.array([self.left, self.top], np.float32), repeats)
        scale = np.tile(np.array([self.scale_x, self.scale_y], np.float32), repeats)
        return np.asarray((points - corner) * scale, np.float32)


class ModelInput:
    """The one image input of a model.

    The file itself declares what it takes: uint8 [1, height, width, 3], RGB from 0 to 255, or float32 or float16
    [1, 3, height, width], normalised as its family expects. A dimension of fixed length is always filled; a free one
    is as long as the photo needs, rounded up to the multiple in the model's entry. A photo is never enlarged, except
    by stretching.

    Args:
        session: the opened model.
        model: its entry, whose size bounds free dimensions; 0 leaves them to the model.
        convention: how its family expects a photo.

    Raises:
        UnavailableError: MODEL_UNAVAILABLE; the model does not take one image.

    """

    def __init__(self, session: onnxruntime.InferenceSession, model: Model, convention: Convention) -> None:
        self._session = session
        self._model = model
        self._convention = convention
        # Which of the inputs takes the image: the one that the entry names, or else the only one.
        tensors = {tensor.name: tensor for tensor in session.get_inputs()}
        wanted = model.input.name or next(iter(tensors), "")
        if wanted not in tensors or (len(tensors) > 1 and not model.input.name):
            raise unusable(model, f"it must take one image, but its inputs are {', '.join(tensors) or 'none'}")
        tensor = tensors[wanted]
        self.name: str = wanted
        self._dtype = _DTYPES.get(tensor.type)
        # Channels last for bytes, channels first for floats.
        planar = self._dtype is not np.uint8
        shape = tensor.shape
        found = f"its input {wanted} is {tensor.type} {shape}"
        if self._dtype is None or len(shape) != _RANK or shape[1 if planar else 3] != _CHANNELS:
            raise unusable(model, f"{found}, not uint8 [1, height, width, 3] or float [1, 3, height, width]")
        if isinstance(shape[0], int) and shape[0] != 1:
            raise unusable(model, f"{found}, a batch of {shape[0]}; export it with a batch of 1")
        rows, columns = shape[2:] if planar else shape[1:3]
        # A dimension is an int if it is fixed, otherwise a name or nothing.
        self.width, self._free_width = _extent(columns, model.input.width)
        self.height, self._free_height = _extent(rows, model.input.height)
        if model.input.width and (self.width, self.height) != (model.input.width, model.input.height):
            wrong = f"{model.input.width} x {model.input.height}"
            raise unusable(model, f"it takes images of {self.width} x {self.height} pixels, but its entry says {wrong}")

    def scale(self, width: int, height: int) -> float:
        """Return the scale, at most 1, at which a photo of that size has all the detail that the input can hold."""
        scales = self.width / width, self.height / height
        return min(max(scales) if self._convention.fit is Fit.STRETCH else min(scales), 1.0)

    def prepare(self, image: NDArray[np.uint8]) -> tuple[NDArray[Any], Placement]:
        """Return the tensor for an image, uint8 [height, width, 3], RGB, and where the image lies in it."""
        height, width = image.shape[:2]
        columns, rows = self.width, self.height
        left = top = 0
        if self._convention.fit is Fit.STRETCH:
            canvas = resize_for_detection(image, columns, rows)
        else:
            fit = self.scale(width, height)
            columns, rows = max(round(width * fit), 1), max(round(height * fit), 1)
            across, down = self._padded(columns, rows)
            if self._convention.fit is Fit.CENTRE:
                left, top = (across - columns) // 2, (down - rows) // 2
            canvas = np.full((down, across, _CHANNELS), self._convention.fill, np.uint8)
            canvas[top : top + rows, left : left + columns] = resize_for_detection(image, columns, rows)
        return self._tensor(canvas), Placement(left, top, width / columns, height / rows)

    def probe(self) -> dict[str, NDArray[np.float32]]:
        """Run the model on a blank image and return its outputs by name.

        Raises:
            UnavailableError: MODEL_UNAVAILABLE; the model can't be run.

        """
        names = [output.name for output in self._session.get_outputs()]
        blank = self._tensor(np.zeros((self.height, self.width, _CHANNELS), np.uint8))
        try:
            values = self._session.run(names, {self.name: blank}, shrinking_run())
        except Exception as error:
            raise unusable(self._model, f"it can't be run ({error})") from error
        return dict(zip(names, values, strict=True))

    def _padded(self, columns: int, rows: int) -> tuple[int, int]:
        step = self._model.input.multiple
        return (
            math.ceil(columns / step) * step if self._free_width else self.width,
            math.ceil(rows / step) * step if self._free_height else self.height,
        )

    def _tensor(self, canvas: NDArray[np.uint8]) -> NDArray[Any]:
        if self._dtype is np.uint8:
            return canvas[None]
        blob = cv2.dnn.blobFromImage(canvas, self._convention.factor, swapRB=self._convention.bgr)
        return np.asarray(blob, self._dtype)


def unusable(model: Model, problem: str) -> UnavailableError:
    """Return the error for a model that is not what its entry says it is."""
    return UnavailableError(
        Reason.MODEL_UNAVAILABLE,
        f"The model {model.id} can't be used as one of the family {model.family.value}: {problem}.",
    )


def shapes(outputs: dict[str, NDArray[np.float32]]) -> str:
    """Return names and shapes of a model's outputs, for an error message."""
    return ", ".join(f"{name} {list(value.shape)}" for name, value in outputs.items())


def _extent(declared: object, wanted: int) -> tuple[int, bool]:
    """Return the length of a dimension, and whether it is free."""
    return (declared, False) if isinstance(declared, int) else (wanted or DEFAULT_SIZE, True)
