"""The converted FaceNet against OpenCV's own run of the original graph."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.archive import read_members
from models.conversion.facenet import convert
from models.errors import ConversionError
from models.manifest import Manifest
from tests.models.inference import run

# Faces in the sample photos as x, y, width, height, a margin included.
FACES = {
    "obama.jpg": (325, 41, 336, 437),
    "obama2.jpg": (152, 186, 378, 506),
    "obama_partial_face.jpg": (0, 42, 215, 433),
    "biden.jpg": (379, 104, 386, 522),
    "astronaut.png": (167, 42, 118, 151),
}


@pytest.fixture(scope="module")
def crops(photos: dict[str, NDArray[np.uint8]]) -> NDArray[np.uint8]:
    faces = [
        cv2.resize(photos[name][y : y + height, x : x + width], (160, 160), interpolation=cv2.INTER_AREA)
        for name, (x, y, width, height) in FACES.items()
    ]
    noise = np.random.default_rng(0).integers(0, 256, (3, 160, 160, 3), np.uint8)
    flat = np.stack([np.full((160, 160, 3), value, np.uint8) for value in (0, 255)])
    return np.concatenate([faces, noise, flat])


@pytest.fixture(scope="module")
def embeddings(weights: Path, manifest: Manifest, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    model = manifest.model("facenet-20180408")
    return run(weights / model.file, {model.input.name: crops}, ["embeddings"])[0]


def test_equals_opencv_on_the_original(
    packages: dict[str, Path],
    manifest: Manifest,
    crops: NDArray[np.uint8],
    embeddings: NDArray[np.float32],
) -> None:
    model = manifest.model("facenet-20180408")
    (original,) = read_members(packages[model.package.id], model.members)
    net = cv2.dnn.readNetFromTensorflow(np.frombuffer(original, np.uint8))
    for crop, embedding in zip(crops, embeddings, strict=True):
        net.setInput(((crop.astype(np.float32) - 127.5) / 128).transpose(2, 0, 1)[None])
        expected = net.forward()[0]
        cosine = expected @ embedding / np.linalg.norm(expected) / np.linalg.norm(embedding)
        assert cosine >= 0.99999
        np.testing.assert_allclose(embedding, expected, atol=2e-6)


def test_embeddings_have_the_manifests_dimension_and_length_one(
    manifest: Manifest, embeddings: NDArray[np.float32]
) -> None:
    embedding = manifest.model("facenet-20180408").embedding
    assert embedding is not None
    assert embeddings.shape[1] == embedding.dimension
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-6)


def test_a_batch_gives_what_single_crops_give(
    weights: Path, crops: NDArray[np.uint8], embeddings: NDArray[np.float32]
) -> None:
    single = run(weights / "facenet-20180408.onnx", {"crops": crops[1:2]}, ["embeddings"])[0]
    np.testing.assert_allclose(single[0], embeddings[1], atol=1e-6)


def test_same_person_is_nearer_than_another(embeddings: NDArray[np.float32]) -> None:
    distance = 1 - embeddings @ embeddings.T
    assert distance[0, 1] < 0.4
    assert distance[0, 3] > 0.65
    assert distance[0, 4] > 0.65


def test_bytes_that_are_no_graph_are_refused() -> None:
    with pytest.raises(ConversionError, match="no node"):
        convert([b""], {})
