"""Libraries are compacted some time after something was erased, by whichever process comes to it."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from services.catalog.catalog import Catalog
from services.catalog.compactor import Compactor
from services.catalog.storage import transaction
from services.common.errors import Reason, UnavailableError
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.erased import Usage
from tests.catalog.leasing import open_ones

AFTER = 3600


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A catalog with the libraries a, of which something was erased, b and default."""
    catalog = Catalog(tmp_path)
    for library_id in ("a", "b"):
        catalog.create(library_id)
        with catalog.lease(library_id) as library:
            library.add_image(analysis("photo", direction(0)))
    with catalog.lease("a") as library:
        library.delete_image(sha256("photo"))
    yield catalog
    catalog.close()


@pytest.fixture
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is erased was erased long ago."""
    now = transaction.utc_now
    monkeypatch.setattr(transaction, "utc_now", lambda: now() - timedelta(seconds=AFTER))


def owing(catalog: Catalog) -> list[str]:
    return [library_id for library_id in catalog.ids() if catalog.record(library_id).erase_time is not None]


def inodes(folder: Path) -> dict[str, int]:
    return {file.stem: file.stat().st_ino for file in folder.glob("*.duckdb")}


@pytest.mark.usefixtures("_later")
def test_what_is_due_is_compacted_and_nothing_else(catalog: Catalog, tmp_path: Path) -> None:
    before = inodes(tmp_path)
    Compactor(catalog, after=AFTER + 60).work()
    assert owing(catalog) == ["a"]
    assert inodes(tmp_path) == before | {"default": inodes(tmp_path)["default"]}
    Compactor(catalog, after=AFTER).work()
    assert owing(catalog) == []
    after = inodes(tmp_path)
    assert after["a"] != before["a"]
    assert after["b"] == before["b"]


@pytest.mark.usefixtures("_later")
def test_another_process_goes_on_with_what_is_owed(catalog: Catalog, tmp_path: Path) -> None:
    catalog.close()
    again = Catalog(tmp_path)
    compactor = Compactor(again, after=AFTER)
    while owing(again):
        compactor.work()
    # Those that nobody uses are not left open.
    assert "b" not in open_ones(again)
    again.close()


@pytest.mark.usefixtures("_later")
def test_no_room_is_said_once_and_tried_again_later(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 0))
    compactor = Compactor(catalog, after=AFTER)
    with structlog.testing.capture_logs() as logs:
        compactor.work()
        compactor.work()
    assert [(entry["event"], entry["library"], entry["reason"]) for entry in logs] == [
        ("compaction_failed", "a", Reason.DISK_FULL)
    ]
    assert str(tmp_path) not in repr(logs)
    assert owing(catalog) == ["a"]
    monkeypatch.undo()
    Compactor(catalog, after=0).work()
    assert owing(catalog) == []


@pytest.mark.usefixtures("_later")
def test_a_damaged_library_keeps_no_other_from_its_turn(catalog: Catalog, tmp_path: Path) -> None:
    catalog.close()
    (tmp_path / "0.duckdb").write_bytes(b"damaged")
    (tmp_path / "aa.duckdb").write_bytes(b"damaged")
    again = Catalog(tmp_path)
    Compactor(again, after=AFTER).work()
    assert again.record("a").erase_time is None
    again.close()


def test_a_compactor_that_is_stopped_does_nothing_and_neither_does_one_of_a_closed_catalog(catalog: Catalog) -> None:
    compactor = Compactor(catalog, after=0)
    compactor.stop()
    compactor.work()
    assert owing(catalog) == ["a"]
    catalog.close()
    Compactor(catalog, after=0).work()
    with pytest.raises(UnavailableError):
        catalog.record("a")
