"""Measures face verification, by detector and embedder, on the pairs of LFW."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accuracy.detector_client import DetectorClient
from accuracy.embedder_client import EmbedderClient
from accuracy.embedder_variant import EmbedderVariant
from accuracy.lfw import Pair
from accuracy.services import running
from accuracy.verification import Verification, verify


@dataclass(frozen=True, slots=True)
class EmbedderAccuracy:
    """How well one set-up of the embedder tells people apart.

    Attributes:
        model: id of its model.
        precision: numeric precision of its weights.
        profile: the profile that was asked for; empty for the default.
        verification: the figures.

    """

    model: str
    precision: str
    profile: str
    verification: Verification


def photos_of(pairs: Sequence[Pair]) -> list[Path]:
    """Return every photo once."""
    return sorted({path for pair in pairs for path in (pair.first, pair.second)})


def crop_faces(detector: DetectorClient, photos: Sequence[Path], advance: Callable[[], None]) -> dict[Path, bytes]:
    """Return the crop of the most central face of each photo that has one."""
    crops: dict[Path, bytes] = {}
    for path, crop in zip(photos, detector.central_crops(photos), strict=True):
        if crop is not None:
            crops[path] = crop
        advance()
    return crops


def verify_faces(
    pairs: Sequence[Pair],
    crops: Mapping[Path, bytes],
    variants: Sequence[EmbedderVariant],
    folder: Path,
    advance: Callable[[], None],
) -> Iterator[EmbedderAccuracy]:
    """Yield the accuracy of each variant of the embedder; those that make the same embeddings are measured once.

    Args:
        pairs: the pairs to tell apart.
        crops: the face of each photo; a pair without one counts as judged wrong.
        variants: how the embedder is set up.
        folder: where its logs go.
        advance: called for each face.

    """
    seen: set[str] = set()
    for number, variant in enumerate(variants):
        with running("embedder", folder / f"embedder-{number}", variant.environment) as channel:
            embedder = EmbedderClient(channel)
            model = embedder.model()
            if model.embedding_space in seen:
                for _ in crops:
                    advance()
                continue
            seen.add(model.embedding_space)
            embeddings: dict[Path, NDArray[np.float64]] = {}
            for path, embedding in zip(crops, embedder.embed(list(crops.values())), strict=True):
                embeddings[path] = embedding
                advance()
        distances = np.array([pair_distance(pair, embeddings) for pair in pairs])
        same, folds = np.array([pair.same for pair in pairs]), np.array([pair.fold for pair in pairs])
        yield EmbedderAccuracy(model.id, model.precision, variant.profile, verify(distances, same, folds))


def pair_distance(pair: Pair, embeddings: Mapping[Path, NDArray[np.float64]]) -> float:
    """Return the cosine distance of a pair, 0 to 2; without both faces, an infinite one that is wrong in any case."""
    if pair.first not in embeddings or pair.second not in embeddings:
        return np.inf if pair.same else -np.inf
    return 1.0 - float(embeddings[pair.first] @ embeddings[pair.second])
