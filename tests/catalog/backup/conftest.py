from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalog.backup.backing import Backing, backing
from tests.catalog.clustering.synthetic import analysis, direction


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Backing]:
    with backing(tmp_path) as made:
        yield made


@pytest.fixture
def backup(kept: Backing) -> str:
    with kept.catalog.lease("a") as library:
        library.additions.add_all([analysis(str(number), direction(0.01 * number, 0)) for number in range(12)])
    return kept.back_up()
