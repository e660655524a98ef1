"""Libraries under a folder."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from services.catalog.catalog import Catalog
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.records import LibraryRecord
from services.common.errors import (
    AbortedError,
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
    ResourceExhaustedError,
    UnavailableError,
)
from tests.catalog.clustering.synthetic import analysis, direction


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "libraries")
    yield catalog
    catalog.close()


def library_files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


def test_the_default_library_is_always_there(catalog: Catalog) -> None:
    assert [found.id for found in catalog.list(limit=5).items] == ["default"]
    with catalog.lease("default") as library:
        assert library.record().image_count == 0


def test_libraries_are_apart_and_keep_their_names(catalog: Catalog, tmp_path: Path) -> None:
    created = catalog.create("photos", display_name=" Photos ")
    catalog.create("photos-private")
    with catalog.lease("photos") as library:
        library.add_image(analysis("a", direction(0)))
    with catalog.lease("photos-private") as library:
        assert library.record().image_count == 0
    assert catalog.leases.take("photos") is catalog.leases.take("photos")
    catalog.close()
    catalog = Catalog(tmp_path / "libraries")
    found = catalog.list(limit=5).items
    assert [record.id for record in found] == ["default", "photos", "photos-private"]
    photos = found[1]
    assert isinstance(photos, LibraryRecord)
    assert (photos.display_name, photos.image_count) == ("Photos", 1)
    assert photos.create_time == created.create_time
    catalog.close()


@pytest.mark.parametrize(
    "library_id", ["", "A", "1a", "-a", "a-", "a/b", "..", "a.b", "a\n", "é", "a" * 64, "../default", "a\0b"]
)
def test_ids_cannot_escape(catalog: Catalog, library_id: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        catalog.create(library_id)
    assert caught.value.reason is Reason.LIBRARY_ID_INVALID
    for call in (catalog.leases.take, catalog.delete):
        with pytest.raises(NotFoundError):
            call(library_id)


def test_pages_of_libraries(catalog: Catalog) -> None:
    for library_id in ("c", "a", "b"):
        catalog.create(library_id)
    first = catalog.list(limit=2)
    assert [found.id for found in first.items] == ["a", "b"]
    second = catalog.list(limit=2, after=first.next_key)
    assert [found.id for found in second.items] == ["c", "default"]
    assert second.next_key is None


def test_there_is_a_limit_and_no_second_of_a_name(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path, max_libraries=2)
    catalog.create("a")
    with pytest.raises(AlreadyExistsError):
        catalog.create("a")
    with pytest.raises(AlreadyExistsError):
        catalog.create("default")
    with pytest.raises(ResourceExhaustedError, match="limit of libraries, 2") as caught:
        catalog.create("b")
    assert caught.value.reason is Reason.TOO_MANY_LIBRARIES
    with pytest.raises(InvalidArgumentError):
        catalog.create("c", display_name="x" * 201)
    catalog.close()


def test_of_threads_that_create_one_library_one_wins(catalog: Catalog) -> None:
    def create(_: int) -> bool:
        try:
            catalog.create("a")
        except AlreadyExistsError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(create, range(4))) == 1


def test_erasing_leaves_no_file(catalog: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "libraries"
    catalog.create("a")
    catalog.create("a-b")
    library = catalog.leases.take("a").library
    library.add_image(analysis("x", direction(0)))
    record = library.record()
    (folder / "a.duckdb.tmp").mkdir()
    with pytest.raises(FailedPreconditionError, match="force") as refused:
        catalog.delete("a")
    assert refused.value.reason is Reason.LIBRARY_NOT_EMPTY
    with pytest.raises(AbortedError):
        catalog.delete("a", force=True, etag="stale")
    assert catalog.delete("a", force=True, validate_only=True) == record
    assert library.record() == record
    assert catalog.delete("a", force=True, etag=record.etag) == record
    assert [name for name in library_files(folder) if not name.startswith("a-b")] == []
    with pytest.raises(NotFoundError):
        library.record()
    with pytest.raises(NotFoundError):
        catalog.leases.take("a")
    assert catalog.create("a").image_count == 0


def test_the_default_library_comes_back_empty(catalog: Catalog) -> None:
    with catalog.lease("default") as library:
        library.add_image(analysis("x", direction(0)))
    catalog.delete("default", force=True)
    with catalog.lease("default") as library:
        assert library.record().image_count == 0


def test_an_erasure_cut_short_is_finished_at_the_next_start(tmp_path: Path) -> None:
    for name in ("a.duckdb.erased", "a.duckdb.wal", "b.duckdb.wal"):
        (tmp_path / name).write_bytes(b"rest")
    catalog = Catalog(tmp_path)
    assert library_files(tmp_path) == ["b.duckdb.wal"]
    catalog.close()


def test_a_locked_library_says_who_to_stop(catalog: Catalog, tmp_path: Path) -> None:
    file = tmp_path / "libraries" / "held.duckdb"
    script = f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(UnavailableError, match="Another process"):
            catalog.leases.take("held")
        holder.communicate(b"")
    with catalog.lease("held") as library:
        assert library.record().image_count == 0


def test_a_library_keeps_its_parameters(tmp_path: Path) -> None:
    Catalog(tmp_path, parameters=ClusteringParameters(eps=0.2, min_samples=3)).close()
    catalog = Catalog(tmp_path, parameters=ClusteringParameters(eps=0.2, min_samples=3))
    with catalog.lease("default") as library:
        library.add_image(analysis("a", direction(0), direction(0)))
    catalog.close()
    catalog = Catalog(tmp_path)
    library = catalog.leases.take("default").library
    assert library.record().person_count == 0
    library.add_image(analysis("b", direction(0)))
    assert library.record().person_count == 1
    catalog.close()


def test_a_closed_catalog_opens_nothing(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    catalog.close()
    with pytest.raises(UnavailableError) as caught:
        catalog.leases.take("default")
    assert caught.value.reason is Reason.SHUTTING_DOWN


def test_maintenance_moves_a_grown_log_into_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalog.storage.checkpoints._GROWN_BYTES", 1)
    monkeypatch.setattr("services.catalog.storage.database._IDLE_SECONDS", 0.0)
    catalog = Catalog(tmp_path)
    with catalog.lease("default") as library:
        library.add_image(analysis("a", direction(0)))
    log = tmp_path / "default.duckdb.wal"
    grown = log.stat().st_size
    catalog.maintain()
    assert not log.exists() or log.stat().st_size < grown
    catalog.close()


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    catalog.create("a")
    catalog.close()
    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        assert (1, "0001_initial.sql") in connection.execute("SELECT version, name FROM migration").fetchall()
        connection.execute(
            "INSERT INTO migration (version, name, apply_time) VALUES (99, '0099_future.sql', now()::TIMESTAMP)"
        )
    catalog = Catalog(tmp_path)
    with pytest.raises(UnavailableError, match="Upgrade Albumen"):
        catalog.leases.take("a")
    catalog.close()
