"""The commands that are advised, as the user can paste them: with the options that this one was given."""

import shlex
from collections.abc import Mapping
from typing import Final

# Of the whole process, as one command line is all that it runs.
_options: Final[dict[str, str]] = {}


def use_options(options: Mapping[str, str]) -> None:
    """Let every advised command have these options of the root command, for example ``{"--library": "trip"}``."""
    _options.clear()
    _options.update(options)


def command(*words: str, library: str | None = None) -> str:
    """Return the command line `albumen` with `words`, quoted for a shell where that is needed.

    Args:
        words: what follows the options.
        library: in which library it is to work if not in the one that was given; empty for a command that is about
            all of them.

    """
    options = _options if library is None else _options | {"--library": library}
    given = (word for option, value in options.items() if value for word in (option, value))
    return shlex.join(("albumen", *given, *words))
