"""The short form of `make torture`: a few cases of each part, with one seed, against services that really run."""

from collections.abc import Iterator

import pytest

from torture.arena import Arena, open_arena
from torture.disks.full_disk import is_possible
from torture.part import Extent
from torture.run import PARTS, run

SEED = 1
KILLS = Extent(rounds=3, mutations=1, short=True)
SENT = Extent(rounds=2, mutations=3, short=True)


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    with open_arena(tmp_path_factory.mktemp("torture")) as arena:
        yield arena


@pytest.mark.timeout(600)
def test_a_catalog_that_is_killed_loses_nothing(arena: Arena) -> None:
    (tally,) = run(arena, SEED, ["kills"], KILLS)
    assert tally.findings == []
    assert tally.rounds >= 3
    assert tally.counts["operations done"] > 10


@pytest.mark.skipif(not is_possible(), reason="limits of another process")
@pytest.mark.timeout(600)
def test_a_catalog_whose_disk_is_full_loses_nothing(arena: Arena) -> None:
    (tally,) = run(arena, SEED, ["disks"], KILLS)
    assert tally.findings == []
    assert tally.rounds > 0
    assert tally.counts["operations refused"] > 0


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("weights_dir")
@pytest.mark.parametrize("part", sorted(set(PARTS) - {"kills", "disks"}))
def test_nothing_that_is_sent_breaks_a_service(arena: Arena, part: str) -> None:
    (tally,) = run(arena, SEED, [part], SENT)
    assert tally.findings == []
    assert tally.rounds > 0
