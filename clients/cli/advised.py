"""The commands that are advised, as the user can paste them: with the options that this one was given."""

import shlex
from collections.abc import Sequence
from typing import Final

# Of the whole process, as one command line is all that it runs.
_options: Final[list[str]] = []


def use_options(options: Sequence[str]) -> None:
    """Let every advised command have these options of the root command, for example ``("--library", "trip")``."""
    _options[:] = options


def command(*words: str) -> str:
    """Return the command line `albumen` with `words`, quoted for a shell where that is needed."""
    return shlex.join(("albumen", *_options, *words))
