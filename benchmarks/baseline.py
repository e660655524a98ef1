"""What the services are measured against: the same models, in fp32, in one process, called in the plainest way.

Runs by itself, so that its memory is its own: `python -m benchmarks.baseline naive|kept|tuned FOLDER`. It
prints a JSON object a line: an empty one after each photo, and at last what it measured.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN

from benchmarks.plain_model import plain_model
from benchmarks.usage import usage_of
from models.entries import Model, Task
from models.home import weights_dir
from models.manifest import load_manifest
from services.common.inference import open_session
from services.common.limits import MAX_FACES_PER_IMAGE, MAX_OBJECTS_PER_IMAGE
from services.detector.candidates import Candidates, Decoder
from services.detector.detections import Box
from services.detector.face_crop import CROP_SIZE, grow
from services.detector.families import FAMILIES

OpenSession = Callable[[Path], onnxruntime.InferenceSession]

_EPS: Final = 0.35  # PictoPy's
_MIN_SAMPLES: Final = 2


@dataclass(frozen=True, slots=True)
class Models:
    """The three models, each in a session of its own."""

    objects: Decoder
    object_score: float
    faces: Decoder
    face_score: float
    embedder: onnxruntime.InferenceSession

    @classmethod
    def open(cls, session: OpenSession) -> Self:
        """Open all three with `session`."""
        manifest = load_manifest()
        objects, object_score = _detector(plain_model(manifest, Task.OBJECT_DETECTION), session)
        faces, face_score = _detector(plain_model(manifest, Task.FACE_DETECTION), session)
        embedder = session(weights_dir() / plain_model(manifest, Task.FACE_EMBEDDING).file)
        return cls(objects, object_score, faces, face_score, embedder)

    def analyse(self, path: Path) -> list[NDArray[np.float32]]:
        """Find objects and faces in a photo; return the faces' embeddings, float32 [512] each."""
        rgb = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
        _find(self.objects, self.object_score, rgb, MAX_OBJECTS_PER_IMAGE)
        faces = _find(self.faces, self.face_score, rgb, MAX_FACES_PER_IMAGE)
        return [self._embed(rgb, *box) for box in faces.boxes.tolist()]

    def _embed(
        self, rgb: NDArray[np.uint8], left: float, top: float, right: float, bottom: float
    ) -> NDArray[np.float32]:
        region = grow(Box(left, top, right - left, bottom - top))
        x, y = max(int(region.left), 0), max(int(region.top), 0)
        face = rgb[y : int(region.top + region.height), x : int(region.left + region.width)]
        crop = cv2.resize(face, (CROP_SIZE, CROP_SIZE))[None]
        (embeddings,) = self.embedder.run(None, {self.embedder.get_inputs()[0].name: crop})
        return np.asarray(embeddings[0], np.float32)


def main(mode: str, folder: str) -> None:
    """Analyse all photos in `folder`.

    Args:
        mode: ``naive`` opens the sessions anew for each photo, ``kept`` opens them once, and ``tuned`` opens them
            once and with the services' own options.
        folder: where the photos are, all JPEGs.

    """
    session = open_session if mode == "tuned" else _default_session
    photos = sorted(Path(folder).glob("*.jpg"))
    kept = None if mode == "naive" else Models.open(session)
    (kept or Models.open(session)).analyse(photos[0])
    started, cpu_started = time.perf_counter(), time.process_time()
    embeddings: list[NDArray[np.float32]] = []
    for path in photos:
        embeddings += (kept or Models.open(session)).analyse(path)
        print("{}", flush=True)
    people = _people(embeddings)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    whole = usage_of(os.getpid())
    result = {"seconds": seconds, "cpu_seconds": cpu_seconds, "process_cpu_seconds": whole.cpu_seconds}
    print(
        json.dumps({**result, "peak_bytes": whole.peak_bytes, "faces": len(embeddings), "people": people}), flush=True
    )


def _find(decoder: Decoder, min_score: float, rgb: NDArray[np.uint8], limit: int) -> Candidates:
    height, width = rgb.shape[:2]
    scale = decoder.scale(width, height)
    # Small enough already: the resizing that the services do inside the decoder costs nothing then.
    small = np.asarray(cv2.resize(rgb, (round(width * scale), round(height * scale))), np.uint8)
    found = decoder.detect(small, min_score=min_score, classes=None, limit=limit)
    return found.rescaled(width / small.shape[1], height / small.shape[0], width, height)


def _people(embeddings: Sequence[NDArray[np.float32]]) -> int:
    if not embeddings:
        return 0
    labels = DBSCAN(eps=_EPS, min_samples=_MIN_SAMPLES, metric="cosine").fit_predict(np.stack(embeddings))
    return int(labels.max()) + 1


def _detector(model: Model, session: OpenSession) -> tuple[Decoder, float]:
    if model.thresholds is None:
        raise ValueError(f"The model {model.id} has no thresholds, so it detects nothing.")
    decoder = FAMILIES[model.family](session(weights_dir() / model.file), model, model.thresholds.nms_iou)
    return decoder, model.thresholds.score


def _default_session(path: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    main(*sys.argv[1:])
