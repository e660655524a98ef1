import math

import numpy as np
import pytest

from services.common.number_text import float32_text, float64_text


@pytest.mark.parametrize("limit", [0.0, 1.0, 2.0, -1.0, 1e-3, 1e16, 123456789.0])
def test_the_neighbours_of_a_number_are_told_apart_from_it(limit: float) -> None:
    for towards in (math.inf, -math.inf):
        beyond = math.nextafter(limit, towards)
        assert float64_text(beyond) != float64_text(limit)
        assert float(float64_text(beyond)) == beyond
        single = np.float32(limit)
        neighbour = np.nextafter(single, np.float32(towards))
        assert float32_text(float(neighbour)) != float32_text(float(single))
        assert np.float32(float32_text(float(neighbour))) == neighbour


def test_numbers_have_no_digits_that_nobody_sent() -> None:
    assert [float64_text(number) for number in (2.0, 2.1, 0.0, math.nan, -math.inf)] == ["2", "2.1", "0", "nan", "-inf"]
    sent = (2.0, float(np.float32(1.1)), 0.0, math.nan, math.inf)
    assert [float32_text(number) for number in sent] == ["2", "1.1", "0", "nan", "inf"]
