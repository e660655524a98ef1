"""Reads the objects of COCO photos (Lin et al., "Microsoft COCO: Common Objects in Context", 2014)."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ANNOTATIONS: Final = "coco/instances.json"


@dataclass(frozen=True, slots=True, eq=False)
class ObjectPhoto:
    """A photo and its objects.

    Attributes:
        path: the file.
        width: of the photo, in pixels.
        height: of the photo, in pixels.
        boxes: float64 [n, 4]: left, top, right, bottom of every object, in pixels.
        classes: int64 [n], indices into the names of the set.
        crowd: bool [n]; boxes around many things at once: to find one in there is no merit and no fault.

    """

    path: Path
    width: int
    height: int
    boxes: NDArray[np.float64]
    classes: NDArray[np.int64]
    crowd: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ObjectSet:
    """Photos, and the names of the classes that their objects have."""

    photos: tuple[ObjectPhoto, ...]
    names: tuple[str, ...]


def read_coco(folder: Path) -> ObjectSet:
    """Return the photos of the evaluation data in `folder`, by name."""
    document = json.loads((folder / ANNOTATIONS).read_text("utf-8"))
    names = {category["id"]: category["name"] for category in document["categories"]}
    index = {identity: position for position, identity in enumerate(sorted(names))}
    objects: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for annotation in document["annotations"]:
        objects[annotation["image_id"]].append(annotation)
    images = sorted(document["images"], key=lambda image: str(image["file_name"]))
    photos = tuple(_photo(folder / "coco" / "images", image, objects[image["id"]], index) for image in images)
    return ObjectSet(photos, tuple(names[identity] for identity in sorted(names)))


def _photo(
    folder: Path, image: Mapping[str, Any], objects: Sequence[Mapping[str, Any]], index: Mapping[int, int]
) -> ObjectPhoto:
    boxes = np.array([one["bbox"] for one in objects], np.float64).reshape(-1, 4)
    return ObjectPhoto(
        folder / image["file_name"],
        image["width"],
        image["height"],
        np.hstack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]]),
        np.array([index[one["category_id"]] for one in objects], np.int64),
        np.array([bool(one["iscrowd"]) for one in objects], np.bool_),
    )
