"""How CenterFace's maps become faces, on maps made by hand."""

from pathlib import Path

import numpy as np
import pytest

from models.entries import Family, Task
from services.detector.candidates import Candidates
from tests.detector.tiny_models import constant_onnx, entry, opened

ROWS, COLUMNS = 16, 24
PHOTO = np.zeros((4 * ROWS, 4 * COLUMNS, 3), np.uint8)
SIDE = 16.0


def faces_of(cells: dict[tuple[int, int], tuple[float, float]], folder: Path) -> Candidates:
    """Decode cells, by row and column, of which each has a score and the side of its box, in pixels."""
    maps = {"heatmap": 1, "scale": 2, "offset": 2, "landmarks": 10}
    outputs = {name: np.zeros((1, channels, ROWS, COLUMNS), np.float32) for name, channels in maps.items()}
    outputs["landmarks"][:] = 0.5
    for (row, column), (score, side) in cells.items():
        outputs["heatmap"][0, 0, row, column] = score
        outputs["scale"][0, :, row, column] = np.log(side / 4)
    data = constant_onnx(outputs, [1, 3, *PHOTO.shape[:2]])
    model = opened(data, entry(Family.CENTERFACE, Task.FACE_DETECTION), folder)
    return model.decoder.detect(PHOTO, min_score=0.5, classes=None, limit=10)


def test_a_cell_alone_says_where_its_face_is(tmp_path: Path) -> None:
    found = faces_of({(5, 6): (0.9, SIDE), (12, 20): (0.6, SIDE)}, tmp_path)

    assert found.scores == pytest.approx([0.9, 0.6])
    assert found.boxes == pytest.approx(np.array([[18, 14, 34, 30], [74, 42, 90, 58]]), abs=1e-4)
    assert found.landmarks == pytest.approx(np.array([[[26, 22]] * 5, [[82, 50]] * 5]), abs=1e-4)


def test_cells_around_the_best_one_share_in_its_box_and_landmarks(tmp_path: Path) -> None:
    # Below the least score, but still a witness.
    found = faces_of({(5, 6): (0.8, SIDE), (5, 7): (0.4, SIDE)}, tmp_path)

    moved = 4 * 0.4**2 / (0.8**2 + 0.4**2)
    assert found.scores == pytest.approx([0.8])
    assert found.boxes == pytest.approx(np.array([[18 + moved, 14, 34 + moved, 30]]), abs=1e-4)
    assert found.landmarks[0] == pytest.approx(np.array([[26 + moved, 22]] * 5), abs=1e-4)


@pytest.mark.parametrize(
    "other", [{(5, 8): (0.4, SIDE / 2)}, {(5, 9): (0.4, 4 * SIDE)}], ids=["of another face", "too far"]
)
def test_other_cells_have_no_share(other: dict[tuple[int, int], tuple[float, float]], tmp_path: Path) -> None:
    found = faces_of({(5, 6): (0.8, SIDE)} | other, tmp_path)

    assert found.boxes == pytest.approx(np.array([[18, 14, 34, 30]]), abs=1e-4)


@pytest.mark.parametrize("corner", [(0, 0), (0, COLUMNS - 1), (ROWS - 1, 0), (ROWS - 1, COLUMNS - 1)])
def test_nothing_lies_beside_the_map(corner: tuple[int, int], tmp_path: Path) -> None:
    found = faces_of({corner: (0.8, SIDE), (8, 12): (0.7, SIDE)}, tmp_path)

    middle = (np.array(corner[::-1]) + 0.5) * 4
    assert found.boxes[0] == pytest.approx(np.concatenate([middle - SIDE / 2, middle + SIDE / 2]), abs=1e-4)


def test_without_a_face_there_is_none(tmp_path: Path) -> None:
    found = faces_of({(5, 6): (0.3, SIDE)}, tmp_path)

    assert found.boxes.shape == (0, 4)
    assert found.landmarks.shape == (0, 5, 2)
