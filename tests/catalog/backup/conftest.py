from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalog.backup.backing import Backing, backing


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Backing]:
    with backing(tmp_path) as made:
        yield made
