import pytest

from services.common.plural import noun, plural


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 people"), (1, "1 person"), (2, "2 people"), (1_200, "1,200 people")]
)
def test_one_thing_and_several_have_nouns_of_their_own(count: int, text: str) -> None:
    assert plural(count, "person", "people") == text
    assert text.endswith(noun(count, "person", "people"))


def test_most_nouns_take_an_s() -> None:
    assert (plural(1, "face"), plural(3, "face")) == ("1 face", "3 faces")
