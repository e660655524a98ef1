"""Names that users give: what is a name, and when two of them are the same text."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final

import regex
from confusable_homoglyphs import categories, confusables

from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_DISPLAY_NAME_CHARS

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
# Composition makes a text shorter, but never by so much.
_MAX_COMPOSITION: Final = 8


def checked_display_name(display_name: str, *, field: str) -> str:
    """Return a name in the form in which it is stored: NFC, trimmed, and with single spaces.

    Raises:
        InvalidArgumentError: DISPLAY_NAME_TOO_LONG; or DISPLAY_NAME_INVALID, the name holds a control character or one
            that cannot be seen where it is, has nothing that can be seen, or has a word that looks like another.

    """
    name = display_name.strip()
    if display_name and not name:
        raise InvalidArgumentError(
            Reason.DISPLAY_NAME_INVALID,
            "The name is nothing but white space. Send an empty one, and name the field in the mask, to take it away.",
            field=field,
        )
    if len(name) <= MAX_DISPLAY_NAME_CHARS * _MAX_COMPOSITION:
        for position, why in _faults(name):
            raise _invalid(name[position], position + display_name.index(name) + 1, why, field)
        if name and _VISIBLE.search(name) is None:
            raise InvalidArgumentError(
                Reason.DISPLAY_NAME_INVALID,
                "Nothing of the name can be seen. Use letters, digits or symbols, or leave it empty.",
                field=field,
            )
        name = regex.sub(r"\p{Zs}+", " ", unicodedata.normalize("NFC", name))
    if len(name) > MAX_DISPLAY_NAME_CHARS:
        raise InvalidArgumentError(
            Reason.DISPLAY_NAME_TOO_LONG,
            f"The name has {len(name)} characters, more than the limit of {MAX_DISPLAY_NAME_CHARS}. Shorten it.",
            field=field,
            metadata={"limit": str(MAX_DISPLAY_NAME_CHARS), "value": str(len(name))},
        )
    return name


def _faults(name: str) -> Iterator[tuple[int, str]]:
    """Yield the position of characters that a name may not have where they are, and why not."""
    for pattern, why in _REFUSED:
        for match in pattern.finditer(name):
            yield match.start(), why
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


def _invalid(character: str, position: int, why: str, field: str) -> InvalidArgumentError:
    code = f"U+{ord(character):04X}"
    label = unicodedata.name(character, "")
    return InvalidArgumentError(
        Reason.DISPLAY_NAME_INVALID,
        f"Character {position} of the name, {f'{code} {label}'.strip()}, {why}. Remove or replace it.",
        field=field,
        metadata={"position": str(position), "value": code},
    )
