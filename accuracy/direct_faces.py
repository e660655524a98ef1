"""CenterFace run directly: the whole photo decoded, shrunk exactly once, its output read by plain code.

It shares no code with the detector, so that a fault there shows as a difference.
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np
import onnxruntime

from accuracy.detections import Detections
from accuracy.pixels import read_rgb, resized

_STRIDE: Final = 4
_MULTIPLE: Final = 32


class DirectFaces:
    """Finds faces; see Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point" (2019).

    Args:
        weights: the ONNX file.
        longest_side: photos are shrunk to it, in pixels; None leaves them as they are.
        max_iou: how much two faces may overlap.

    """

    def __init__(self, weights: Path, *, longest_side: int | None, max_iou: float) -> None:
        self._session = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])
        self._longest_side = longest_side
        self._max_iou = max_iou

    def find(self, path: Path, min_score: float) -> Detections:
        """Find all faces in a photo."""
        rgb = read_rgb(path)
        height, width = rgb.shape[:2]
        scale = min((self._longest_side or np.inf) / max(width, height), 1.0)
        small = resized(rgb, round(width * scale), round(height * scale))
        rows, columns = small.shape[:2]
        canvas = np.zeros((1, rows + -rows % _MULTIPLE, columns + -columns % _MULTIPLE, 3), np.uint8)
        canvas[0, :rows, :columns] = small
        heatmap, extent, offset = (
            output[0].astype(np.float64)
            for output in self._session.run(["heatmap", "scale", "offset"], {"image": canvas})
        )
        found = []
        for row, column in np.argwhere(heatmap[0] >= min_score):
            tall, wide = np.exp(extent[:, row, column]) * _STRIDE
            middle_y, middle_x = (offset[:, row, column] + (row + 0.5, column + 0.5)) * _STRIDE
            found.append((middle_x - wide / 2, middle_y - tall / 2, wide, tall))
        scores = heatmap[0][heatmap[0] >= min_score]
        kept = np.asarray(cv2.dnn.NMSBoxes(found, scores.tolist(), 0.0, self._max_iou), np.int64).reshape(-1)
        boxes = np.array(found).reshape(-1, 4)[kept] * np.tile([width / columns, height / rows], 2)
        boxes[:, 2:] += boxes[:, :2]
        return Detections.from_arrays(np.clip(boxes, 0, [width, height] * 2), scores[kept])
