"""The short form of `make torture`: a few cases of each part, with one seed, against services that really run."""

import os
import signal
import time
from collections.abc import Iterator
from random import Random

import pytest

from torture.arena import Arena, open_arena
from torture.disks.full_disk import is_possible
from torture.folders.disk import Disk
from torture.images.part import Images
from torture.kills.part import Kills
from torture.part import Extent
from torture.run import PARTS, run
from torture.service import Service
from torture.tally import END, Tally

SEED = 1
KILLS = Extent(rounds=3, mutations=1, short=True)
SENT = Extent(rounds=1, mutations=2, short=True)


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


@pytest.mark.timeout(600)
def test_a_catalog_that_is_killed_while_it_syncs_comes_to_equal_the_disk(arena: Arena) -> None:
    (tally,) = run(arena, SEED, ["folders"], KILLS)
    assert tally.findings == []
    assert tally.rounds == 2
    assert tally.counts["operations done"] > 5


@pytest.mark.timeout(600)
def test_a_library_that_is_not_what_is_on_disk_is_found(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = Disk.hashes

    def with_another(disk: Disk) -> dict[str, str]:
        return {**hashes(disk), f"{disk.root.as_uri()}/lost.jpg": "0" * 64}

    monkeypatch.setattr(Disk, "hashes", with_another)
    monkeypatch.setattr("torture.folders.part._BY_ITSELF_SHARE", 0)
    (tally,) = run(arena, SEED, ["folders"], Extent(rounds=1, short=True))
    found = " ".join(finding.text for finding in tally.findings)
    assert "lost.jpg is 000000000000 on disk, None in the library" in found
    assert "photos on disk that are not there" in found


@pytest.mark.skipif(not is_possible(), reason="limits of another process")
@pytest.mark.timeout(600)
def test_a_catalog_whose_disk_is_full_loses_nothing(arena: Arena) -> None:
    (tally,) = run(arena, SEED, ["disks"], KILLS)
    assert tally.findings == []
    assert tally.rounds > 0
    assert tally.counts["operations refused"] > 0


@pytest.mark.timeout(600)
def test_a_catalog_that_ends_by_itself_is_found(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kills, "_wait", lambda _self, service, *_: _end(service))
    (tally,) = run(arena, SEED, ["kills"], Extent(rounds=1, short=True))
    assert "ended by itself" in tally.findings[0].text


def _end(service: Service) -> None:
    os.kill(service.pid, signal.SIGKILL)
    while service.alive:
        time.sleep(0.01)


def test_a_photo_that_is_not_where_it_should_be_is_found(arena: Arena) -> None:
    part = Images(arena, Tally("images", ""))
    part._look("jpeg/1", b"nobody sent it", indexed=False)
    assert part.tally.findings == []
    part._look("jpeg/1", b"nobody sent it", indexed=True)
    assert "IMAGE_NOT_FOUND" in part.tally.findings[0].text


def test_what_the_cases_leave_behind_is_looked_at(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    part = Images(arena, Tally("images", ""))
    arena.service("catalog")
    stray = arena.folder / "libraries" / "b.duckdb.new"
    stray.touch()
    monkeypatch.setattr(Service, "stop", _end_badly)
    part.end(Random(0))
    stray.unlink()
    assert [finding.case for finding in part.tally.findings] == [END, END]
    assert "exit code" in part.tally.findings[0].text
    assert "left behind" in part.tally.findings[1].text


def _end_badly(service: Service) -> bool:
    service.kill()
    return False


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("weights_dir")
@pytest.mark.parametrize("part", sorted(set(PARTS) - {"kills", "folders", "disks"}))
def test_nothing_that_is_sent_breaks_a_service(arena: Arena, part: str) -> None:
    (tally,) = run(arena, SEED, [part], SENT)
    assert tally.findings == []
    assert tally.rounds > 0
