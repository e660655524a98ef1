"""Measures a gallery among more and more faces of other people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from accuracy.people.agreement import Agreement, agreement
from accuracy.people.distances import Distances
from accuracy.people.face_set import STRANGER, FaceSet, Labels
from accuracy.people.rival import Rival, Setting

LAYER: Final = "people layer"
# Faces that can hardly be seen lie close to each other; the rivals need not cope with those of strangers.
RIVALS_QUALITY: Final = 0.45


@dataclass(frozen=True, slots=True)
class Distraction:
    """How well the faces of one gallery are grouped among others.

    Attributes:
        gallery: its faces.
        added: how many others there were.
        strangers: how many of them at most were no named person's.
        curves: the agreement within the gallery, for each number of others, by the name of the method.
        settings: of each rival, at all numbers of others.

    """

    gallery: int
    added: tuple[int, ...]
    strangers: int
    curves: Mapping[str, tuple[Agreement, ...]]
    settings: Mapping[str, Setting]


def distract(
    faces: FaceSet,
    gallery: Labels,
    others: Labels,
    layer: Mapping[int, Labels],
    rivals: Mapping[Rival, Setting],
) -> Distraction:
    """Compare how the faces of a gallery are grouped among more and more others.

    Args:
        faces: all faces.
        gallery: int64 [n], the indices of those that count.
        others: int64 [m], the indices of others, in the order in which they are added.
        layer: for each number of others, ascending, what the people layer makes of the gallery, int64 [n].
        rivals: with the one setting that each has to make do with.

    """
    curves: dict[str, list[Agreement]] = {name: [] for name in (LAYER, *(rival.name for rival in rivals))}
    true = faces.people[gallery]
    for number, labels in layer.items():
        curves[LAYER].append(agreement(labels, true))
        seen = others[:number][faces.qualities[others[:number]] >= RIVALS_QUALITY]
        distances = Distances(faces.embeddings[np.concatenate([gallery, seen])])
        for rival, setting in rivals.items():
            (found,) = rival.cluster(distances, [setting])
            curves[rival.name].append(agreement(found[: len(gallery)], true))
    return Distraction(
        len(gallery),
        tuple(layer),
        int((faces.people[others[: max(layer)]] == STRANGER).sum()),
        {name: tuple(curve) for name, curve in curves.items()},
        {rival.name: setting for rival, setting in rivals.items()},
    )


def others_of(faces: FaceSet, gallery: Labels) -> Labels:
    """Return the faces of everybody who is not in the gallery, in random order."""
    elsewhere = np.flatnonzero(~np.isin(faces.people, faces.people[gallery]))
    return np.random.default_rng(len(gallery)).permutation(elsewhere)
