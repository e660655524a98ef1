"""Reads the pairs of Labeled Faces in the Wild (Huang et al., 2007), in the format of its View 2."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PAIRS: Final = "lfw/pairs_dev.txt"

_SAME_FIELDS: Final = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos with one face each at the centre.

    Attributes:
        first: a file.
        second: a file.
        same: whether both show the same person.
        fold: the part of the pairs that it belongs to, from 0.

    """

    first: Path
    second: Path
    same: bool
    fold: int


def read_pairs(folder: Path) -> tuple[Pair, ...]:
    """Return the pairs of the evaluation data in `folder`, in the order of the list.

    A fold has as many same pairs, ``name number number``, as different ones, ``name number name number``.
    """
    header, *lines = (folder / PAIRS).read_text("utf-8").splitlines()
    folds, per_kind = _counts(header)
    if len(lines) != folds * per_kind * 2:
        raise ValueError(f"{PAIRS} announces {folds} folds of 2 x {per_kind} pairs, but has {len(lines)} lines.")
    images = folder / "lfw" / "images"
    return tuple(_pair(images, line.split("\t"), number // (2 * per_kind)) for number, line in enumerate(lines))


def fold_count(folder: Path) -> int:
    """Return the number of folds that the list of pairs in `folder` announces."""
    header, *_ = (folder / PAIRS).read_text("utf-8").splitlines()
    return _counts(header)[0]


def _counts(header: str) -> tuple[int, int]:
    """Return the number of folds, and of pairs of each kind per fold."""
    folds, per_kind = map(int, header.split("\t"))
    return folds, per_kind


def _pair(images: Path, fields: list[str], fold: int) -> Pair:
    same = len(fields) == _SAME_FIELDS
    first, number, second, other = (*fields[:2], fields[0], fields[2]) if same else fields
    return Pair(_image(images, first, number), _image(images, second, other), same, fold)


def _image(images: Path, name: str, number: str) -> Path:
    return images / name / f"{name}_{int(number):04}.jpg"
