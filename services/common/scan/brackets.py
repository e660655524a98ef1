"""Sets of characters in patterns, such as `[[:alpha:]_]`, as git reads them and as pathspec can take them.

Pathspec knows neither classes nor escapes within brackets: it would end the set at the first `]`.
"""

import string
from collections.abc import Mapping
from typing import Final

_CLASSES: Final[Mapping[str, str]] = {
    "alnum": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "blank": " \t",
    "cntrl": "".join(map(chr, range(0x20))) + "\x7f",
    "digit": string.digits,
    "graph": "".join(map(chr, range(0x21, 0x7F))),
    "lower": string.ascii_lowercase,
    "print": "".join(map(chr, range(0x20, 0x7F))),
    "punct": string.punctuation,
    "space": string.whitespace,
    "upper": string.ascii_uppercase,
    "xdigit": string.hexdigits,
}
# Ranges that begin below it are written out, as their ends may mean something to a regular expression.
_FIRST_PLAIN: Final = 0x80
# No name holds it, so it can stand first where a sign would turn the set into its opposite.
_NOTHING: Final = "\0"


class UnknownClassError(ValueError):
    """A set names a class of characters that does not exist; git would take such a pattern for one of nothing."""


def plain_sets(pattern: str) -> str:
    """Return `pattern` with its sets of characters written so that pathspec reads them as git does.

    Raises:
        UnknownClassError: a set names a class that does not exist.

    """
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        end = None
        if pattern[position] == "\\":
            end = position + 2
            parts.append(pattern[position:end])
        elif pattern[position] == "[" and (read := _Set.read(pattern, position + 1)) is not None:
            end = read.end
            parts.append(read.written())
        else:
            end = position + 1
            parts.append(pattern[position])
        position = end
    return "".join(parts)


class _Set:
    """A set of characters; `end` is where the pattern goes on after it."""

    def __init__(self, *, negated: bool) -> None:
        self._negated = negated
        self._characters: set[str] = set()
        self._ranges: list[str] = []
        self.end = 0

    @classmethod
    def read(cls, pattern: str, start: int) -> "_Set | None":
        """Return the set whose first sign after the bracket is at `start`; None if it never ends."""
        negated = pattern[start : start + 1] in ("!", "^")
        found = cls(negated=negated)
        position = first = start + negated
        last: str | None = None
        while position < len(pattern):
            sign = pattern[position]
            if sign == "]" and position > first:
                found.end = position + 1
                return found
            if sign == "[" and pattern[position + 1 : position + 2] == ":":
                close = pattern.find("]", position + 2)
                if close < 0:
                    return None
                if close > position + 2 and pattern[close - 1] == ":":
                    found._add_class(pattern[position + 2 : close - 1])
                    position, last = close + 1, None
                    continue
            is_range = sign == "-" and last is not None and pattern[position + 1 : position + 2] not in ("", "]")
            position += is_range
            if pattern[position] == "\\":
                position += 1
            if position >= len(pattern):
                return None
            sign = pattern[position]
            if is_range and last is not None:
                found._add_range(last, sign)
            else:
                found._characters.add(sign)
            last = None if is_range else sign
            position += 1
        return None

    def written(self) -> str:
        """Return the set with brackets, for pathspec."""
        # In a path, no set stands for a slash.
        rest = "".join(sorted(self._characters - set("/]-"))) + "".join(self._ranges)
        first = "]" if "]" in self._characters else ""
        last = "-" if "-" in self._characters else ""
        if not first and (not rest or rest[0] in "!^"):
            first = _NOTHING
        return f"[{'!' if self._negated else ''}{first}{rest}{last}]"

    def _add_class(self, name: str) -> None:
        if name not in _CLASSES:
            raise UnknownClassError(f"[:{name}:] is none of the classes {', '.join(sorted(_CLASSES))}")
        self._characters.update(_CLASSES[name])

    def _add_range(self, low: str, high: str) -> None:
        if high < low:
            return
        if ord(low) >= _FIRST_PLAIN:
            self._ranges.append(f"{low}-{high}")
            return
        self._characters.update(map(chr, range(ord(low), min(ord(high), _FIRST_PLAIN - 1) + 1)))
        if ord(high) >= _FIRST_PLAIN:
            self._ranges.append(f"{chr(_FIRST_PLAIN)}-{high}")
