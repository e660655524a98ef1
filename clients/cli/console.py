"""The terminal: answers on standard output, failures on standard error."""

import codecs
import os
import sys
from typing import Final

from rich.console import Console
from rich.text import Text

from clients.cli.failure import CommandError

out: Final = Console(highlight=False)
err: Final = Console(stderr=True, highlight=False)

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_ERROR_HANDLER: Final = "albumen.plain"
# What stands for our own signs where a terminal can't show them; each as wide as the sign, so that columns stay.
_PLAIN: Final = {
    "\N{BALLOT X}": "x",
    "\N{CHECK MARK}": "+",
    "\N{BULLET}": "*",
    "\N{MIDDLE DOT}": "-",
    "\N{RIGHTWARDS ARROW}": ">",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{HORIZONTAL ELLIPSIS}": "~",
    _REPLACEMENT: "?",
}
_SPINNER_SIGNS: Final = range(0x2800, 0x2900)


def use_any_encoding() -> None:
    """Let both streams take every text, whatever encoding the terminal or the pipe has.

    Without it, a single file name in another script ends a command in a terminal with Latin-1.
    """
    codecs.register_error(_ERROR_HANDLER, _plainly)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_ERROR_HANDLER)


def _plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return what is written in the place of characters that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(_plain(character) for character in characters), error.end


def _plain(character: str) -> str:
    if ord(character) in _SPINNER_SIGNS:
        return "."
    return _PLAIN.get(character) or character.encode("ascii", "backslashreplace").decode("ascii")


def printable(text: str) -> str:
    """Return `text` without what a terminal would obey: escape sequences, line breaks, undecodable bytes.

    File names and people's names are whatever somebody chose, and some choose to paint on the terminal.
    """
    return "".join(character if character.isprintable() else _REPLACEMENT for character in text)


def writable(text: str) -> str:
    """Return `text` with what standard output writes in the place of characters that its encoding lacks."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, _ERROR_HANDLER).decode(encoding)


def print_advice(label: str, *commands: str) -> None:
    """Print commands that the user may give next, on one line, so that they can be pasted.

    Nothing is printed where `ALBUMEN_ADVICE` is ``off``: the services of a script may be gone before anybody reads it.
    """
    if os.environ.get("ALBUMEN_ADVICE") == "off":
        return
    line = Text(label, style="dim")
    for number, command in enumerate(commands):
        line.append("  \N{MIDDLE DOT}  " if number else " ").append(printable(command), style="not dim")
    out.print(line, soft_wrap=True)


def print_failure(error: CommandError) -> None:
    """Print why a command failed and what to do next."""
    line = Text("✗ ", style="bold red").append(printable(error.message), style="red")
    if error.reason:
        line.append(f"  {error.reason}", style="dim red")
    err.print(line, soft_wrap=True)
    for detail in error.lines:
        err.print(Text(f"  {printable(detail)}", style="dim"), soft_wrap=True)
    if error.advice:
        err.print(Text("→ ", style="bold").append(printable(error.advice)), soft_wrap=True)
