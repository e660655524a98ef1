"""The converted SSDLite against OpenCV's TensorFlow importer and a plain numpy box decoder.

The weights reach OpenCV through this project's reader of TensorFlow.js files, so that is common to both
sides; the translation of the layers, the choice of classes and the decoding of boxes are not.
"""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.archive import read_members
from models.conversion.graph import Graph
from models.conversion.tfjs import read_tfjs
from models.errors import ConversionError
from models.manifest import Manifest
from tests.models import wire
from tests.models.inference import run

MODEL = "ssdlite-mobilenet-v2-coco"
HEADS = [f"BoxPredictor_{h}/{p}" for p in ("BoxEncodingPredictor", "ClassPredictor") for h in range(6)]
# COCO's ids as the annotation files give them: 1-90 with ten gaps.
COCO_IDS = [*range(1, 12), *range(13, 26), 27, 28, *range(31, 45), *range(46, 66), 67, 70, *range(72, 83)]
COCO_IDS += range(84, 91)


@pytest.fixture(scope="module")
def graph(packages: dict[str, Path], manifest: Manifest) -> Graph:
    model = manifest.model(MODEL)
    topology, *shards = read_members(packages[model.package.id], model.members)
    return read_tfjs(topology, shards)


@pytest.fixture(scope="module")
def net(graph: Graph) -> cv2.dnn.Net:
    data = wire.subgraph(graph, "Preprocessor/sub", [f"{head}/BiasAdd" for head in HEADS])
    return cv2.dnn.readNetFromTensorflow(np.frombuffer(data, np.uint8))


def reference(
    graph: Graph, net: cv2.dnn.Net, image: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    net.setInput((image.astype(np.float32) * 0.00784314 - 1).transpose(2, 0, 1)[None])
    # OpenCV names a convolution and its bias after the convolution.
    outputs = [np.asarray(o).transpose(0, 2, 3, 1) for o in net.forward([f"{head}/Conv2D" for head in HEADS])]
    codes = np.concatenate([output.reshape(1, -1, 4) for output in outputs[:6]], axis=1)
    logits = np.concatenate([output.reshape(1, -1, 91) for output in outputs[6:]], axis=1)
    anchors = graph.constant("Postprocessor/ExpandDims")
    height = anchors[..., 2] - anchors[..., 0]
    width = anchors[..., 3] - anchors[..., 1]
    y = codes[..., 0] / 10 * height + (anchors[..., 0] + anchors[..., 2]) / 2
    x = codes[..., 1] / 10 * width + (anchors[..., 1] + anchors[..., 3]) / 2
    half_height = np.exp(codes[..., 2] / 5) * height / 2
    half_width = np.exp(codes[..., 3] / 5) * width / 2
    boxes = np.stack([y - half_height, x - half_width, y + half_height, x + half_width], axis=-1)
    return boxes, 1 / (1 + np.exp(-logits[..., COCO_IDS]))


@pytest.mark.parametrize("name", ["coffee.png", "motorcycle_left.png", "obama.jpg", "noise"])
def test_equals_opencv_and_numpy(
    weights: Path,
    graph: Graph,
    net: cv2.dnn.Net,
    manifest: Manifest,
    photos: dict[str, NDArray[np.uint8]],
    name: str,
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 300, 3), np.uint8)
    shown = (photos | {"noise": noise})[name]
    image = np.asarray(cv2.resize(shown, (300, 300), interpolation=cv2.INTER_AREA), np.uint8)
    model = manifest.model(MODEL)
    boxes, scores = run(weights / model.file, {"image": image[None]}, ["boxes", "scores"])
    expected_boxes, expected_scores = reference(graph, net, image)
    assert scores.shape == (1, 1917, len(model.class_names))
    np.testing.assert_allclose(boxes, expected_boxes, atol=2e-5)
    np.testing.assert_allclose(scores, expected_scores, atol=2e-5)


@pytest.mark.parametrize(
    ("photo", "class_name"),
    [
        ("astronaut.png", "person"),
        ("obama.jpg", "tie"),
        ("chelsea.png", "cat"),
        ("coffee.png", "cup"),
        ("motorcycle_left.png", "motorcycle"),
    ],
)
def test_finds_what_the_samples_show(
    weights: Path, manifest: Manifest, photos: dict[str, NDArray[np.uint8]], photo: str, class_name: str
) -> None:
    model = manifest.model(MODEL)
    image = cv2.resize(photos[photo], (model.input.width, model.input.height), interpolation=cv2.INTER_AREA)
    (scores,) = run(weights / model.file, {model.input.name: image[None]}, ["scores"])
    found = {model.class_names[i]: float(score) for i, score in enumerate(scores[0].max(axis=0))}
    assert model.thresholds is not None
    assert found[class_name] > 0.6 > model.thresholds.score
    assert max(found, key=lambda name: found[name]) == class_name


@pytest.mark.parametrize("topology", [b"{}", b"[]", b"not json", b'{"weightsManifest": [], "modelTopology": {}}'])
def test_other_files_are_refused(topology: bytes) -> None:
    with pytest.raises(ConversionError, match=r"TensorFlow\.js"):
        read_tfjs(topology, [])


def test_shards_of_another_length_are_refused() -> None:
    topology = b'{"weightsManifest": [], "modelTopology": {"node": []}}'
    with pytest.raises(ConversionError, match="the shards hold 1 bytes"):
        read_tfjs(topology, [b"x"])
