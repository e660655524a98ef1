"""What comes of reading a file of ours that somebody else has written, or cut off."""

from typing import Final

# JSON may hold anything at all, however deeply nested.
DAMAGE: Final = (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
