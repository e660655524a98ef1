"""The evaluation data: labelled photos of people, which may not be passed on and are no part of the project."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeVar

from accuracy import coco, lfw, wider
from accuracy.data_source import DataSource

FILES: Final = (lfw.PAIRS, wider.ANNOTATIONS, coco.ANNOTATIONS)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class EvaluationData:
    """All of the evaluation data.

    Attributes:
        source: which data it is.
        pairs: pairs of photos of one face each, as LFW has them.
        faces: photos with known faces, as WIDER FACE has them.
        objects: photos with known objects, as COCO has them.

    """

    source: DataSource

    pairs: tuple[lfw.Pair, ...]
    faces: tuple[wider.FacePhoto, ...]
    objects: coco.ObjectSet

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the evaluation data in `folder`, of which nothing may be `missing`."""
        return cls(DataSource.read(folder), lfw.read_pairs(folder), wider.read_wider(folder), coco.read_coco(folder))

    def sample(self, photos: int) -> "EvaluationData":
        """Return an even sample: so many photos of each set, and about as many pairs, alike of each fold and kind."""
        kinds: defaultdict[tuple[int, bool], list[lfw.Pair]] = defaultdict(list)
        for pair in self.pairs:
            kinds[pair.fold, pair.same].append(pair)
        each = max(photos // len(kinds), 1)
        return EvaluationData(
            self.source,
            tuple(pair for pairs in kinds.values() for pair in _spread(pairs, each)),
            _spread(self.faces, photos),
            coco.ObjectSet(_spread(self.objects.photos, photos), self.objects.names),
        )


def missing(folder: Path) -> list[str]:
    """Return the files that a folder lacks to be evaluation data."""
    return [name for name in FILES if not (folder / name).is_file()]


def _spread(items: Sequence[_T], count: int) -> tuple[_T, ...]:
    count = min(count, len(items))
    return tuple(items[position * len(items) // count] for position in range(count))
