"""The terminal: answers on standard output, failures on standard error."""

import codecs
import errno
import io
import os
import sys
from pathlib import Path
from typing import Final, TextIO

from rich.console import Console
from rich.text import Text

from clients.cli.failure import CommandError
from services.common.unfailing_file import unfailing

out: Final = Console(highlight=False)
err: Final = Console(stderr=True, highlight=False)

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
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


def let_messages_get_lost() -> None:
    """Let no command fail because what it tells on the side finds no room or no reader."""
    sys.stderr = _unfailing(sys.stderr)


def let_output_get_lost() -> None:
    """Likewise for standard output, of a command that has more to do than to answer."""
    sys.stdout = _unfailing(sys.stdout)


def _unfailing(stream: TextIO) -> TextIO:
    # There is none where it is closed, and no file where something else has taken its place.
    if not isinstance(stream, io.TextIOWrapper) or not isinstance(stream.buffer, io.BufferedWriter | io.FileIO):
        return stream
    stream.flush()
    return unfailing(stream)[0]


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


def output_failure(error: OSError | None = None) -> CommandError | None:
    """Write what standard output still holds; return why the answer is lost, if it is.

    That nobody reads on is no failure: whoever asked for the first lines has them.

    Args:
        error: what ended the command; taken for the output's if it can be no file's.

    """
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as unwritten:
        _silence(sys.stdout)
        error = unwritten
    else:
        if error is None or error.filename is not None or error.errno not in _NO_ROOM:
            return None
    if isinstance(error, BrokenPipeError):
        return None
    return CommandError(
        f"The answer can't be written: {error.strerror or error}.", advice="Make room, or send the output elsewhere."
    )


def _silence(stream: TextIO) -> None:
    """Let what `stream` still holds go nowhere: the interpreter would fail on it once more at its end."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def printable(text: str) -> str:
    """Return `text` without what a terminal would obey: escape sequences, line breaks, undecodable bytes.

    File names and people's names are whatever somebody chose, and some choose to paint on the terminal.
    """
    return "".join(character if character.isprintable() else _REPLACEMENT for character in text)


def writable(text: str) -> str:
    """Return `text` with what standard output writes in the place of characters that its encoding lacks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
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
