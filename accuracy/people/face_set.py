"""Embeddings of faces with the people that they are of."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Embeddings: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.int64]

STRANGER: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class FaceSet:
    """Faces as the detector and the embedder describe them.

    Attributes:
        embeddings: float64 [n, dimension], of unit length.
        people: int64 [n], the number of the person; STRANGER for a face without a name.
        scores: float64 [n], the detector's confidence, 0 to 1.
        qualities: float64 [n], how well the face can be seen, 0 to 1.
        boxes: float64 [n, 4]: left, top, width, height in pixels of the photo.

    """

    embeddings: Embeddings
    people: Labels
    scores: NDArray[np.float64]
    qualities: NDArray[np.float64]
    boxes: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.people)

    def take(self, indices: Labels | slice) -> "FaceSet":
        """Return the faces at `indices`, int64 [m] or a range."""
        return FaceSet(
            self.embeddings[indices],
            self.people[indices],
            self.scores[indices],
            self.qualities[indices],
            self.boxes[indices],
        )

    def known(self) -> Labels:
        """Return the indices of the faces of known people."""
        return np.flatnonzero(self.people != STRANGER)
