"""What is wrong with an image file, said to its owner."""

from typing import Final

# Viewers show what is there of a cut file and fill the rest. A photo that lacks more than this share isn't read:
# what is grey or black in it would be searched for faces, and the file is likely to be whole somewhere else.
MAX_MISSING_SHARE: Final = 0.01


class DamagedImageError(OSError):
    """An image file is cut or damaged; the message is in our words, where those of a codec are for its authors."""
