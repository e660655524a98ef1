import os
from pathlib import Path

import pytest

from services.common.decoding.shared_memory import SharedMemory, is_supported

pytestmark = pytest.mark.skipif(not is_supported(), reason="there is none here")
SIZE = 2**20


def _pages(memory: SharedMemory) -> int:
    """The bytes of it that exist."""
    return os.fstat(memory.descriptor).st_blocks * 512


def test_pages_exist_once_they_are_written_to_and_can_be_given_back() -> None:
    memory = SharedMemory(SIZE)
    assert _pages(memory) == 0

    memory.use(SIZE // 2)
    memory.view[: SIZE // 2] = bytes(SIZE // 2)
    assert _pages(memory) == SIZE // 2
    memory.trim(SIZE // 4)

    assert _pages(memory) == SIZE // 4
    memory.trim(0)
    assert _pages(memory) == 0
    memory.close_descriptor()
    memory.close()


def test_its_size_is_beyond_the_reach_of_others() -> None:
    """Who reads beyond the end of a map is killed."""
    memory = SharedMemory(SIZE)
    for size in (0, SIZE - 4096, SIZE + 4096):
        with pytest.raises(PermissionError):
            os.truncate(memory.descriptor, size)
    memory.close_descriptor()
    memory.close()


def test_it_has_no_name() -> None:
    before = {*Path("/dev/shm").iterdir()}  # noqa: S108
    memory = SharedMemory(SIZE)
    assert {*Path("/dev/shm").iterdir()} <= before  # noqa: S108
    memory.close_descriptor()
    memory.close()
