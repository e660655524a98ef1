"""An SSD run directly: the whole photo decoded, stretched exactly once, its output read by plain code.

It shares no code with the detector, so that a fault there shows as a difference.
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np
import onnxruntime

from accuracy.detections import Detections
from accuracy.pixels import read_rgb, resized

_MAX_DETECTIONS: Final = 100


class DirectObjects:
    """Finds objects, at most 100 in a photo; see Liu et al., "SSD: Single Shot MultiBox Detector" (2016).

    Args:
        weights: the ONNX file, with the boxes of its anchors decoded to fractions of the photo.
        max_iou: how much two objects of one class may overlap.

    """

    def __init__(self, weights: Path, *, max_iou: float) -> None:
        self._session = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])
        _, self._height, self._width, _ = self._session.get_inputs()[0].shape
        self._max_iou = max_iou

    def find(self, path: Path, min_score: float) -> Detections:
        """Find the objects in a photo; the classes are in the order of the model's."""
        rgb = read_rgb(path)
        height, width = rgb.shape[:2]
        (edges,), (scores,) = self._session.run(
            ["boxes", "scores"], {"image": resized(rgb, self._width, self._height)[None]}
        )
        anchors, classes = np.nonzero(scores >= min_score)
        corners = edges[anchors][:, [1, 0, 3, 2]].astype(np.float64) * [width, height, width, height]
        extents = np.hstack([corners[:, :2], corners[:, 2:] - corners[:, :2]])
        confidences = scores[anchors, classes]
        best = cv2.dnn.NMSBoxesBatched(extents.tolist(), confidences.tolist(), classes.tolist(), 0.0, self._max_iou)
        kept = np.asarray(best, np.int64).reshape(-1)
        kept = kept[np.argsort(-confidences[kept], kind="stable")][:_MAX_DETECTIONS]
        return Detections.from_arrays(np.clip(corners[kept], 0, [width, height] * 2), confidences[kept], classes[kept])
