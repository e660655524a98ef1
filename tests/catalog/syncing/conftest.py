from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.catalog.catalog import Catalog
from tests.catalog.syncing.folders import Place


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "libraries", trash=timedelta(days=30))
    yield catalog
    catalog.close()


@pytest.fixture
def place(catalog: Catalog, tmp_path: Path) -> Place:
    root = tmp_path / "disk/photos"
    root.mkdir(parents=True)
    return Place(catalog, root)
