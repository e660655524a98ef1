"""The terminal: answers on standard output, failures on standard error."""

from typing import Final

from rich.console import Console
from rich.text import Text

from clients.cli.failure import CommandError

out: Final = Console(highlight=False)
err: Final = Console(stderr=True, highlight=False)

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """Return `text` without what a terminal would obey: escape sequences, line breaks, undecodable bytes.

    File names and people's names are whatever somebody chose, and some choose to paint on the terminal.
    """
    return "".join(character if character.isprintable() else _REPLACEMENT for character in text)


def print_failure(error: CommandError) -> None:
    """Print why a command failed and what to do next."""
    line = Text("✗ ", style="bold red").append(printable(error.message), style="red")
    if error.reason:
        line.append(f"  {error.reason}", style="dim red")
    err.print(line, soft_wrap=True)
    for detail in error.lines:
        err.print(Text(f"  {printable(detail)}", style="dim"), soft_wrap=True)
    if error.advice:
        err.print(Text("→ ", style="bold").append(error.advice), soft_wrap=True)
