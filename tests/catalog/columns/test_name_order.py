import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.columns.name_order import NameOrder

_NAMES = st.sampled_from(["", "a", "b", "ab", "ä", "b.jpg", "\U0001f4f7"])


@given(changes=st.lists(st.dictionaries(st.integers(0, 30), _NAMES, max_size=8), max_size=6), name=_NAMES)
@settings(max_examples=100, deadline=None)
def test_names_stay_sorted_whatever_changes(changes: list[dict[int, str]], name: str) -> None:
    order, expected = NameOrder(), dict[int, str]()
    for change in changes:
        order, expected = order.changed(change), expected | change
    named = sorted((text, position) for position, text in expected.items() if text)
    assert [(order.names[position], position) for position in order.order.tolist()] == named
    for descending in (False, True):
        values = order.values(31, descending=descending)
        for position in range(31):
            text = expected.get(position, "")
            assert order.value_of(text, position, descending=descending) == values[position]
            # Where nobody is called so, the value lies between those of its neighbours.
            between = order.value_of(name, position, descending=descending)
            for other in named:
                if name and other != (name, position):
                    assert (values[other[1]] < between) == ((other < (name, position)) != descending)


def test_thousands_of_names_are_sorted_at_once() -> None:
    generator = np.random.default_rng(5)
    names = {position: f"{number:x}" for position, number in enumerate(generator.integers(0, 2_000, 5_000).tolist())}
    order = NameOrder().changed(names).changed({7: "zz", 8: "", 5_001: "0"})
    names |= {7: "zz", 5_001: "0"}
    del names[8]
    assert order.order.tolist() == sorted(names, key=lambda position: (names[position], position))
