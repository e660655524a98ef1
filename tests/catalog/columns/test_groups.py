from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.columns.groups import contenders, firsts, groups_of, largest, merged


@given(values=st.lists(st.integers(-3, 3) | st.sampled_from([-(10**12), 10**12]), max_size=20), limit=st.integers(1, 5))
def test_equal_values_are_one_group(values: list[int], limit: int) -> None:
    groups = groups_of(np.array(values, np.int64))
    counts = Counter(values)
    assert dict(zip(groups.values.tolist(), groups.sizes.tolist(), strict=True)) == counts
    assert groups.values.tolist() == sorted(counts)
    assert [groups.values[group] for group in groups.of] == values
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    assert groups.values[largest(groups.sizes, groups.values, limit)].tolist() == ranked[:limit]
    least = counts[ranked[:limit][-1]] if ranked else 0
    assert set(groups.values[contenders(groups.sizes, limit)].tolist()) == {
        value for value in counts if counts[value] >= least
    }


@given(values=st.lists(st.integers(0, 9), min_size=1, max_size=20), data=st.data())
def test_a_group_has_a_first_and_a_last(values: list[int], data: st.DataObject) -> None:
    ranks = data.draw(st.lists(st.integers(0, 2), min_size=len(values), max_size=len(values)))
    groups = groups_of(np.array(values, np.int64))
    for last in (False, True):
        found = firsts(groups, np.array(ranks, np.int64), last=last)
        for value, place in zip(groups.values.tolist(), found.tolist(), strict=True):
            of_value = [position for position, other in enumerate(values) if other == value]
            least = [position for position in of_value if ranks[position] == min(ranks[one] for one in of_value)]
            assert place == least[-1 if last else 0]


@given(values=st.lists(st.integers(0, 9), max_size=20))
def test_groups_of_groups_hold_what_these_hold(values: list[int]) -> None:
    groups = groups_of(np.array(values, np.int64))
    outer, expected = merged(groups, groups.values // 3), groups_of(np.array(values, np.int64) // 3)
    assert outer.values.tolist() == expected.values.tolist()
    assert outer.sizes.tolist() == expected.sizes.tolist()
    assert outer.of.tolist() == expected.of.tolist()
