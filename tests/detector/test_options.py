from collections.abc import Callable

import numpy as np
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


@pytest.mark.parametrize("options", [ObjectOptions, FaceOptions])
@pytest.mark.parametrize(("sent", "told"), [(1.0000001, "1.0000001"), (1.1, "1.1"), (-1e-9, "-1e-09"), (7, "7")])
def test_a_score_just_beyond_its_limits_is_told_as_it_was_sent(
    options: type[ObjectOptions | FaceOptions], sent: float, told: str
) -> None:
    with pytest.raises(InvalidArgumentError) as error:
        options(min_score=float(np.float32(sent)))

    assert error.value.message == f"The least score must be between 0 and 1, not {told}."
    assert error.value.metadata == {"minimum": "0", "limit": "1", "value": told}
