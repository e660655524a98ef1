"""Defaults that follow from the machine."""

import pytest

from services.catalog.settings import memory_of_libraries
from services.common.limits import MEBIBYTE


@pytest.mark.parametrize(("machine", "libraries"), [(512, 256), (1024, 256), (1536, 384), (65536, 16384)])
def test_libraries_get_a_quarter_of_the_memory(machine: int, libraries: int) -> None:
    assert memory_of_libraries(machine * MEBIBYTE) == libraries * MEBIBYTE
