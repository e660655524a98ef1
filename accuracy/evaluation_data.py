"""The evaluation data: people's photos that can't be part of this project."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeVar

from accuracy import coco, lfw, wider

FILES: Final = (lfw.PAIRS, wider.ANNOTATIONS, coco.ANNOTATIONS)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class EvaluationData:
    """Pairs of LFW, photos of WIDER FACE and photos of COCO."""

    pairs: tuple[lfw.Pair, ...]
    faces: tuple[wider.FacePhoto, ...]
    objects: coco.ObjectSet

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read all that is in `folder`; `missing` tells whether it can."""
        return cls(lfw.read_pairs(folder), wider.read_wider(folder), coco.read_coco(folder))

    def sample(self, photos: int) -> "EvaluationData":
        """Return an even sample: that many photos of each set, and that many pairs, of every fold and kind alike."""
        kinds: defaultdict[tuple[int, bool], list[lfw.Pair]] = defaultdict(list)
        for pair in self.pairs:
            kinds[pair.fold, pair.same].append(pair)
        each = max(photos // len(kinds), 1)
        return EvaluationData(
            tuple(pair for pairs in kinds.values() for pair in _spread(pairs, each)),
            _spread(self.faces, photos),
            coco.ObjectSet(_spread(self.objects.photos, photos), self.objects.names),
        )


def missing(folder: Path) -> list[str]:
    """Return what a folder lacks to be evaluation data."""
    return [name for name in FILES if not (folder / name).is_file()]


def _spread(items: Sequence[_T], count: int) -> tuple[_T, ...]:
    count = min(count, len(items))
    return tuple(items[position * len(items) // count] for position in range(count))
