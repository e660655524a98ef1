"""Non-maximum suppression: of boxes that overlap, only the best is kept."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

MAX_CANDIDATES: Final = 4_096


def suppress(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    classes: NDArray[np.int64],
    *,
    max_iou: float,
    limit: int,
) -> NDArray[np.intp]:
    """Return the indices of the boxes that are kept, best first.

    Boxes are visited in the order of falling score, equal ones in the order given; each suppresses those after it that
    are of its class and whose intersection over union with it is above `max_iou`. Greedy, as in Felzenszwalb et al.,
    "Object Detection with Discriminatively Trained Part-Based Models" (2010).

    Args:
        boxes: float32 [n, 4]: left, top, right, bottom. Only the best MAX_CANDIDATES are considered.
        scores: float32 [n].
        classes: int64 [n]; boxes of different classes don't suppress each other.
        max_iou: largest intersection over union at which both boxes are kept, 0 to 1.
        limit: maximum number of boxes kept, which bounds the work to limit x MAX_CANDIDATES overlaps.

    """
    order = np.argsort(-scores, kind="stable")[:MAX_CANDIDATES]
    boxes, classes = boxes[order], classes[order]
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    alive = np.ones(len(order), np.bool_)
    kept: list[int] = []
    for best in range(len(order)):
        if len(kept) == limit:
            break
        if not alive[best]:
            continue
        kept.append(best)
        rest = slice(best + 1, None)
        extent = np.minimum(boxes[rest, 2:], boxes[best, 2:]) - np.maximum(boxes[rest, :2], boxes[best, :2])
        intersection = np.maximum(extent, 0).prod(1)
        union = areas[rest] + areas[best] - intersection
        alive[rest] &= (intersection <= max_iou * union) | (classes[rest] != classes[best])
    return order[kept]
