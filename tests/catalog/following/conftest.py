from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalog.following.watching import Watched, watching


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with watching(tmp_path) as watched:
        yield watched
