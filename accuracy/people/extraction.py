"""Finds and embeds all faces of the photos, by the running services."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.progress import Progress

from accuracy.detector_client import DetectorClient
from accuracy.embedder_client import EmbedderClient
from accuracy.people.face_set import STRANGER, FaceSet
from accuracy.people.photos import PeoplePhotos
from accuracy.services import running
from benchmarks.progress import step

if TYPE_CHECKING:
    from accuracy.people.cropped_face import CroppedFace

# Crops are 77 kB each, so they are embedded before the next photos are read.
_PHOTOS_AT_ONCE: Final = 128
_CORNERS: Final = 4


def extract_faces(photos: PeoplePhotos, folder: Path, progress: Progress) -> FaceSet:
    """Start detector and embedder with their defaults and return all faces of the photos; logs go to `folder`.

    The most central face of a known photo is its person's; every other face is a stranger's.

    Raises:
        CommandError: a service did not start, or refuses a photo or a face.

    """
    people = [*photos.numbers(), *[STRANGER] * len(photos.strangers)]
    paths = [*photos.known, *photos.strangers]
    found: list[CroppedFace] = []
    owners: list[int] = []
    embeddings: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []
    with (
        running("detector", folder / "detector") as detector_channel,
        running("embedder", folder / "embedder") as embedder_channel,
        step(progress, "Embedding people", len(paths)) as advance,
    ):
        detector, embedder = DetectorClient(detector_channel), EmbedderClient(embedder_channel)
        for start in range(0, len(paths), _PHOTOS_AT_ONCE):
            crops: list[bytes] = []
            some = paths[start : start + _PHOTOS_AT_ONCE]
            for faces, person in zip(detector.cropped_faces(some), people[start:], strict=False):
                found += faces
                crops += [face.rgb for face in faces]
                owners += [person if face.central else STRANGER for face in faces]
                advance()
            embeddings += embedder.embed(crops)
    return FaceSet(
        np.array(embeddings),
        np.array(owners, np.int64),
        np.array([face.score for face in found]),
        np.array([face.quality for face in found]),
        np.array([face.box for face in found], np.float64).reshape(-1, _CORNERS),
    )
