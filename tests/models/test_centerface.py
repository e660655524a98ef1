"""The converted CenterFace against the original file, fed as its authors feed it."""

from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from models.archive import read_members
from models.conversion.centerface import convert
from models.errors import ConversionError
from models.manifest import Manifest
from tests.models.inference import run

OUTPUTS = ["heatmap", "scale", "offset", "landmarks"]
ORIGINAL_OUTPUTS = ["537", "538", "539", "540"]


def original(packages: dict[str, Path], manifest: Manifest) -> bytes:
    model = manifest.model("centerface")
    return read_members(packages[model.package.id], model.members)[0]


def test_equals_the_untouched_original_at_its_own_size(
    weights: Path, packages: dict[str, Path], manifest: Manifest, photos: dict[str, NDArray[np.uint8]]
) -> None:
    batch = np.stack([cv2.resize(photo, (32, 32)) for photo in [*photos.values(), photos["obama.jpg"]]][:10])
    expected = run(
        original(packages, manifest),
        {"input.1": batch.transpose(0, 3, 1, 2).astype(np.float32)},
        ORIGINAL_OUTPUTS,
    )
    for found, wanted in zip(run(weights / "centerface.onnx", {"image": batch}, OUTPUTS), expected, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_equals_opencv_on_the_original_at_a_photos_size(
    weights: Path, packages: dict[str, Path], manifest: Manifest, photos: dict[str, NDArray[np.uint8]]
) -> None:
    source = onnx.ModelProto.FromString(original(packages, manifest))
    for dimension, size in zip(source.graph.input[0].type.tensor_type.shape.dim, (1, 3, 480, 640), strict=True):
        dimension.dim_value = size
    photo = cv2.resize(photos["astronaut.png"], (640, 480))
    net = cv2.dnn.readNetFromONNX(np.frombuffer(source.SerializeToString(), np.uint8))
    net.setInput(cv2.dnn.blobFromImage(photo, 1.0, swapRB=False))
    expected = net.forward(ORIGINAL_OUTPUTS)
    found = run(weights / "centerface.onnx", {"image": photo[None]}, OUTPUTS)
    assert found[0].shape == (1, 1, 120, 160)
    assert found[0].max() > 0.8
    for output, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(output, wanted, atol=2e-4)


def test_takes_any_multiple_of_32(weights: Path) -> None:
    for height, width in ((32, 64), (352, 96)):
        image = np.zeros((2, height, width, 3), np.uint8)
        heatmap = run(weights / "centerface.onnx", {"image": image}, ["heatmap"])[0]
        assert heatmap.shape == (2, 1, height // 4, width // 4)


@pytest.mark.parametrize("data", [b"\xff\xff\xff", onnx.ModelProto().SerializeToString()])
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(ConversionError, match=r"ONNX"):
        convert([data], {})
