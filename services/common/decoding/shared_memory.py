"""Memory that two processes share, and that no name and no other process knows of."""

import contextlib
import fcntl
import mmap
import os
import sys
from typing import Final

from services.common.limits import MEBIBYTE

# Pages are dear to get: those of an ordinary photo's file stay for the next one.
KEPT_SOURCE_BYTES: Final = 16 * MEBIBYTE


def is_supported() -> bool:
    """Whether the system has memory that a child can't shrink under its parent, and that ends with both."""
    return sys.platform == "linux" and hasattr(os, "memfd_create")


class SharedMemory:
    """A stretch of memory, of which only the pages that were written to exist.

    Args:
        size: its bytes.
        descriptor: of one that another process made; a new one is made without it.

    Attributes:
        descriptor: to be handed to the other process.
        view: the memory.

    """

    def __init__(self, size: int, descriptor: int | None = None) -> None:
        if descriptor is None:
            descriptor = os.memfd_create("albumen-photo", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
            os.ftruncate(descriptor, size)
            # Who reads beyond the end of a map is killed: its size is beyond the reach of the other process.
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        self.size = size
        self.descriptor = descriptor
        self.view = mmap.mmap(descriptor, size)
        self._used = 0

    def close_descriptor(self) -> None:
        """Close the descriptor; the memory stays for as long as anybody sees it."""
        os.close(self.descriptor)

    def close(self) -> None:
        """Give the memory up; if somebody still sees it, it goes with them."""
        with contextlib.suppress(BufferError):
            self.view.close()

    def use(self, size: int) -> None:
        """Take note that pages of the first `size` bytes are written to."""
        self._used = max(self._used, size)

    def trim(self, kept: int) -> None:
        """Give the pages behind the first `kept` bytes back to the system."""
        if self._used > kept:
            kept -= kept % mmap.PAGESIZE
            self.view.madvise(mmap.MADV_REMOVE, kept, self.size - kept)
            self._used = kept
