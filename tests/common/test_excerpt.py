import pytest

from services.common.excerpt import MAX_EXCERPT_CHARS, excerpt


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Größe 🙂", "Größe 🙂"),
        ("a\0b", "a␀b"),
        ("\x1b[31mred\r\n\x7f", "␛[31mred␍␊␡"),
        # What turns text around, breaks lines or has no meaning.
        ("\u202egpj.exe", "\N{REPLACEMENT CHARACTER}gpj.exe"),
        ("one\u2028two\x85", "one two "),
        ("a\u202fb", "a b"),
        ("x" * MAX_EXCERPT_CHARS, "x" * MAX_EXCERPT_CHARS),
        ("\0" * 1000, "␀" * (MAX_EXCERPT_CHARS - 1) + "…"),
    ],
)
def test_what_is_repeated_can_be_seen_and_has_a_bound(text: str, told: str) -> None:
    assert excerpt(text) == told
