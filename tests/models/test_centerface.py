"""The converted CenterFace against the original file, fed as its authors feed it, and its int8 form against both."""

from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from models.archive import read_members
from models.conversion import centerface_int8
from models.conversion.calibration import CENTERFACE, read_calibration
from models.conversion.centerface import convert
from models.conversion.equalise import equalise
from models.conversion.serialise import serialise
from models.errors import ConversionError
from models.manifest import Manifest
from tests.models.inference import run

OUTPUTS = ["heatmap", "scale", "offset", "landmarks"]
ORIGINAL_OUTPUTS = ["537", "538", "539", "540"]


@pytest.fixture(scope="module")
def original(packages: dict[str, Path], manifest: Manifest) -> bytes:
    model = manifest.model("centerface")
    return read_members(packages[model.package.id], model.members)[0]


@pytest.fixture(scope="module")
def floats(original: bytes) -> bytes:
    return convert([original], {})


@pytest.fixture(scope="module")
def quantised(original: bytes) -> bytes:
    return centerface_int8.convert([original], {})


def test_equals_the_untouched_original_at_its_own_size(
    original: bytes, floats: bytes, photos: dict[str, NDArray[np.uint8]]
) -> None:
    batch = np.stack([cv2.resize(photo, (32, 32)) for photo in [*photos.values(), photos["obama.jpg"]]][:10])
    expected = run(
        original,
        {"input.1": batch.transpose(0, 3, 1, 2).astype(np.float32)},
        ORIGINAL_OUTPUTS,
    )
    for found, wanted in zip(run(floats, {"image": batch}, OUTPUTS), expected, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_equals_opencv_on_the_original_at_a_photos_size(
    original: bytes, floats: bytes, photos: dict[str, NDArray[np.uint8]]
) -> None:
    source = onnx.ModelProto.FromString(original)
    for dimension, size in zip(source.graph.input[0].type.tensor_type.shape.dim, (1, 3, 480, 640), strict=True):
        dimension.dim_value = size
    photo = cv2.resize(photos["astronaut.png"], (640, 480))
    net = cv2.dnn.readNetFromONNX(np.frombuffer(source.SerializeToString(), np.uint8))
    net.setInput(cv2.dnn.blobFromImage(photo, 1.0, swapRB=False))
    expected = net.forward(ORIGINAL_OUTPUTS)
    found = run(floats, {"image": photo[None]}, OUTPUTS)
    assert found[0].shape == (1, 1, 120, 160)
    assert found[0].max() > 0.8
    for output, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(output, wanted, atol=2e-4)


@pytest.mark.parametrize("precision", ["floats", "quantised"])
def test_takes_any_multiple_of_32(precision: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(precision)
    for height, width in ((32, 64), (352, 96)):
        image = np.zeros((2, height, width, 3), np.uint8)
        heatmap = run(model, {"image": image}, ["heatmap"])[0]
        assert heatmap.shape == (2, 1, height // 4, width // 4)


def test_rearranging_and_equalising_change_nothing(
    original: bytes, floats: bytes, photos: dict[str, NDArray[np.uint8]]
) -> None:
    photo = cv2.resize(photos["biden.jpg"], (192, 256))
    graph = equalise(centerface_int8.build([original]), read_calibration(CENTERFACE).doublings)
    assert not {"ConvTranspose", "BatchNormalization"} & {node.op_type for node in graph.node}
    found, expected = (run(model, {"image": photo[None]}, OUTPUTS) for model in (serialise(graph, {}), floats))
    for output, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(output, wanted, atol=1e-4)


@pytest.mark.parametrize("name", ["obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png"])
def test_bytes_give_what_floats_give(
    floats: bytes, quantised: bytes, photos: dict[str, NDArray[np.uint8]], name: str
) -> None:
    height, width = photos[name].shape[:2]
    step = max(height, width) / 640
    image = cv2.resize(photos[name], (int(width / step) // 32 * 32, int(height / step) // 32 * 32))
    expected = run(floats, {"image": image[None]}, OUTPUTS)
    found = run(quantised, {"image": image[None]}, OUTPUTS)
    at = np.unravel_index(expected[0][0, 0].argmax(), expected[0][0, 0].shape)
    assert found[0][0, 0][at] == pytest.approx(expected[0][0, 0][at], abs=0.03)
    # A twentieth of the height and width, a tenth of a cell, a fiftieth of the box.
    for output, wanted, tolerance in zip(found[1:], expected[1:], (0.05, 0.1, 0.02), strict=True):
        np.testing.assert_allclose(output[0][:, *at], wanted[0][:, *at], atol=tolerance)
    # And nothing is a face to one of the two only.
    assert np.abs(found[0] - expected[0])[np.minimum(found[0], expected[0]) < 0.3].max() < 0.3


def test_the_backbone_runs_on_bytes(quantised: bytes, tmp_path: Path) -> None:
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(quantised, options, providers=["CPUExecutionProvider"])
    kinds = [node.op_type for node in onnx.load(tmp_path / "optimised.onnx").graph.node]
    assert kinds.count("QLinearConv") == 48
    assert sum(kind.endswith("Conv") for kind in kinds) == 63
    assert "ConvTranspose" not in kinds


@pytest.mark.parametrize("data", [b"\xff\xff\xff", onnx.ModelProto().SerializeToString()])
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(ConversionError, match=r"ONNX"):
        convert([data], {})
