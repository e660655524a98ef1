"""Reads the faces of WIDER FACE photos (Yang et al., "WIDER FACE: A Face Detection Benchmark", 2016)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ANNOTATIONS: Final = "wider/faces.json"

_BOXES: Final = "boxes_xywh_blur_expr_illum_invalid_occl_pose"
_INVALID: Final = 7
_LARGE_PIXELS: Final = 64


class Subset(StrEnum):
    """The faces that are to be found: WIDER FACE's own lists, and those that a photo library is mostly about."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"
    LARGE = "64 px or taller"


@dataclass(frozen=True, slots=True, eq=False)
class FacePhoto:
    """A photo and its faces.

    Attributes:
        path: the file.
        width: of the photo, in pixels.
        height: of the photo, in pixels.
        boxes: float64 [n, 4]: left, top, right, bottom of every face, in pixels.
        wanted: for each subset, bool [n]: the faces that belong to it. To find another one is no merit and no fault.

    """

    path: Path
    width: int
    height: int
    boxes: NDArray[np.float64]
    wanted: Mapping[Subset, NDArray[np.bool_]]


def read_wider(folder: Path) -> tuple[FacePhoto, ...]:
    """Return the photos of the evaluation data in `folder`, by name."""
    entries = json.loads((folder / ANNOTATIONS).read_text("utf-8"))
    images = folder / "wider" / "images"
    return tuple(_photo(images / name, entry) for name, entry in sorted(entries.items()))


def _photo(path: Path, entry: Mapping[str, Any]) -> FacePhoto:
    faces = np.array(entry[_BOXES], np.float64).reshape(-1, 10)
    boxes = np.hstack([faces[:, :2], faces[:, :2] + faces[:, 2:4]])
    wanted = {subset: _listed(entry[f"{subset}_keep_index"], len(faces)) for subset in list(Subset)[:3]}
    wanted[Subset.LARGE] = (faces[:, 3] >= _LARGE_PIXELS) & (faces[:, _INVALID] == 0)
    return FacePhoto(path, entry["w"], entry["h"], boxes, wanted)


def _listed(indices: list[int], count: int) -> NDArray[np.bool_]:
    return np.isin(np.arange(count), indices)
