import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from services.common.scan.exclusions import parse_patterns
from services.common.scan.paced_pattern import paced

_NAMES = st.text("ab.c", min_size=1, max_size=5)
_PATHS = st.lists(_NAMES, min_size=1, max_size=6).flatmap(
    lambda names: st.sampled_from(["/".join(names), "/".join(names) + "/"])
)
_PARTS = st.sampled_from(["a", "b", "*", "*", "?", "[ab]", "[!a]", "\\*", "\\[", "."])
_SEGMENTS = st.one_of(st.sampled_from(["**", "*", "**"]), st.lists(_PARTS, min_size=1, max_size=6).map("".join))
_PATTERNS = st.tuples(
    st.sampled_from(["", "/", "!"]), st.lists(_SEGMENTS, min_size=1, max_size=6), st.sampled_from(["", "/"])
).map(lambda drawn: drawn[0] + "/".join(drawn[1]) + drawn[2])


@settings(max_examples=500)
@given(pattern=_PATTERNS, path=_PATHS)
def test_the_same_is_matched_as_by_pathspec(pattern: str, path: str) -> None:
    regex, _ = GitIgnoreSpecPattern.pattern_to_regex(pattern)
    if regex is None:
        return
    # The one thing that is meant to be another: a set stands for no slash.
    ours, theirs = re.search(paced(regex), path), re.search(regex.replace("[^a]", "[^a/]"), path)
    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None:
        # Whether the whole path is matched or what holds it decides between patterns.
        assert ours.groupdict() == theirs.groupdict()


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*?" * 20 + "b", "a" * 251 + ".jpg"),
        ("*a" * 100 + "b", "a" * 255),
        ("[!b]*" * 100 + "b", "a" * 255),
        ("**/a/" * 50 + "b", "a/" * 1_000 + "a"),
        ("a/**/*a*a*a*/**/" * 20 + "b", "aaaaaaaaa/" * 400 + "a"),
        ("**/*?*?*?*?*?*?b/**", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/" * 60 + "a"),
    ],
)
def test_no_pattern_holds_everybody_up(pattern: str, path: str) -> None:
    spec = parse_patterns([pattern])
    started = time.process_time()
    assert spec.check_file(path).include is None
    # It takes some milliseconds; tried again and again, minutes at least.
    assert time.process_time() - started < 5


def test_a_set_stands_for_no_slash() -> None:
    for pattern in ("a[!b]c", "a[^b]c", "a[!]b]c", "a[!b-]c"):
        spec = parse_patterns([pattern])
        assert spec.check_file("axc").include
        assert spec.check_file("a/c").include is None


def test_the_end_of_a_line_is_a_character_of_a_name() -> None:
    spec = parse_patterns(["raw/", "/a/**/b", "c.jpg"])
    assert spec.check_file("new\nline/raw/").include
    assert spec.check_file("a/new\nline/b").include
    assert spec.check_file("c.jpg\n").include is None
    assert parse_patterns(["*"]).check_file("\n").include
