"""What the arguments of every command have in common: none means something that its user can't have meant."""

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from clients.cli import exit_codes
from clients.cli.failure import CommandError

# More lines than anybody reads; a far larger number fits into no message and no machine word.
MAX_LISTED: Final = 1_000_000


def path(argument: str | Path) -> Path:
    """Return the path that `argument` is; a shell hands over nothing for a variable that is not set.

    Raises:
        CommandError: it is empty, which would otherwise mean the current folder.

    """
    name = os.fspath(argument)
    if not name:
        raise CommandError(
            "A path is empty.", advice="Give it a name; the current folder is `.`.", exit_code=exit_codes.WRONG_USE
        )
    return Path(name)


def folder(argument: str | Path) -> Path:
    """Return the path of a folder, which need not be there yet.

    Raises:
        CommandError: it is empty, or something else is there.

    """
    found = path(argument)
    if os.path.lexists(found) and not os.path.isdir(found):  # noqa: PTH112 - says no where a Path would raise
        raise CommandError(f"{found} is no folder.", advice="Name another one.", exit_code=exit_codes.WRONG_USE)
    return found


def text(argument: str) -> str:
    """Return `argument`, which is for the catalog, and so is text.

    Raises:
        CommandError: it is bytes that are no text.

    """
    try:
        argument.encode()
    except UnicodeEncodeError:
        raise CommandError(
            f"{argument!r} is not UTF-8 text.", advice="Type it in UTF-8.", exit_code=exit_codes.WRONG_USE
        ) from None
    return argument


def file_text(argument: str) -> str:
    """Return `argument`, which may be the name of a file, or a part of one, and so may hold any bytes."""
    return argument


_PHOTOS: Final = "Ids, unique starts of ids, paths, or file names."
Photos = Annotated[list[str], typer.Argument(metavar="IMAGE", parser=file_text, help=_PHOTOS, show_default=False)]
