from pathlib import Path

import pytest

from models.entries import Task
from models.manifest import load_manifest
from services.detector.detection_model import DetectionModel
from services.detector.detector import Detector


@pytest.fixture(scope="session")
def object_model(weights_dir: Path) -> DetectionModel:
    return DetectionModel.open(load_manifest().default(Task.OBJECT_DETECTION), weights_dir)


@pytest.fixture(scope="session")
def face_model(weights_dir: Path) -> DetectionModel:
    return DetectionModel.open(load_manifest().default(Task.FACE_DETECTION), weights_dir)


@pytest.fixture(scope="session")
def detector(object_model: DetectionModel, face_model: DetectionModel) -> Detector:
    return Detector(object_model, face_model)
