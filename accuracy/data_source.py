"""Tells the reference data, whose figures docs/ shows, from any other evaluation data."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from accuracy import coco, lfw, wider

# Of the lists and of the names of all photos, as `DataSource.read` makes it.
REFERENCE_DIGEST: Final = "17f477185eff5bfcaea0fa34c5edb86cf0e355f854432b44e2a35f7a496d5365"


@dataclass(frozen=True, slots=True)
class DataSource:
    """Which evaluation data figures are of.

    Attributes:
        name: of the folder.
        digest: SHA-256 of the lists and of the names of all photos.
        folds: number of folds of the pairs of faces.

    """

    name: str
    digest: str
    folds: int

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Describe the evaluation data in a folder."""
        digest = hashlib.sha256()
        for name in (lfw.PAIRS, wider.ANNOTATIONS, coco.ANNOTATIONS):
            digest.update((folder / name).read_bytes())
        # Which people there are decides who was held out of fitting, so a data set is more than its lists.
        photos = [path.relative_to(folder).as_posix() for path in folder.glob("*/images/**/*") if path.is_file()]
        digest.update("\n".join(sorted(photos)).encode())
        return cls(folder.resolve().name, digest.hexdigest(), lfw.fold_count(folder))

    @property
    def is_reference(self) -> bool:
        """Whether this is the data that the constants were chosen on, and that docs/ shows."""
        return self.digest == REFERENCE_DIGEST

    @property
    def title(self) -> str:
        """The name of the data, with its digest."""
        kind = (
            "the reference data" if self.is_reference else f"the folder `{self.name}`, which is not the reference data"
        )
        return f"{kind} (digest {self.digest[:12]})"

    @property
    def pairs(self) -> str:
        """The name of the pairs of faces, and their folds."""
        name = "LFW deep-funneled" if self.is_reference else f"pairs of {self.name}"
        return f"{name}, folds 1-{self.folds}" if self.folds > 1 else f"{name}, one fold"

    @property
    def faces(self) -> str:
        """The name of the photos with known faces."""
        return "WIDER FACE" if self.is_reference else f"wider/ of {self.name}"

    @property
    def objects(self) -> str:
        """The name of the photos with known objects."""
        return "COCO" if self.is_reference else f"coco/ of {self.name}"
