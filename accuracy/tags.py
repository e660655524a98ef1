"""Scores image tags: the classes found in a photo, whatever the number of objects."""

from collections.abc import Sequence
from dataclasses import dataclass

from accuracy.coco import ObjectPhoto
from accuracy.detections import Detections


@dataclass(frozen=True, slots=True)
class TagScore:
    """How right the tags of all images together are.

    Attributes:
        correct: tags given and true.
        given: tags given.
        true: tags that are true.

    """

    correct: int
    given: int
    true: int

    @property
    def precision(self) -> float:
        """Share of the tags given that are true, 0 to 1; 0 if there is none."""
        return self.correct / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        """Share of the true tags that are given, 0 to 1; 0 if there is none."""
        return self.correct / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.correct / (self.given + self.true) if self.given + self.true else 0.0


def tag_score(photos: Sequence[ObjectPhoto], found: Sequence[Detections]) -> TagScore:
    """Return how right the classes found in each photo are; a crowd is a true tag as well."""
    given = [set(detections.classes.tolist()) for detections in found]
    true = [set(photo.classes.tolist()) for photo in photos]
    correct = sum(len(one & other) for one, other in zip(given, true, strict=True))
    return TagScore(correct, sum(map(len, given)), sum(map(len, true)))
