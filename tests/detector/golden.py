"""Writes what the detector finds in the sample photos: ``python -m tests.detector.golden``."""

import json
from pathlib import Path
from typing import Any

from models import home
from models.entries import Task
from models.manifest import load_manifest
from services.detector.detection_model import DetectionModel
from services.detector.detections import Box, Detections
from services.detector.detector import Detector
from services.detector.options import DetectOptions

GOLDEN = Path(__file__).with_name("golden.json")


def summary(found: Detections) -> dict[str, Any]:
    return {
        "size": [found.width, found.height],
        "objects": [
            {"label": item.label, "score": round(item.score, 3), "box": _box(item.box)} for item in found.objects
        ],
        "faces": [
            {
                "score": round(face.score, 3),
                "box": _box(face.box),
                "landmarks": [
                    [round(point.x, 1), round(point.y, 1)]
                    for points in [face.landmarks]
                    if points is not None
                    for point in (
                        points.left_eye,
                        points.right_eye,
                        points.nose,
                        points.mouth_left,
                        points.mouth_right,
                    )
                ],
            }
            for face in found.faces
        ],
    }


def _box(box: Box) -> list[float]:
    return [round(value, 1) for value in (box.left, box.top, box.width, box.height)]


def main() -> None:
    manifest = load_manifest()
    detector = Detector(
        DetectionModel.open(manifest.default(Task.OBJECT_DETECTION), home.weights_dir()),
        DetectionModel.open(manifest.default(Task.FACE_DETECTION), home.weights_dir()),
    )
    golden = {
        path.name: summary(detector.detect(path.read_bytes(), DetectOptions()))
        for path in sorted(home.samples_dir().iterdir())
        if path.suffix in {".jpg", ".png"}
    }
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
