"""The converted FaceNet against OpenCV's own run of the original graph."""

from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray

from models.archive import read_members
from models.conversion import facenet_int8
from models.conversion.calibration import FACENET, read_calibration
from models.conversion.facenet import build, convert
from models.conversion.serialise import serialise
from models.entries import Task
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
def original(packages: dict[str, Path], manifest: Manifest) -> list[bytes]:
    """The members of the package: the one GraphDef."""
    model = manifest.model("facenet-20180408")
    return read_members(packages[model.package.id], model.members)


@pytest.fixture(scope="module")
def plain(original: list[bytes], crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What the network itself makes of the crops, before the mean is subtracted."""
    return run(serialise(build(original), {}), {"crops": crops}, ["embeddings"])[0]


@pytest.fixture(scope="module")
def embeddings(original: list[bytes], crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    return run(convert(original, {}), {"crops": crops}, ["embeddings"])[0]


@pytest.fixture(scope="module")
def int8_model(original: list[bytes]) -> bytes:
    return facenet_int8.convert(original, {})


@pytest.fixture(scope="module")
def quantised(int8_model: bytes, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    return run(int8_model, {"crops": crops}, ["embeddings"])[0]


def test_equals_opencv_on_the_original(
    original: list[bytes], crops: NDArray[np.uint8], plain: NDArray[np.float32]
) -> None:
    net = cv2.dnn.readNetFromTensorflow(np.frombuffer(original[0], np.uint8))
    for crop, embedding in zip(crops, plain, strict=True):
        net.setInput(((crop.astype(np.float32) - 127.5) / 128).transpose(2, 0, 1)[None])
        expected = net.forward()[0]
        cosine = expected @ embedding / np.linalg.norm(expected) / np.linalg.norm(embedding)
        assert cosine >= 0.99999
        np.testing.assert_allclose(embedding, expected, atol=2e-6)


def test_the_mean_is_subtracted(plain: NDArray[np.float32], embeddings: NDArray[np.float32]) -> None:
    mean = read_calibration(FACENET).mean
    assert 0.1 < np.linalg.norm(mean) < 0.5
    expected = plain - mean
    np.testing.assert_allclose(embeddings, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=2e-6)


def test_bytes_give_what_floats_give(embeddings: NDArray[np.float32], quantised: NDArray[np.float32]) -> None:
    cosines = np.einsum("nd,nd->n", embeddings, quantised)
    assert cosines[: len(FACES)].min() > 0.998


def test_every_convolution_runs_on_bytes(int8_model: bytes, tmp_path: Path) -> None:
    options = ort.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    ort.InferenceSession(int8_model, options, providers=["CPUExecutionProvider"])
    operations = Counter(node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node)
    assert operations["QLinearConv"] == 132
    assert operations["QLinearConcat"] == 23
    assert operations["Conv"] == operations["Relu"] == 0


def test_embeddings_have_the_manifests_dimension_and_length_one(
    manifest: Manifest, embeddings: NDArray[np.float32], quantised: NDArray[np.float32]
) -> None:
    embedding = manifest.default(Task.FACE_EMBEDDING).embedding
    assert embedding is not None
    for vectors in (embeddings, quantised):
        assert vectors.shape[1] == embedding.dimension
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_batch_gives_what_single_crops_give(
    int8_model: bytes, crops: NDArray[np.uint8], quantised: NDArray[np.float32]
) -> None:
    single = run(int8_model, {"crops": crops[1:2]}, ["embeddings"])[0]
    np.testing.assert_allclose(single[0], quantised[1], atol=1e-6)


@pytest.mark.parametrize("precision", ["embeddings", "quantised"])
def test_same_person_is_nearer_than_another(request: pytest.FixtureRequest, precision: str) -> None:
    vectors: NDArray[np.float32] = request.getfixturevalue(precision)
    distance = 1 - vectors @ vectors.T
    assert distance[0, 1] < 0.4
    assert distance[0, 3] > 0.75
    assert distance[0, 4] > 0.75


def test_bytes_that_are_no_graph_are_refused() -> None:
    with pytest.raises(ConversionError, match="no node"):
        convert([b""], {})
