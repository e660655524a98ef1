"""A library that can't be opened: it is listed, can be erased, and harms no other."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from structlog.testing import capture_logs

from albumen.catalog.v1 import library_pb2
from albumen.catalog.v1 import library_service_pb2 as library_pb
from services.catalog.catalog import Catalog
from services.catalog.records import LibraryRecord, UnavailableLibrary
from services.common.errors import AlreadyExistsError, NotFoundError, Reason, UnavailableError
from tests.catalog.asking import refusal
from tests.catalog.clustering.synthetic import analysis, direction
from tests.catalog.conftest import open_world
from tests.catalog.fake_vision import Script


def _damage_header(file: Path) -> None:
    file.write_bytes(b"no database" * 1000)


def _damage_content(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for start in range(16_384, len(content) - 4096, 8192):
        content[start : start + 2048] = b"\xa5" * 2048
    file.write_bytes(bytes(content))


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])


def _damage_log(file: Path) -> None:
    file.with_name(f"{file.name}.wal").write_bytes(bytes(8192))


def _empty_tables(file: Path) -> None:
    with duckdb.connect(file) as connection:
        connection.execute("DELETE FROM library")


def _drop_table(file: Path) -> None:
    with duckdb.connect(file) as connection:
        connection.execute("DROP TABLE label")


def _make_newer(file: Path) -> None:
    with duckdb.connect(file) as connection:
        connection.execute("INSERT INTO migration (version, name) VALUES (99, '0099_future.sql')")


DAMAGES = {
    "another file": _damage_header,
    "damaged blocks": _damage_content,
    "truncated": _truncate,
    "of a newer version": _make_newer,
    "damaged log": _damage_log,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two libraries with an image each."""
    catalog = Catalog(tmp_path)
    for library_id in ("bad", "good"):
        catalog.create(library_id, display_name=library_id.title())
        with catalog.lease(library_id) as library:
            library.add_image(analysis("x", direction(0), direction(1)))
    catalog.close()
    return tmp_path


@contextmanager
def _opened(folder: Path) -> Iterator[Catalog]:
    catalog = Catalog(folder)
    try:
        yield catalog
    finally:
        catalog.close()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_library_is_listed_with_its_state_and_harms_no_other(damage: str, folder: Path) -> None:
    DAMAGES[damage](folder / "bad.duckdb")
    with _opened(folder) as catalog:
        bad, default, good = catalog.list(limit=5).items

        assert isinstance(bad, UnavailableLibrary)
        assert (bad.id, bad.error.reason) == ("bad", Reason.LIBRARY_UNAVAILABLE)
        assert isinstance(default, LibraryRecord)
        assert isinstance(good, LibraryRecord)
        assert (default.id, good.id, good.image_count) == ("default", "good", 1)
        with pytest.raises(UnavailableError, match=r"^Library 'bad' can't be used") as caught:
            catalog.leases.take("bad")
        assert (caught.value.reason, caught.value.resource) == (Reason.LIBRARY_UNAVAILABLE, "libraries/bad")
        with catalog.lease("good") as library:
            assert library.record().image_count == 1


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_error_tells_where_the_server_keeps_its_files(damage: str, folder: Path) -> None:
    DAMAGES[damage](folder / "bad.duckdb")
    with _opened(folder) as catalog:
        for call in (catalog.leases.take, catalog.delete, catalog.create):
            with pytest.raises((UnavailableError, AlreadyExistsError)) as caught:
                call("bad")
            assert str(folder) not in caught.value.message
            assert ".duckdb" not in caught.value.message


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_library_is_erased_by_force_only(damage: str, folder: Path) -> None:
    DAMAGES[damage](folder / "bad.duckdb")
    damaged = (folder / "bad.duckdb").read_bytes()
    with _opened(folder) as catalog:
        for refused in ({}, {"validate_only": True}, {"force": True, "etag": "something"}):
            with pytest.raises(UnavailableError) as caught:
                catalog.delete("bad", **refused)
            assert caught.value.reason is Reason.LIBRARY_UNAVAILABLE
        assert isinstance(catalog.delete("bad", force=True, validate_only=True), UnavailableLibrary)
        assert (folder / "bad.duckdb").read_bytes() == damaged

        erased = catalog.delete("bad", force=True)

        assert isinstance(erased, UnavailableLibrary)
        assert sorted(folder.glob("bad*")) == []
        with pytest.raises(NotFoundError):
            catalog.leases.take("bad")
        assert catalog.create("bad").image_count == 0
        with catalog.lease("good") as library:
            assert library.record().image_count == 1


