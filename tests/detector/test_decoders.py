from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.entries import Task
from models.manifest import load_manifest
from services.common.errors import Reason, UnavailableError
from services.detector.detection_model import DetectionModel
from tests.detector.photos import portrait


def test_a_small_photo_is_not_enlarged_for_faces(face_model: DetectionModel, samples_dir: Path) -> None:
    small = np.asarray(portrait(samples_dir).resize((90, 112)))
    padded = np.pad(small, ((0, 16), (0, 6), (0, 0)))

    one = face_model.decoder.detect(small, min_score=0.3, classes=None, limit=9)
    other = face_model.decoder.detect(padded, min_score=0.3, classes=None, limit=9)

    assert len(one.boxes) == 1
    assert (one.boxes == other.boxes).all()
    assert (one.landmarks == other.landmarks).all()


@given(width=st.integers(1, 20_000), height=st.integers(1, 20_000))
def test_scales_never_exceed_one(
    width: int, height: int, face_model: DetectionModel, object_model: DetectionModel
) -> None:
    faces, objects = face_model.decoder.scale(width, height), object_model.decoder.scale(width, height)

    assert 0 < faces <= 1
    assert 0 < objects <= 1
    assert max(width, height) * faces <= 640.001
    assert objects == 1 or min(width, height) * objects >= 299.999


@pytest.mark.parametrize("size", [(1, 1), (1, 2000), (2000, 1), (33, 31), (641, 640)])
def test_any_extent_is_an_input(
    size: tuple[int, int], face_model: DetectionModel, object_model: DetectionModel
) -> None:
    image = np.zeros((*size, 3), np.uint8)

    for model in (face_model, object_model):
        found = model.decoder.detect(image, min_score=0.0, classes=None, limit=5)
        assert len(found.boxes) == len(found.scores) == len(found.classes) == len(found.landmarks) <= 5
        assert np.isfinite(found.boxes).all()


def test_boxes_scale_with_the_photo(face_model: DetectionModel, samples_dir: Path) -> None:
    image = portrait(samples_dir)
    small = face_model.decoder.detect(np.asarray(image), min_score=0.5, classes=None, limit=1)
    large = face_model.decoder.detect(np.asarray(image.resize((910, 1136))), min_score=0.5, classes=None, limit=1)

    # The border's padding differs, so that the two don't agree to the pixel; a mistaken scale is far off.
    assert large.boxes / 2 == pytest.approx(small.boxes, abs=8)
    assert large.landmarks / 2 == pytest.approx(small.landmarks, abs=8)


def test_a_model_that_detects_nothing_is_refused(weights_dir: Path) -> None:
    with pytest.raises(UnavailableError, match="facenet") as error:
        DetectionModel.open(load_manifest().default(Task.FACE_EMBEDDING), weights_dir)

    assert error.value.reason is Reason.MODEL_UNAVAILABLE
