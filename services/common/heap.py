"""The C library's heap: how many it keeps, and giving back to the system what nobody uses any more.

Photos come and go in bursts, through threads of gRPC, of the decoders and of ours. The C library (glibc) gives each
thread a heap of its own and keeps what was freed in them, so that a process stays as large as it was at its worst
moment. Elsewhere, on macOS for example, nothing of this is there or needed, and the functions do nothing.
"""

import ctypes
from typing import Final

from services.common.limits import MEBIBYTE

# Two heaps are as fast as many: threads take turns with them for a moment only.
_HEAPS: Final = 2
# A file of a photo lies apart, and is given back with it; what models compute with, again and again, does not.
_APART_BYTES: Final = 4 * MEBIBYTE
_KEPT_BYTES: Final = 8 * MEBIBYTE
# See mallopt(3).
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8


def limit_heaps() -> None:
    """Let all threads share two heaps, which keep little of what is freed; of use only before there are threads."""
    mallopt = _function("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _HEAPS)
        mallopt(_M_MMAP_THRESHOLD, _APART_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


def trim_heaps() -> None:
    """Give unused memory back to the system. Takes milliseconds, in which other threads run."""
    malloc_trim = _function("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(ctypes.c_size_t(0))


def _function(name: str) -> "ctypes._NamedFuncPointer | None":
    """Return a function of the C library, which runs without Python's lock; None where there is no such function."""
    return getattr(ctypes.CDLL(None), name, None)
