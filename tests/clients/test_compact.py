"""`albumen compact`."""

import pytest

from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog


@pytest.mark.parametrize(("freed", "said"), [(0, ""), (12_300_000, " 12.3 MB are free again.")])
def test_compact_says_that_what_was_deleted_is_gone(run: Run, fake: FakeCatalog, freed: int, said: str) -> None:
    fake.state.freed_bytes = freed
    finished = run("compact")
    assert finished.exit_code == 0
    assert finished.out == f"The library's file is written anew and holds nothing of what was erased.{said}\n"


def test_compact_says_what_is_in_its_way(run: Run) -> None:
    finished = run("--library", "other", "compact")
    assert finished.exit_code == 1
    assert "no library libraries/other" in finished.err