def test_creating_what_is_there_but_damaged_says_what_to_do(folder: Path) -> None:
    _damage_header(folder / "bad.duckdb")
    advice = r"exists already.*damaged.*DeleteLibrary with force.*another id"
    with _opened(folder) as catalog, pytest.raises(AlreadyExistsError, match=advice) as caught:
        catalog.create("bad")
    assert (caught.value.reason, caught.value.resource) == (Reason.LIBRARY_EXISTS, "libraries/bad")


@pytest.mark.parametrize("damage", [_empty_tables, _drop_table])
def test_what_a_damaged_file_makes_of_the_program_is_told_as_its_damage(folder: Path, damage: object) -> None:
    assert callable(damage)
    damage(folder / "bad.duckdb")
    with _opened(folder) as catalog:
        catalog.list(limit=5)
        catalog.delete("bad", force=True)
        assert [library.id for library in catalog.list(limit=5).items] == ["default", "good"]


def test_a_library_that_another_process_holds_is_listed(folder: Path) -> None:
    file = folder / "bad.duckdb"
    script = f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with _opened(folder) as catalog:
            held = catalog.list(limit=1).items[0]
            assert isinstance(held, UnavailableLibrary)
            assert "Another process has its file open" in held.error.message
            holder.communicate(b"")
            assert isinstance(catalog.list(limit=1).items[0], LibraryRecord)


def test_a_library_with_parameters_beyond_their_bounds_opens(folder: Path) -> None:
    with duckdb.connect(folder / "bad.duckdb") as connection:
        connection.execute("UPDATE library SET min_samples = 2147483647, eps = 'NaN', min_quality = 7")
        connection.execute("DELETE FROM snapshot")
    with _opened(folder) as catalog, capture_logs() as logs:
        library = catalog.leases.take("bad").library
        library.add_image(analysis("y", direction(2)))

        assert library.record().image_count == 2
        assert "parameters_clamped" in {event["event"] for event in logs}


async def test_a_damaged_default_library_does_not_keep_the_catalog_from_serving(folder: Path) -> None:
    _damage_header(folder / "default.duckdb")
    async with open_world(folder, Script()) as world:
        bad = await refusal(world.libraries.GetLibrary(library_pb.GetLibraryRequest()))
        assert (bad.code, bad.reason) == (14, "LIBRARY_UNAVAILABLE")
        assert bad.resources == ["libraries/default"]

        good = await world.libraries.GetLibrary(library_pb.GetLibraryRequest(name="libraries/good"))
        assert good.library.image_count == 1
        listed = (await world.libraries.ListLibraries(library_pb.ListLibrariesRequest())).libraries
        assert [(library.name, library.state) for library in listed] == [
            ("libraries/bad", library_pb2.LIBRARY_STATE_READY),
            ("libraries/default", library_pb2.LIBRARY_STATE_UNAVAILABLE),
            ("libraries/good", library_pb2.LIBRARY_STATE_READY),
        ]
        assert (listed[1].error.code, listed[1].error.message) == (bad.code, bad.message)

        erase = library_pb.DeleteLibraryRequest(name="libraries/default", force=True)
        assert (await world.libraries.DeleteLibrary(erase)).library == listed[1]
        empty = (await world.libraries.GetLibrary(library_pb.GetLibraryRequest())).library
        assert (empty.state, empty.image_count) == (library_pb2.LIBRARY_STATE_READY, 0)


def test_a_folder_in_the_place_of_a_library_is_erased_by_force_and_stops_no_start(tmp_path: Path) -> None:
    folder = tmp_path / "odd.duckdb"
    (folder / "inside").mkdir(parents=True)
    catalog = Catalog(tmp_path)
    catalog.delete("odd", force=True)
    assert not list(tmp_path.glob("odd.duckdb*"))
    catalog.close()
    (tmp_path / "left.duckdb.erased" / "inside").mkdir(parents=True)
    (tmp_path / "made.duckdb.new" / "inside").mkdir(parents=True)
    Catalog(tmp_path).close()
    assert not list(tmp_path.glob("*.duckdb.*"))
