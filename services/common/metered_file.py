"""A file in memory that ends a parser's walk over it when the walk gets absurdly long."""

import io
from typing import Final

from services.common.damage import DamagedImageError

# An honest header takes fewer than a thousand reads. Files that hide millions of empty chunks, comments or
# segments before their first pixel take one or two reads each.
_MAX_READS: Final = 20_000
# Each of the readers that are tried may take the file whole, and once more in parts.
_MAX_PASSES: Final = 8
_SMALL_FILE_BYTES: Final = 1024 * 1024


class MeteredFile(io.BytesIO):
    """The bytes of one image file, for reading its header.

    Args:
        data: the whole file; it is shared, not copied.

    Raises:
        DamagedImageError: on a read beyond the bounds on the number of reads or on the bytes read altogether.

    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._reads_left = _MAX_READS
        self._bytes_left = _MAX_PASSES * max(len(data), _SMALL_FILE_BYTES)

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next `size` bytes, or all that are left."""
        found = super().read(size)
        self._reads_left -= 1
        self._bytes_left -= len(found)
        if self._reads_left < 0 or self._bytes_left < 0:
            raise DamagedImageError("its header is damaged, or has too many parts")
        return found
