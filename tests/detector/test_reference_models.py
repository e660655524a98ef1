"""YOLOX-nano and YuNet, if they are on this machine: the families on real weights."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.digest import sha256_of
from models.entries import Family, Task
from models.manifest import load_manifest
from services.detector.detection_model import DetectionModel
from services.detector.detections import Box
from tests.detector.photos import iou, portrait
from tests.detector.tiny_models import entry

FOLDER = Path(os.environ.get("ALBUMEN_REFERENCE_MODELS", "reference-models"))


def reference(file: str, family: Family, task: Task, size: int = 0) -> DetectionModel:
    if not (FOLDER / file).is_file():
        pytest.skip(f"{file} is not here; set ALBUMEN_REFERENCE_MODELS to a folder that has it to test with it")
    names = load_manifest().default(Task.OBJECT_DETECTION).class_names
    model = entry(family, task, names=names, size=size, file=file, sha256=sha256_of(FOLDER / file))
    return DetectionModel.open(model, FOLDER)


@pytest.mark.parametrize(
    ("photo", "label"), [("obama.jpg", "person"), ("chelsea.png", "cat"), ("motorcycle_left.png", "motorcycle")]
)
def test_yolox_finds_the_thing_where_the_other_model_does(
    photo: str, label: str, object_model: DetectionModel, samples_dir: Path
) -> None:
    yolox = reference("yolox_nano_416.onnx", Family.YOLOX, Task.OBJECT_DETECTION)
    with Image.open(samples_dir / photo) as image:
        pixels = np.asarray(image.convert("RGB"))
    index = np.array([yolox.info.labels.index(label)])

    one, other = (
        model.decoder.detect(pixels, min_score=0.3, classes=index, limit=1) for model in (yolox, object_model)
    )

    assert _iou(one.boxes[0], other.boxes[0]) > 0.7


@pytest.mark.parametrize(("file", "size"), [("yunet_2023mar_640.onnx", 0), ("yunet_dynamic.onnx", 640)])
@pytest.mark.parametrize("width", [200, 455, 1365])
def test_yunet_finds_the_face_where_the_other_model_does(
    file: str, size: int, width: int, face_model: DetectionModel, samples_dir: Path
) -> None:
    yunet = reference(file, Family.YUNET, Task.FACE_DETECTION, size)
    pixels = np.asarray(portrait(samples_dir).resize((width, round(width * 568 / 455))))

    one, other = (model.decoder.detect(pixels, min_score=0.5, classes=None, limit=5) for model in (yunet, face_model))

    assert len(one.boxes) == len(other.boxes) == 1
    assert _iou(one.boxes[0], other.boxes[0]) > 0.7
    assert one.landmarks == pytest.approx(other.landmarks, abs=0.06 * width)


def _iou(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    boxes = [Box(left, top, right - left, bottom - top) for left, top, right, bottom in (one.tolist(), other.tolist())]
    return iou(*boxes)
