"""What a name may not hold: characters that are not seen, or that look like others.

The tables behind it take a tenth of a start's time, so this is imported by whoever first gives a name.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import regex
from confusable_homoglyphs import categories, confusables

# Characters that take part in text without being seen are right in some places only (UAX #31, UTS #51).
_JOINING: Final = (
    r"\p{scx=Adlam}\p{scx=Arabic}\p{scx=Balinese}\p{scx=Bengali}\p{scx=Chakma}\p{scx=Devanagari}\p{scx=Gujarati}"
    r"\p{scx=Gurmukhi}\p{scx=Hanifi_Rohingya}\p{scx=Javanese}\p{scx=Kannada}\p{scx=Khmer}\p{scx=Malayalam}"
    r"\p{scx=Mandaic}\p{scx=Manichaean}\p{scx=Mongolian}\p{scx=Myanmar}\p{scx=Nko}\p{scx=Oriya}\p{scx=Phags_Pa}"
    r"\p{scx=Sinhala}\p{scx=Syriac}\p{scx=Tamil}\p{scx=Telugu}\p{scx=Tibetan}"
)
_JOINER: Final = rf"(?<=[{_JOINING}])[\u200c\u200d]"
_PICTURE: Final = r"\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|[\ufe0e\ufe0f])?"
_EMOJI: Final = rf"{_PICTURE}(?:[\U000e0020-\U000e007e]+\U000e007f)?(?:\u200d{_PICTURE})*|[0-9#*]\ufe0f\u20e3"
_VARIANT: Final = r"(?<=\p{Han})[\ufe00-\ufe0f\U000e0100-\U000e01ef]|(?<=\p{Mongolian})[\u180b-\u180d\u180f]"
_PERMITTED: Final = regex.compile(f"{_JOINER}|{_EMOJI}|{_VARIANT}")
# Marks of direction are for text that runs from right to left.
_RIGHT_TO_LEFT: Final = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}--\p{Cf}]", regex.V1)
_DIRECTION_MARKS: Final = frozenset("\u200e\u200f\u061c")

_REFUSED: Final = (
    (regex.compile(r"[\p{Cc}\p{Zl}\p{Zp}]"), "is a control character"),
    (regex.compile(r"[\u202a-\u202e\u2066-\u2069]"), "changes the direction of the text around it"),
    (regex.compile(r"[\p{Co}\p{Cs}\p{Noncharacter_Code_Point}]"), "has no meaning of its own"),
)
# The blank of Braille is a symbol to Unicode.
_INVISIBLE: Final = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]")
_VISIBLE: Final = regex.compile(r"[\p{L}\p{N}\p{P}\p{S}--[\p{Default_Ignorable_Code_Point}\u2800]]", regex.V1)

_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_NO_SCRIPT: Final = frozenset({"COMMON", "INHERITED", "UNKNOWN"})
# Writing systems that use several scripts in one word, each with Latin letters (UTS #39, highly restrictive).
_WRITTEN_TOGETHER: Final = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
)


def is_visible(name: str) -> bool:
    """Return whether anything of a name can be seen."""
    return _VISIBLE.search(name) is not None


def single_spaced(name: str) -> str:
    """Return a name with one space for each run of blanks."""
    return str(regex.sub(r"\p{Zs}+", " ", name))


def controls_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield the position of characters that no text may have, line feeds and tabs among them, and why not."""
    for pattern, why in _REFUSED:
        for match in pattern.finditer(text):
            yield match.start(), why


def faults_of(name: str) -> Iterator[tuple[int, str]]:
    """Yield the position of characters that a name may not have where they are, and why not."""
    yield from controls_in(name)
    permitted = {position for match in _PERMITTED.finditer(name) for position in range(*match.span())}
    marks = _DIRECTION_MARKS if _RIGHT_TO_LEFT.search(name) else frozenset()
    for match in _INVISIBLE.finditer(name):
        if match.start() not in permitted and match[0] not in marks:
            yield match.start(), "cannot be seen"
    for word in _WORD.finditer(name):
        position = _imitation(word[0])
        if position is not None:
            yield word.start() + position, "looks like a letter of another script in the same word"


def _imitation(word: str) -> int | None:
    """Return where a word of several scripts has a letter that can be taken for one of another of its scripts."""
    scripts = [categories.alias(letter) for letter in word]
    counts = Counter(script for script in scripts if script not in _NO_SCRIPT)
    if len(counts) < 2 or any(counts.keys() <= together for together in _WRITTEN_TOGETHER):  # noqa: PLR2004
        return None
    # The letters of the rarest script first: they are the ones that do not belong.
    order = sorted(range(len(word)), key=lambda position: (counts[scripts[position]], position))
    for position in order:
        others = counts.keys() - {scripts[position]}
        if scripts[position] not in _NO_SCRIPT and others & _scripts_of_lookalikes(word[position]):
            return position
    return None


def _scripts_of_lookalikes(letter: str) -> set[str]:
    found = confusables.is_confusable(letter, greedy=True) or []
    lookalikes = [lookalike["c"] for entry in found for lookalike in entry["homoglyphs"]]
    return {categories.alias(lookalike) for lookalike in lookalikes if len(lookalike) == 1}
