"""The options of a detection request, and their checks."""

import math
from dataclasses import dataclass

from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_DETECT_BOXES
from services.common.number_text import float32_text
from services.detector.detections import Box


def _check_min_score(value: float | None, *, field: str) -> None:
    if value is not None and not 0 <= value <= 1:
        raise InvalidArgumentError(
            Reason.SCORE_OUT_OF_RANGE,
            f"The least score must be between 0 and 1, not {float32_text(value)}.",
            field=field,
            metadata={"minimum": "0", "limit": "1", "value": float32_text(value)},
        )


def _check_max_results(value: int, *, field: str) -> None:
    if value < 0:
        raise InvalidArgumentError(
            Reason.MAX_RESULTS_INVALID,
            f"The number of results must not be negative, but it is {value}. Send 0 for the server's limit.",
            field=field,
            metadata={"limit": "0", "value": str(value)},
        )


def _check_boxes(boxes: tuple[Box, ...], *, field: str) -> None:
    if len(boxes) > MAX_DETECT_BOXES:
        raise InvalidArgumentError(
            Reason.TOO_MANY_BOXES,
            f"{len(boxes):,} boxes are more than the limit of {MAX_DETECT_BOXES}. Use several calls.",
            field=field,
            metadata={"limit": str(MAX_DETECT_BOXES), "value": str(len(boxes))},
        )
    checks = Checks()
    for index, box in enumerate(boxes):
        checks.run(_check_box, box, field=f"{field}[{index}]")
    checks.done()


def _check_box(box: Box, *, field: str) -> None:
    sides = (box.left, box.top, box.width, box.height)
    if not all(map(math.isfinite, sides)) or box.width <= 0 or box.height <= 0:
        shown = ", ".join(map(float32_text, sides))
        raise InvalidArgumentError(
            Reason.BOX_INVALID,
            f"A box has a left and a top edge, and a width and a height above 0, in pixels; this one has {shown}.",
            field=field,
        )


@dataclass(frozen=True, slots=True)
class ObjectOptions:
    """Which objects are reported.

    Attributes:
        min_score: objects with a lower score are left out, 0 to 1; None means the model's own threshold.
        labels: names of the classes to report; empty means all.
        max_results: maximum number, the best first; 0 means the detector's limit.

    Raises:
        InvalidArgumentError: SCORE_OUT_OF_RANGE or MAX_RESULTS_INVALID.

    """

    min_score: float | None = None
    labels: frozenset[str] = frozenset()
    max_results: int = 0

    def __post_init__(self) -> None:
        """Check the values."""
        checks = Checks()
        checks.run(_check_min_score, self.min_score, field="object_options.min_score")
        checks.run(_check_max_results, self.max_results, field="object_options.max_results")
        checks.done()


@dataclass(frozen=True, slots=True)
class FaceOptions:
    """Which faces are reported, and with what.

    Attributes:
        min_score: faces with a lower score are left out, 0 to 1; None means the model's own threshold.
        max_results: maximum number, the best first; 0 means the detector's limit.
        include_crops: whether each face carries its crop.
        boxes: where faces are, in pixels of the upright photo; if there are any, these are reported and no others.

    Raises:
        InvalidArgumentError: SCORE_OUT_OF_RANGE, MAX_RESULTS_INVALID, TOO_MANY_BOXES or BOX_INVALID.

    """

    min_score: float | None = None
    max_results: int = 0
    include_crops: bool = False
    boxes: tuple[Box, ...] = ()

    def __post_init__(self) -> None:
        """Check the values."""
        checks = Checks()
        checks.run(_check_min_score, self.min_score, field="face_options.min_score")
        checks.run(_check_max_results, self.max_results, field="face_options.max_results")
        checks.run(_check_boxes, self.boxes, field="face_options.boxes")
        checks.done()


@dataclass(frozen=True, slots=True)
class DetectOptions:
    """What to look for: objects, faces or both; None leaves a kind out.

    Attributes:
        objects: which objects are reported.
        faces: which faces are reported, and with what.

    Raises:
        InvalidArgumentError: FEATURE_INVALID; both are None.

    """

    objects: ObjectOptions | None = ObjectOptions()
    faces: FaceOptions | None = FaceOptions()

    def __post_init__(self) -> None:
        """Check the values."""
        if self.objects is None and self.faces is None:
            raise InvalidArgumentError(
                Reason.FEATURE_INVALID, "Nothing is asked for. Ask for objects or faces.", field="features"
            )
