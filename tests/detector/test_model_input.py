from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto

from models.entries import Family
from services.common.inference import open_session
from services.detector.model_input import Convention, Fit, ModelInput
from tests.detector.tiny_models import Shape, constant_onnx, entry

RED = np.full((32, 64, 3), (200, 100, 50), np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("inputs")


def made(
    folder: Path, shape: Shape, convention: Convention, *, kind: int = TensorProto.FLOAT, size: int = 0
) -> ModelInput:
    path = folder / "input.onnx"
    path.write_bytes(constant_onnx({"o": np.zeros(1)}, shape, kind=kind))
    return ModelInput(open_session(path), entry(Family.YOLO, size=size), convention)


@pytest.mark.parametrize(
    ("convention", "photo", "beside"),
    [
        (Convention(Fit.CORNER, fill=114, bgr=True), (50, 100, 200), (114, 114, 114)),
        (Convention(Fit.CENTRE, fill=114, factor=1 / 255), (200 / 255, 100 / 255, 50 / 255), (114 / 255,) * 3),
        (Convention(Fit.STRETCH), (200, 100, 50), (200, 100, 50)),
    ],
)
def test_floats_are_planes_in_the_familys_order_and_range(
    convention: Convention, photo: tuple[float, ...], beside: tuple[float, ...], folder: Path
) -> None:
    tensor, placement = made(folder, [1, 3, 64, 64], convention).prepare(RED)

    assert tensor.shape == (1, 3, 64, 64)
    assert tensor.dtype == np.float32
    assert tensor[0, :, placement.top + 5, placement.left + 5] == pytest.approx(photo)
    assert tensor[0, :, 63, 5] == pytest.approx(beside)
    assert (placement.left, placement.top) == ((0, 16) if convention.fit is Fit.CENTRE else (0, 0))


def test_bytes_are_left_as_they_are(folder: Path) -> None:
    layout: Shape = ["n", "h", "w", 3]
    tensor, _ = made(folder, layout, Convention(Fit.CORNER, bgr=True), kind=TensorProto.UINT8, size=640).prepare(RED)

    assert (tensor[0] == RED).all()


def test_free_sides_are_as_long_as_the_photo_needs(folder: Path) -> None:
    model_input = made(folder, ["n", 3, "h", "w"], Convention(Fit.CORNER), size=320)

    assert model_input.prepare(np.zeros((50, 70, 3), np.uint8))[0].shape == (1, 3, 64, 96)
    assert model_input.prepare(np.zeros((480, 640, 3), np.uint8))[0].shape == (1, 3, 256, 320)
    assert made(folder, ["n", 3, "h", "w"], Convention(Fit.CORNER)).width == 640


@given(width=st.integers(1, 900), height=st.integers(1, 900), fit=st.sampled_from(Fit))
def test_points_find_their_way_back(width: int, height: int, fit: Fit, inputs: dict[Fit, ModelInput]) -> None:
    model_input = inputs[fit]
    tensor, placement = model_input.prepare(np.full((height, width, 3), 255, np.uint8))

    rows, columns = np.nonzero(tensor[0, 0] > 250)
    corners = np.array([[columns.min(), rows.min()], [columns.max() + 1, rows.max() + 1]], np.float32)
    assert placement.to_photo(corners) == pytest.approx(np.array([[0, 0], [width, height]]), abs=1e-2)
    assert placement.to_photo(corners.reshape(1, 4)) == pytest.approx(np.array([[0, 0, width, height]]), abs=1e-2)
    assert 0 < model_input.scale(width, height) <= 1


@pytest.fixture(scope="module")
def inputs(folder: Path) -> dict[Fit, ModelInput]:
    values: dict[Fit, Any] = {fit: made(folder, [1, 3, 96, 160], Convention(fit)) for fit in Fit}
    return values
