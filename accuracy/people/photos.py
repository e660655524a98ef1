"""Lists the photos of the evaluation data by the person that they show, and those of strangers."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, takewhile
from pathlib import Path
from typing import Self

from accuracy.data_source import DataSource

_SHOWN_TWICE = 2


@dataclass(frozen=True, slots=True)
class PeoplePhotos:
    """Photos that say who is on them, and others.

    Attributes:
        source: the data that they are of.
        known: photos whose most central face is the person's, by name; a person is the name of the folder.
        strangers: photos of people without a name.

    """

    source: DataSource
    known: tuple[Path, ...]
    strangers: tuple[Path, ...]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return what the evaluation data in `folder` has: LFW's people, COCO's and WIDER FACE's strangers."""
        strangers = chain((folder / "coco" / "images").glob("*"), (folder / "wider" / "images").rglob("*.jpg"))
        return cls(
            DataSource.read(folder),
            tuple(sorted((folder / "lfw" / "images").glob("*/*.jpg"))),
            tuple(sorted(strangers)),
        )

    def sample(self, people: int) -> "PeoplePhotos":
        """Return the first two photos of that many people who have them, and as many photos of strangers."""
        photos: defaultdict[str, list[Path]] = defaultdict(list)
        for path in self.known:
            photos[path.parent.name].append(path)
        several = (paths[:_SHOWN_TWICE] for paths in photos.values() if len(paths) >= _SHOWN_TWICE)
        chosen = [paths for _, paths in takewhile(lambda item: item[0] < people, enumerate(several))]
        return PeoplePhotos(self.source, tuple(chain.from_iterable(chosen)), self.strangers[:people])

    def numbers(self) -> tuple[int, ...]:
        """Return the number of the person on each known photo: their place among all names in order."""
        names = sorted({path.parent.name for path in self.known})
        number = {name: position for position, name in enumerate(names)}
        return tuple(number[path.parent.name] for path in self.known)
