import struct
import zlib
from collections.abc import Callable

import pytest

from services.common.errors import InvalidArgumentError, Reason
from services.common.image_header import read_header
from services.common.limits import ImageLimits
from services.common.metered_file import MeteredFile


def test_an_ordinary_file_is_read_as_ever() -> None:
    file = MeteredFile(b"abcdef")
    assert (file.read(2), file.read(), file.read()) == (b"ab", b"cdef", b"")


def _read_often(file: MeteredFile, size: int, times: int) -> None:
    for _ in range(times):
        file.seek(0)
        file.read(size)


def test_reads_without_end_are_ended() -> None:
    with pytest.raises(OSError, match="too many parts"):
        _read_often(MeteredFile(b"abcdef"), 0, 100_000)


def test_the_same_bytes_are_not_read_over_and_over() -> None:
    with pytest.raises(OSError, match="too many parts"):
        _read_often(MeteredFile(bytes(3_000_000)), -1, 100)


def _empty_chunks() -> bytes:
    chunk = struct.pack(">I", 0) + b"teSt" + struct.pack(">I", zlib.crc32(b"teSt"))
    header = b"IHDR" + struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return start + chunk * 50_000


def _comments() -> bytes:
    return b"GIF89a\x08\0\x08\0\0\0\0!\xfe" + (b"\xff" + b"x" * 255) * 15_000 + b"\0"


@pytest.mark.parametrize("make", [_empty_chunks, _comments])
def test_millions_of_parts_before_the_first_pixel_are_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(InvalidArgumentError, match="too many parts") as caught:
        read_header(make(), ImageLimits())

    assert caught.value.reason is Reason.IMAGE_UNREADABLE
