"""Gives memory back to the system once a burst of images is over."""

from collections.abc import Callable
from typing import Final

from services.common.byte_budget import ByteBudget
from services.common.heap import trim_heaps
from services.common.limits import MEBIBYTE

SECONDS: Final = 2.0
# It is not worth the while for less.
_BURST_BYTES: Final = 64 * MEBIBYTE


class Tidying:
    """Sees whether many bytes of images have passed since it was last tidied, and none are left.

    It tidies twice, as what was refused last may be freed a little later.

    Args:
        images: the bytes that are counted.
        tidy: gives back what the application keeps.

    """

    def __init__(self, images: ByteBudget, tidy: Callable[[], None]) -> None:
        self._images = images
        self._tidy = tidy
        self._tidied = 0
        self._again = False

    def look(self) -> None:
        """Tidy if need be; meant for every `SECONDS`, in a thread."""
        taken = self._images.taken
        burst = taken - self._tidied >= _BURST_BYTES
        if self._images.held == 0 and (burst or self._again):
            self._tidied = taken
            self._again = burst
            self._tidy()
            trim_heaps()
