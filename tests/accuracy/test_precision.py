from pathlib import Path

import numpy as np
import pytest

from accuracy.precision.pairs import precision_pairs
from accuracy.precision.speed import RUNS, speed_table
from accuracy.precision.steadiness import steadiness_table
from clients.cli.failure import CommandError
from models.entries import Task
from models.manifest import load_manifest
from services.detector.detection_model import DetectionModel
from tests.detector.photos import portrait


def test_pairs_are_two_precisions_of_the_same_weights(weights_dir: Path) -> None:
    manifest = load_manifest()
    for model in manifest.models:
        if not (weights_dir / model.file).is_file():
            pytest.skip(f"{model.id} is not here; pull it")
    assert [(plain.id, other.id) for plain, other in precision_pairs(manifest, weights_dir)] == [
        ("facenet-20180408", "facenet-20180408-int8"),
        ("centerface", "centerface-int8"),
    ]


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no weights of facenet-20180408, facenet-20180408-int8, centerface"):
        precision_pairs(load_manifest(), tmp_path)


def test_a_model_beside_itself_is_as_fast(weights_dir: Path) -> None:
    model = load_manifest().default(Task.OBJECT_DETECTION)
    calls: list[None] = []

    (row,) = speed_table([(model, model)], weights_dir, lambda: calls.append(None)).rows

    assert len(calls) == RUNS
    assert row[0] == model.id
    assert 0 < float(row[3].removesuffix("x")) < 10
    assert row[4] == row[5] == "17.3"


def test_the_same_box_moves_a_little_with_each_encoding(weights_dir: Path, samples_dir: Path) -> None:
    model = DetectionModel.open(load_manifest().default(Task.FACE_DETECTION), weights_dir)
    empty = np.zeros((64, 64, 3), np.uint8)

    table = steadiness_table([model], [np.asarray(portrait(samples_dir)), empty], lambda: None)

    assert [row[1] for row in table.rows] == ["JPEG 95", "JPEG 90", "WebP 90"]
    for row in table.rows:
        assert row[2] == "1"
        assert 0 < float(row[3]) < 5
