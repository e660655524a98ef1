"""The output of a decoder as arrays, and what every decoder of a model family offers."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Objects or faces found in an image, best score first, in pixels of that image; boxes may extend beyond it.

    Attributes:
        boxes: float32 [n, 4]: left, top, right, bottom.
        scores: float32 [n], 0 to 1.
        classes: int64 [n], indices into the model's class names; zeros for a model without classes.
        landmarks: float32 [n, k, 2]: x and y of k points; k is 0 for a model without landmarks.

    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]
    landmarks: NDArray[np.float32]

    def rescaled(self, scale_x: float, scale_y: float, width: int, height: int) -> "Candidates":
        """Return the candidates in pixels of an image of another size, without those that lie outside it.

        Args:
            scale_x: width of the other image as a multiple of the width of this one.
            scale_y: height of the other image as a multiple of the height of this one.
            width: width of the other image, in pixels.
            height: height of the other image, in pixels.

        """
        scale = np.array([scale_x, scale_y], np.float32)
        boxes = self.boxes * np.tile(scale, 2)
        inside = (boxes[:, 2:] > 0).all(1) & (boxes[:, :2] < (width, height)).all(1)
        return Candidates(boxes[inside], self.scores[inside], self.classes[inside], self.landmarks[inside] * scale)


def above_threshold(
    scores: NDArray[np.float32], min_score: float, classes: NDArray[np.int64] | None
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.float32]]:
    """Find the scores that are at least `min_score`.

    Args:
        scores: float32 [n, classes].
        min_score: 0 to 1.
        classes: the columns to consider; None means all of them.

    Returns:
        Row, column and value of each, int64 [k], int64 [k] and float32 [k], row by row.

    """
    if classes is None:
        classes = np.arange(scores.shape[1])
    row, column = np.nonzero(scores[:, classes] >= min_score)
    found = classes[column]
    return row, found, scores[row, found]


class Decoder(Protocol):
    """Runs a model of one architecture family; safe to use from several threads.

    Attributes:
        class_count: number of the model's classes.
        landmark_count: number of landmarks of each detection; 0 for a model without landmarks.

    """

    class_count: int
    landmark_count: int

    def scale(self, width: int, height: int) -> float:
        """Return the scale, at most 1, at which a photo of that size has all the detail that the input can hold."""
        ...

    def detect(
        self, image: NDArray[np.uint8], *, min_score: float, classes: NDArray[np.int64] | None, limit: int
    ) -> Candidates:
        """Find objects or faces in an image.

        Args:
            image: uint8 [height, width, 3], RGB, of any size and any strides.
            min_score: candidates with a lower score are left out, 0 to 1.
            classes: int64 [k], the classes to look for; None means all.
            limit: maximum number of candidates, the best first.

        """
        ...
