"""Patterns of .gitignore that are done with a name soon, whatever both are, and that see every character of it.

Pathspec makes a regular expression of a pattern, in which each star may end anywhere: where a name almost matches, all
ends of all stars are tried. For `*?*?*?*?*?*?*?*?b` that takes minutes, with a few stars more for ever, and nobody else
in the process runs meanwhile. But where a star ends matters only for the last one: what follows any other is best found
where it comes first, as that leaves the most to the rest. So the others are not tried again.
"""

import re
from collections.abc import Sequence
from typing import Final

from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

# What pathspec writes for `**/` at the start of a pattern, for `/**` within it, and for `*`.
_LEADING: Final = "(?:.+/)?"
_INNER: Final = "(?:/.+)?"
_STAR: Final = "[^/]*"
# These, sets of characters, single ones, and the group at the end; a bracket or parenthesis of a name is escaped.
_TOKEN: Final = re.compile(r"\(\?:\.\+/\)\?|\(\?:/\.\+\)\?|\[\^/\]\*|\[\^?\]?[^\]]*\]\+?|\\.|\(.*|[^\\\[(]", re.DOTALL)
_NEGATED_SET: Final = re.compile(r"\[\^(\]?)(?!/)")


def paced_pattern(pattern: str) -> GitIgnoreSpecPattern:
    """Return a pattern of .gitignore, as pathspec reads it; a comment or an empty line matches nothing."""
    regex, include = GitIgnoreSpecPattern.pattern_to_regex(pattern)
    return GitIgnoreSpecPattern(None if regex is None else re.compile(paced(regex)), include)


def paced(regex: str) -> str:
    """Return a regular expression of pathspec's, so that it matches the same, and soon.

    Two things it does not match any more, as git doesn't: a slash by a set like `[!a]`, and a name with a line's end in
    it or behind it by what has none.
    """
    tokens = _TOKEN.findall(regex)
    if "".join(tokens) != regex:
        raise AssertionError(f"pathspec writes {regex!r}, which is read here as something else")
    tokens = [_NEGATED_SET.sub(r"[^\1/", token) if token.startswith("[^") else token for token in tokens]
    ending = tokens.pop().replace("$", r"\Z") if tokens[-1].startswith("(") else ""
    first, *inner = _split(tokens, _INNER)
    anywhere = _LEADING in first
    start, first = ("^", first[2:]) if anywhere else ("", first)
    if not inner:
        return f"(?s:{start}{_LEADING if anywhere else ''}{_names(first)}{ending})"
    *between, last = inner
    # What is followed by more is a row of whole names. The last row is looked for from the end on: that it ends a path
    # says more than that it is within one.
    head = f"^(?>(?:[^/]+/)*?{_names(first)}(?=/))" if anywhere else _names(first)
    middle = "".join(f"(?>(?:/[^/]+)*?{_names(row)}(?=/))" for row in between)
    return f"(?s:{head}{middle}{_INNER}{_names(last)}{ending})"


def _names(tokens: Sequence[str]) -> str:
    return "/".join(_name(name) for name in _split(tokens, "/"))


def _name(tokens: Sequence[str]) -> str:
    """Return what matches one whole name."""
    first, *others = ("".join(part) for part in _split(tokens, _STAR))
    if not others:
        return first
    *between, last = others
    # Of stars that touch each other, one is enough.
    return first + "".join(f"(?>[^/]*?{part})" for part in between if part) + _STAR + last


def _split(tokens: Sequence[str], separator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
