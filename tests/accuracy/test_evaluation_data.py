import json
from pathlib import Path

import pytest

from accuracy.evaluation_data import FILES, EvaluationData, missing
from accuracy.lfw import read_pairs
from accuracy.wider import Subset

FACES = {
    "b.jpg": {
        "w": 300, "h": 200,
        "boxes_xywh_blur_expr_illum_invalid_occl_pose": [
            [10, 20, 30, 70, 0, 0, 0, 0, 0, 0], [100, 0, 50, 64, 0, 0, 0, 1, 0, 0], [200, 0, 8, 9, 0, 0, 0, 0, 0, 0],
        ],
        "easy_keep_index": [0], "medium_keep_index": [0], "hard_keep_index": [0, 2],
    },
    "a.jpg": {
        "w": 30, "h": 20, "boxes_xywh_blur_expr_illum_invalid_occl_pose": [],
        "easy_keep_index": [], "medium_keep_index": [], "hard_keep_index": [],
    },
}  # fmt: skip
OBJECTS = {
    "categories": [{"id": 7, "name": "train"}, {"id": 3, "name": "car"}],
    "images": [
        {"id": 5, "file_name": "5.jpg", "width": 40, "height": 30},
        {"id": 4, "file_name": "4.jpg", "width": 30, "height": 40},
    ],
    "annotations": [{"image_id": 5, "category_id": 7, "bbox": [1, 2, 3, 4], "iscrowd": 1}],
}
PAIRS = "2\t1\nA_B\t1\t12\nA_B\t3\tC\t4\nD\t1\t2\nD\t1\tC\t1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in zip(FILES, (PAIRS, json.dumps(FACES), json.dumps(OBJECTS)), strict=True):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_pairs_have_their_photos_and_folds(folder: Path) -> None:
    pairs = EvaluationData.read(folder).pairs
    assert [(pair.first.name, pair.second.name, pair.same, pair.fold) for pair in pairs] == [
        ("A_B_0001.jpg", "A_B_0012.jpg", True, 0),
        ("A_B_0003.jpg", "C_0004.jpg", False, 0),
        ("D_0001.jpg", "D_0002.jpg", True, 1),
        ("D_0001.jpg", "C_0001.jpg", False, 1),
    ]
    assert pairs[1].second.parent == folder / "lfw" / "images" / "C"


def test_a_list_of_pairs_that_is_cut_short_is_refused(folder: Path) -> None:
    (folder / FILES[0]).write_text("2\t1\nA\t1\t2\n", "utf-8")
    with pytest.raises(ValueError, match="announces 2 folds of 2 x 1 pairs, but has 1 lines"):
        read_pairs(folder)


def test_faces_know_their_subsets(folder: Path) -> None:
    empty, photo = EvaluationData.read(folder).faces
    assert empty.boxes.shape == (0, 4)
    assert photo.boxes[0].tolist() == [10, 20, 40, 90]
    assert {subset: wanted.tolist() for subset, wanted in photo.wanted.items()} == {
        Subset.EASY: [True, False, False],
        Subset.MEDIUM: [True, False, False],
        Subset.HARD: [True, False, True],
        Subset.LARGE: [True, False, False],
    }


def test_objects_have_their_classes(folder: Path) -> None:
    data = EvaluationData.read(folder).objects
    assert data.names == ("car", "train")
    empty, photo = data.photos
    assert len(empty.boxes) == 0
    assert (photo.boxes.tolist(), photo.classes.tolist(), photo.crowd.tolist()) == ([[1, 2, 4, 6]], [1], [True])


def test_a_sample_has_all_folds_and_kinds(folder: Path) -> None:
    sample = EvaluationData.read(folder).sample(1)
    assert {(pair.fold, pair.same) for pair in sample.pairs} == {(0, True), (0, False), (1, True), (1, False)}
    assert len(sample.faces) == len(sample.objects.photos) == 1


def test_what_a_folder_lacks_is_named(folder: Path) -> None:
    assert missing(folder) == []
    (folder / FILES[1]).unlink()
    assert missing(folder) == [FILES[1]]
