"""Outputs that are made by inverting each family's decoding by hand, and models that don't fit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto

from models.entries import Family, Task
from services.common.errors import Reason, UnavailableError
from services.detector.candidates import Candidates
from services.detector.detection_model import DetectionModel
from tests.detector.tiny_models import NAMES, Shape, constant_onnx, entry, opened

# A photo of 192 x 64 in an input of 96 x 64: half as large, 96 x 32; 16 rows of padding above it if it is centred.
PHOTO = np.zeros((64, 192, 3), np.uint8)
SHAPE: Shape = [1, 3, 64, 96]
CELLS = 8 * 12 + 4 * 6 + 2 * 3
# left, top, right, bottom in the photo; class; score. The last two overlap, and are of one class.
FOUND = [
    ((20.0, 10.0, 60.0, 50.0), 1, 0.9),
    ((100.0, 4.0, 140.0, 44.0), 2, 0.8),
    ((102.0, 6.0, 142.0, 46.0), 2, 0.7),
]
POINTS = np.array([[30, 20], [50, 21], [40, 30], [32, 40], [48, 41]], np.float32)


def _in_input(values: NDArray[np.float32], *, centred: bool) -> NDArray[np.float32]:
    scaled = values * 0.5
    scaled[..., 1::2] += 16.0 if centred else 0.0
    return scaled


def _centre_and_size(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate([(corners[:2] + corners[2:]) / 2, corners[2:] - corners[:2]])


def _detect(model: DetectionModel, **options: float) -> Candidates:
    return model.decoder.detect(PHOTO, min_score=options.get("min_score", 0.3), classes=None, limit=10)


def _check(found: Candidates, *, classes: bool = True) -> None:
    assert found.boxes == pytest.approx(np.array([FOUND[0][0], FOUND[1][0]], np.float32), abs=1e-3)
    assert found.scores == pytest.approx([0.9, 0.8], abs=1e-5)
    assert found.classes.tolist() == ([1, 2] if classes else [0, 0])


def _yolo_rows(*, faces: bool = False, point_width: int = 3) -> NDArray[np.float32]:
    rows = np.zeros((CELLS, 4 + (1 if faces else len(NAMES)) + (5 * point_width if faces else 0)), np.float32)
    for cell, (corners, index, score) in zip((7, 50, 110), FOUND, strict=True):
        rows[cell, :4] = _centre_and_size(_in_input(np.array(corners, np.float32), centred=True))
        rows[cell, 4 + (0 if faces else index)] = score
        if faces:
            points = np.full((5, point_width), 0.5, np.float32)
            points[:, :2] = _in_input(POINTS + np.array(corners[:2]) - np.array(FOUND[0][0][:2]), centred=True)
            rows[cell, 5:] = points.ravel()
    return rows


@pytest.mark.parametrize("columns", [True, False])
def test_yolo_rows_or_columns(columns: bool, tmp_path: Path) -> None:
    rows = _yolo_rows()
    data = constant_onnx({"output0": (rows.T if columns else rows)[None]}, SHAPE)

    model = opened(data, entry(Family.YOLO), tmp_path)

    _check(_detect(model))
    assert model.info.labels == NAMES
    only = model.decoder.detect(PHOTO, min_score=0.3, classes=np.array([2]), limit=10)
    assert only.classes.tolist() == [2]
    assert _detect(model, min_score=0.85).classes.tolist() == [1]


@pytest.mark.parametrize("point_width", [2, 3])
def test_yolo_faces(point_width: int, tmp_path: Path) -> None:
    rows = _yolo_rows(faces=True, point_width=point_width)
    model = opened(constant_onnx({"o": rows.T[None]}, SHAPE), entry(Family.YOLO, Task.FACE_DETECTION), tmp_path)

    found = _detect(model)

    _check(found, classes=False)
    assert found.landmarks[0] == pytest.approx(POINTS, abs=1e-3)
    assert found.landmarks[1] == pytest.approx(POINTS + np.array([80, -6]), abs=1e-3)


@pytest.mark.parametrize("faces", [False, True])
def test_yolo_with_suppression_inside(faces: bool, tmp_path: Path) -> None:
    rows = np.zeros((30, 6 + (15 if faces else 0)), np.float32)
    for row, (corners, index, score) in enumerate(FOUND[:2]):
        rows[row, :4] = _in_input(np.array(corners, np.float32), centred=True)
        rows[row, 4:6] = score, 0 if faces else index
        if faces:
            points = _in_input(POINTS + np.array(corners[:2]) - np.array(FOUND[0][0][:2]), centred=True)
            rows[row, 6:] = np.concatenate([points, np.ones((5, 1))], 1).ravel()
    rows[2, :6] = 0, 0, 9, 9, 0.5, 0 if faces else 77  # no class of the model's
    task = Task.FACE_DETECTION if faces else Task.OBJECT_DETECTION
    model = opened(constant_onnx({"output0": rows[None]}, SHAPE), entry(Family.YOLO, task), tmp_path)

    found = model.decoder.detect(PHOTO, min_score=0.55 if faces else 0.0, classes=None, limit=10)

    _check(found, classes=not faces)
    if faces:
        assert found.landmarks[0] == pytest.approx(POINTS, abs=1e-3)


def test_yolo_with_two_classes_is_not_taken_for_suppressed(tmp_path: Path) -> None:
    rows = _yolo_rows()[:, :6]
    model = opened(constant_onnx({"o": rows[None]}, SHAPE), entry(Family.YOLO, names=("cat", "dog")), tmp_path)

    found = _detect(model)

    assert found.classes.tolist() == [1]
    assert found.boxes[0] == pytest.approx(FOUND[0][0], abs=1e-3)


# Stride, column and row of a cell, and its index among all.
GRID = [(8, 3, 2, 2 * 12 + 3), (16, 4, 1, 96 + 1 * 6 + 4), (32, 2, 0, 96 + 24 + 2)]


def test_yolox(tmp_path: Path) -> None:
    rows = np.zeros((CELLS, 5 + len(NAMES)), np.float32)
    for (stride, column, row, cell), (corners, index, score) in zip(GRID, FOUND, strict=True):
        box = _centre_and_size(_in_input(np.array(corners, np.float32), centred=False))
        rows[cell, :2] = box[:2] / stride - (column, row)
        rows[cell, 2:4] = np.log(box[2:] / stride)
        rows[cell, 4], rows[cell, 5 + index] = 0.95, score / 0.95

    model = opened(constant_onnx({"output": rows[None]}, SHAPE), entry(Family.YOLOX), tmp_path)

    _check(_detect(model))
    assert model.info.labels == NAMES


def test_yunet(tmp_path: Path) -> None:
    widths = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
    counts = {8: 96, 16: 24, 32: 6}
    outputs = {
        f"{kind}_{stride}": np.zeros((1, count, width))
        for kind, width in widths.items()
        for stride, count in counts.items()
    }
    first = {8: 0, 16: 96, 32: 120}
    for (stride, column, row, cell), (corners, _, score) in zip(GRID, FOUND, strict=True):
        at = 0, cell - first[stride]
        box = _centre_and_size(_in_input(np.array(corners, np.float32), centred=False))
        outputs[f"cls_{stride}"][at], outputs[f"obj_{stride}"][at] = score**2, 1.0
        outputs[f"bbox_{stride}"][at] = np.concatenate([box[:2] / stride - (column, row), np.log(box[2:] / stride)])
        outputs[f"kps_{stride}"][at] = (_in_input(POINTS.copy(), centred=False) / stride - (column, row)).ravel()

    model = opened(constant_onnx(outputs, SHAPE), entry(Family.YUNET, Task.FACE_DETECTION), tmp_path)

    found = _detect(model)
    _check(found, classes=False)
    for landmarks in found.landmarks:
        assert landmarks == pytest.approx(POINTS, abs=1e-3)


@pytest.mark.parametrize(
    ("outputs", "shape", "family", "task", "message"),
    [
        ({"o": (1, 7, 100)}, SHAPE, "yolo", "object", r"must give 6 values a candidate, but has o \[1, 7, 100\]"),
        ({"o": (1, 9, CELLS)}, SHAPE, "yolo", "object", "it has 5 classes, but its entry names 3"),
        (
            {"o": (1, 7, CELLS)},
            SHAPE,
            "yolo",
            "face",
            r"must give 15 or 20 values a candidate, but has o \[1, 7, 126\]",
        ),
        ({"o": (1, 7, CELLS), "p": (1, 2)}, SHAPE, "yolo", "object", r"must have one output.* p \[1, 2\]"),
        ({"o": (7, CELLS)}, SHAPE, "yolo", "object", r"must have one output .*, but has o \[7, 126\]"),
        ({"o": (1, CELLS, 10)}, SHAPE, "yolox", "object", "it has 5 classes, but its entry names 3"),
        ({"o": (1, 8, CELLS)}, SHAPE, "yolox", "object", r"one output \[1, 126, 5 \+ number of classes\], but has o"),
        ({"o": (1, CELLS, 8)}, SHAPE, "yunet", "face", r"an output cls_8 \[1, 96, 1\], but has o \[1, 126, 8\]"),
        ({"boxes": (1, 9, 4)}, SHAPE, "ssd", "object", r"must have the outputs boxes .* scores"),
        ({"heatmap": (1, 1, 9, 9)}, SHAPE, "centerface", "face", r"an output heatmap \[1, 1, 16, 24\], but has"),
        ({"o": (1, CELLS, 8)}, [4, 3, 64, 96], "yolox", "object", "a batch of 4; export it with a batch of 1"),
        (
            {"o": (1, CELLS, 8)},
            [1, 1, 64, 96],
            "yolox",
            "object",
            r"its input images is tensor\(float\) \[1, 1, 64, 96\]",
        ),
        ({"o": (1, CELLS, 8)}, [1, 3, 64], "yolox", "object", r"is tensor\(float\) \[1, 3, 64\], not"),
        ({"o": (1, CELLS, 8)}, SHAPE, "yolox", "face", "a face needs 5 landmarks, but it finds 0"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_was_found(
    outputs: dict[str, tuple[int, ...]], shape: Shape, family: str, task: str, message: str, tmp_path: Path
) -> None:
    data = constant_onnx({name: np.zeros(extent) for name, extent in outputs.items()}, shape)

    with pytest.raises(UnavailableError, match=message) as error:
        opened(data, entry(Family(family), Task(f"{task}-detection")), tmp_path)

    assert error.value.reason is Reason.MODEL_UNAVAILABLE
    assert error.value.message.startswith(f"The model own can't be used as one of the family {family}: ")


def test_an_input_size_that_is_not_the_models_is_refused(tmp_path: Path) -> None:
    data = constant_onnx({"o": np.zeros((1, 7, CELLS))}, SHAPE)

    with pytest.raises(UnavailableError, match="takes images of 96 x 64 pixels, but its entry says 640 x 640"):
        opened(data, entry(Family.YOLO, size=640), tmp_path)


def test_class_names_come_from_the_file(tmp_path: Path) -> None:
    output = {"o": np.zeros((1, 7, CELLS))}
    told = constant_onnx(output, SHAPE, metadata={"names": "{0: 'cup', 1: 'hat', 2: \"bird's nest\"}"})

    assert opened(told, entry(Family.YOLO, names=()), tmp_path).info.labels == ("cup", "hat", "bird's nest")
    assert opened(told, entry(Family.YOLO), tmp_path).info.labels == NAMES


@pytest.mark.parametrize("names", ["", "{0: 'cup', 2: 'hat'}", "{0: ", "__import__('os')", "7"])
def test_names_that_make_no_sense_are_none(names: str, tmp_path: Path) -> None:
    data = constant_onnx({"o": np.zeros((1, 7, CELLS))}, SHAPE, metadata={"names": names})

    with pytest.raises(UnavailableError, match="tells no class names; put class_names into its entry"):
        opened(data, entry(Family.YOLO, names=()), tmp_path)


@pytest.mark.parametrize(
    "place", ["/home/somebody/secret/own-file.onnx", "https://host/secret/own-file.onnx?key=secret"]
)
def test_callers_are_told_the_files_name_only(place: str, tmp_path: Path) -> None:
    model = entry(Family.YOLO)
    model = replace(model, package=replace(model.package, name=place))

    info = opened(constant_onnx({"o": np.zeros((1, 7, CELLS))}, SHAPE), model, tmp_path).info

    assert info.source == "test; own-file.onnx"


def test_a_missing_file_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"own\.onnx is missing.*albumen-models pull own"):
        DetectionModel.open(entry(Family.YOLO), tmp_path)


def test_half_precision_is_an_input_too(tmp_path: Path) -> None:
    data = constant_onnx({"output0": _yolo_rows().T[None]}, SHAPE, kind=TensorProto.FLOAT16)

    _check(_detect(opened(data, entry(Family.YOLO), tmp_path)))
