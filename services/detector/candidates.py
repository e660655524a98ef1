"""What a detection model finds, as arrays, before it is translated into detections."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Things found in an image, best score first, in pixels of that image; boxes may reach over its border.

    Attributes:
        boxes: float32 [n, 4]: left, top, right, bottom.
        scores: float32 [n], 0 to 1.
        classes: int64 [n], indices into the model's class names; zeros for a model without classes.
        landmarks: float32 [n, k, 2]: x and y of k points each; k is 0 for a model without landmarks.

    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]
    landmarks: NDArray[np.float32]

    def placed(self, scale_x: float, scale_y: float, width: int, height: int) -> "Candidates":
        """Return those that are at least partly inside an image of `width` x `height` pixels, in its pixels.

        Args:
            scale_x: width of that image as a multiple of the width of this one.
            scale_y: height of that image as a multiple of the height of this one.
            width: width of that image, in pixels.
            height: height of that image, in pixels.

        """
        scale = np.array([scale_x, scale_y], np.float32)
        boxes = self.boxes * np.tile(scale, 2)
        inside = (boxes[:, 2:] > 0).all(1) & (boxes[:, :2] < (width, height)).all(1)
        return Candidates(boxes[inside], self.scores[inside], self.classes[inside], self.landmarks[inside] * scale)


def choose(
    scores: NDArray[np.float32], min_score: float, classes: NDArray[np.int64] | None
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.float32]]:
    """Return row, class and score of every value that is at least `min_score`.

    Args:
        scores: float32 [n, classes].
        min_score: the least score, 0 to 1.
        classes: the columns to look at; None is all of them.

    """
    if classes is None:
        classes = np.arange(scores.shape[1])
    row, column = np.nonzero(scores[:, classes] >= min_score)
    found = classes[column]
    return row, found, scores[row, found]


class Decoder(Protocol):
    """Runs a model of one architecture family. Safe to use by several threads at once.

    Attributes:
        class_count: number of the model's classes.
        landmark_count: number of points of each thing that it finds.

    """

    class_count: int
    landmark_count: int

    def scale(self, width: int, height: int) -> float:
        """Return the scale, at most 1, at which a photo of that size has all the detail the input takes."""
        ...

    def detect(
        self, image: NDArray[np.uint8], *, min_score: float, classes: NDArray[np.int64] | None, limit: int
    ) -> Candidates:
        """Find at most `limit` things with at least `min_score` in an image.

        The image is uint8 [height, width, 3], RGB, of any size and any strides. Only `classes` are looked
        for, all if it is None.
        """
        ...
