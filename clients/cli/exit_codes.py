"""Exit codes of the command line, for scripts to branch on."""

from typing import Final

FAILED: Final = 1
WRONG_USE: Final = 2
FILES_UNREADABLE: Final = 3
SOURCE_VANISHED: Final = 4
NOT_DONE: Final = 5
INTERRUPTED: Final = 130
