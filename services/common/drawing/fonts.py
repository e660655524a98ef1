"""Fonts for labels: Noto Sans, which is installed along, and the system's for the letters that it lacks."""

import os
import sys
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Final, Self

import fontpkg
from PIL import ImageFont

_FAMILY: Final = "Noto Sans"
_SUFFIXES: Final = frozenset({".ttf", ".otf", ".ttc"})
_STYLES: Final = ("black", "bold", "cond", "italic", "light", "mono", "oblique", "serif", "thin")
# macOS has a font that draws every letter as the emblem of its script, and would seem to have them all.
_EMBLEMS: Final = "lastresort"
_MAX_SYSTEM_FONTS: Final = 2000
# Texts whose fonts are remembered.
_MAX_CHOSEN: Final = 1_000
# Unicode will never assign it, so that every font draws for it what it draws for a letter that it lacks.
_MISSING: Final = "\uffff"
# Pixels: large enough for a letter to differ from the box for missing ones.
_PROBE_SIZE: Final = 24


class Fonts:
    """Chooses fonts by their letters; safe to use from several threads.

    Args:
        folders: where to look, subfolders included, for what Noto Sans lacks. They need not exist, and are read only
            when such a letter comes up. Default: the system's.

    """

    def __init__(self, folders: Iterable[Path] | None = None) -> None:
        self._lock = threading.Lock()
        self._chosen: dict[frozenset[str], Path] = {}
        self._bundled = _Probe(fontpkg.path(_FAMILY))
        self._opened: list[_Probe] = []
        self._unopened = islice(_files(system_folders() if folders is None else folders), _MAX_SYSTEM_FONTS)

    def font_for(self, text: str, size: int) -> ImageFont.FreeTypeFont:
        """Return the font, `size` pixels high, that has most of the letters of `text`.

        Noto Sans goes before every font that has no more of them.
        """
        letters = _letters(text)
        with self._lock:
            path = self._chosen.get(letters)
            if path is None:
                # Whoever has letters that no font has would have all of them asked again and again.
                if len(self._chosen) == _MAX_CHOSEN:
                    self._chosen.clear()
                path = self._chosen[letters] = self._choose(letters)
        return _sized(path, size)

    def _choose(self, letters: frozenset[str]) -> Path:
        best, most = self._bundled, 0
        for probe in chain([self._bundled], self._opened, self._open_others()):
            count = probe.count(letters)
            if count > most:
                best, most = probe, count
            if most == len(letters):
                break
        return best.path

    def _open_others(self) -> Iterator["_Probe"]:
        """Yield the fonts that no label has needed so far, and keep them open: opening takes longer than asking."""
        for path in self._unopened:
            probe = _Probe.of(path)
            if probe is not None:
                self._opened.append(probe)
                yield probe


class _Probe:
    """Tells which letters a font has, by what it draws for them: Pillow does not show a font's character map.

    Raises:
        OSError: the file is no font, or one of fixed sizes, as those of coloured emoji are.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # The basic layout draws each letter by itself, and needs no library of the system's.
        self._font = ImageFont.truetype(path, _PROBE_SIZE, layout_engine=ImageFont.Layout.BASIC)
        self._missing = self._drawn(_MISSING)

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """Return the probe of the font at `path`, or None if nothing can be drawn with it."""
        try:
            return cls(path)
        except OSError:
            return None

    def count(self, letters: Iterable[str]) -> int:
        """Return how many of `letters` the font has."""
        return sum(map(self._has, letters))

    def _has(self, letter: str) -> bool:
        try:
            return self._drawn(letter) != self._missing
        except OSError:
            # A damaged letter does not keep the font from serving other labels.
            return False

    def _drawn(self, letter: str) -> tuple[tuple[int, int], bytes]:
        mask = self._font.getmask(letter)
        return mask.size, bytes(mask)


def system_folders() -> tuple[Path, ...]:
    """Return where this system keeps fonts; not all of it needs to exist."""
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or home / "AppData/Local"
        return Path(os.environ.get("WINDIR") or "C:/Windows", "Fonts"), Path(local, "Microsoft/Windows/Fonts")
    if sys.platform == "darwin":
        return Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    own = os.environ.get("XDG_DATA_HOME") or home / ".local/share"
    return *(Path(folder, "fonts") for folder in (*shared.split(":"), own)), home / ".fonts"


# The labels of a photo are of one size, and few fonts have the letters of all of them.
@lru_cache(maxsize=8)
def _sized(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the files of fonts in `folders`, plain styles before bold, slanted and narrow ones."""
    found: list[Path] = []
    for folder in folders:
        for parent, _, names in os.walk(folder):
            found += (Path(parent, name) for name in names if Path(name).suffix.lower() in _SUFFIXES)
    yield from sorted((path for path in found if not path.stem.lower().startswith(_EMBLEMS)), key=_style)


def _style(path: Path) -> tuple[int, str]:
    name = path.stem.lower()
    return sum(style in name for style in _STYLES), str(path)


def _letters(text: str) -> frozenset[str]:
    """Return the characters of `text` that a font has to have: not spaces, nor what only steers its neighbours."""
    return frozenset(letter for letter in text if not _is_invisible(letter))


def _is_invisible(letter: str) -> bool:
    is_variation_selector = "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"
    return is_variation_selector or unicodedata.category(letter)[0] in "CZ"
