from collections.abc import Callable

import pytest

from services.common.errors import InvalidArgumentError, Reason
from services.detector.options import DetectOptions, FaceOptions, ObjectOptions


@pytest.mark.parametrize(
    ("make", "reason", "field"),
    [
        (lambda: ObjectOptions(min_score=1.5), Reason.SCORE_OUT_OF_RANGE, "object_options.min_score"),
        (lambda: ObjectOptions(min_score=float("nan")), Reason.SCORE_OUT_OF_RANGE, "object_options.min_score"),
        (lambda: FaceOptions(min_score=-0.1), Reason.SCORE_OUT_OF_RANGE, "face_options.min_score"),
        (lambda: ObjectOptions(max_results=-1), Reason.MAX_RESULTS_INVALID, "object_options.max_results"),
        (lambda: FaceOptions(max_results=-7), Reason.MAX_RESULTS_INVALID, "face_options.max_results"),
        (lambda: DetectOptions(None, None), Reason.FEATURE_INVALID, "features"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Callable[[], object], reason: Reason, field: str) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        make()

    assert error.value.reason is reason
    assert error.value.field == field
