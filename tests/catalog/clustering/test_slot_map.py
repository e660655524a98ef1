"""Slots by key, against a dictionary."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.clustering.slot_map import SlotMap

_KEYS = st.lists(st.integers(0, 40), max_size=8)


@given(st.lists(st.tuples(st.booleans(), _KEYS), max_size=12))
def test_it_is_a_dictionary(steps: list[tuple[bool, list[int]]]) -> None:
    slots, expected = SlotMap(), dict[int, int]()
    for adds, keys in steps:
        if adds:
            new = [key for key in dict.fromkeys(keys) if key not in expected]
            given_ = {key: 100 + key + len(expected) for key in new}
            slots.add(np.array(new, np.int64), np.array(list(given_.values()), np.int64))
            expected |= given_
        else:
            known = [key for key in dict.fromkeys(keys) if key in expected]
            slots.remove(np.array(known, np.int64))
            for key in known:
                del expected[key]
        assert len(slots) == len(expected)
        everything = np.arange(-2, 60)
        assert slots.find(everything).tolist() == [expected.get(key, -1) for key in everything.tolist()]
        assert [key in slots for key in everything.tolist()] == [key in expected for key in everything.tolist()]


def test_a_key_that_is_there_or_comes_twice_is_refused() -> None:
    slots = SlotMap()
    slots.add(np.array([3]), np.array([0]))
    for keys in ([3], [4, 4]):
        with pytest.raises(ValueError, match="twice"):
            slots.check_new(np.array(keys))


def test_a_key_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="7"):
        SlotMap().slots(np.array([7]))
