"""Texts and patterns with wildcards."""

from collections.abc import Sequence


def matches(text: str, pattern: Sequence[str]) -> bool:
    """Return whether a text is as a pattern says, whatever the case of its letters.

    Takes time in proportion to the text and the pattern: the first place where a part fits is the best one, since
    whatever follows it may begin anywhere behind it.

    Args:
        text: of any length.
        pattern: parts between which there may be anything; one part is the whole text.

    """
    text, (first, *others) = text.casefold(), [part.casefold() for part in pattern]
    if not others:
        return text == first
    *between, last = others
    if not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in between:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return at <= end
