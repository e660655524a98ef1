"""Defaults that follow from the machine."""

import os
from pathlib import Path

import pytest

from services.catalog.settings import CatalogSettings, memory_of_libraries
from services.common.limits import MEBIBYTE


@pytest.mark.parametrize(("machine", "libraries"), [(512, 256), (1024, 256), (1536, 384), (65536, 16384)])
def test_libraries_get_a_quarter_of_the_memory(machine: int, libraries: int) -> None:
    assert memory_of_libraries(machine * MEBIBYTE) == libraries * MEBIBYTE


def test_folders_of_pictures_are_separated_as_in_path(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CatalogSettings().picture_roots == ()
    monkeypatch.setenv("ALBUMEN_CATALOG_PICTURE_ROOTS", os.pathsep.join(("/photos", "/more photos")))
    assert CatalogSettings().picture_roots == (Path("/photos"), Path("/more photos"))
