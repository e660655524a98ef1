"""What closing a library leaves behind, and what lists say of closed ones."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.catalog.library import Library
from services.catalog.records import LibraryRecord, UnavailableLibrary
from tests.catalog.clustering.synthetic import analysis, direction
from tests.catalog.leasing import ROOM_FOR_TWO, open_ones, opened, use


def test_closing_leaves_no_gap_in_the_ids(tmp_path: Path) -> None:
    ids = []
    for name in ("x", "y", "z"):
        library = Library(tmp_path / "a.duckdb", "a")
        ids += [face.id for face in library.add_image(analysis(name, direction(0), direction(1))).image.faces]
        library.close()
    assert ids == [1, 2, 3, 4, 5, 6]


def test_clustering_everything_once_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalog.people_writer._WORTH_A_SNAPSHOT", 1)
    library = Library(tmp_path / "a.duckdb", "a")
    library.add_image(analysis("x", direction(0), direction(1)))
    library.close()
    library = Library(tmp_path / "a.duckdb", "a")
    with library._database.write() as transaction:
        transaction.cursor.execute("DELETE FROM snapshot")
        transaction.commit()
    library.memory.load_people()
    library.close()
    library = Library(tmp_path / "a.duckdb", "a")
    with library._database.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM snapshot").fetchone() == (1,)
    library.close()


def test_a_list_opens_no_library_twice_and_is_never_stale(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openings: list[str] = []
    real = Library.__init__

    def count(self: Library, path: Path, library_id: str, **options: object) -> None:
        openings.append(library_id)
        real(self, path, library_id, **options)  # type: ignore[arg-type]

    with opened(folder, 0) as catalog:
        before = catalog.list(limit=10).items
        monkeypatch.setattr(Library, "__init__", count)
        assert catalog.list(limit=10).items == before
        assert openings == []

        with catalog.lease("b") as library:
            library.add_image(analysis("x", direction(0)))
        use(catalog, "c", people=True)
        listed = {record.id: record for record in catalog.list(limit=10).items}
        assert openings == ["b", "c"]
        changed = listed["b"]
        assert isinstance(changed, LibraryRecord)
        assert changed.image_count == 1


def test_a_list_notices_that_another_process_has_taken_a_closed_library(folder: Path) -> None:
    script = f"import duckdb, sys; c = duckdb.connect({str(folder / 'b.duckdb')!r}); print('open', flush=True); input()"
    with opened(folder, 0) as catalog:
        ready = catalog.list(limit=10).items
        with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"open\n"
            held = catalog.list(limit=10).items[1]
            assert isinstance(held, UnavailableLibrary)
            assert "Another process has its file open" in held.error.message
            holder.communicate(b"\n")
        assert catalog.list(limit=10).items == ready


def test_a_write_that_its_call_did_not_wait_for_is_in_the_list(folder: Path, threads: ThreadPoolExecutor) -> None:
    with opened(folder, ROOM_FOR_TWO) as catalog:
        began, go = threading.Event(), threading.Event()
        with catalog.lease("a") as library:

            def write() -> None:
                with library.exclusive():
                    began.set()
                    go.wait(10)
                    library.add_image(analysis("x", direction(0)))

            writing = threads.submit(write)
            began.wait(10)
        others = [threads.submit(use, catalog, library_id) for library_id in "bc"]
        go.set()
        for work in (writing, *others):
            work.result(20)
        assert sorted(open_ones(catalog)) == ["b", "c"]
        assert {record.id: getattr(record, "image_count", None) for record in catalog.list(limit=9).items}["a"] == 1


def test_a_library_that_says_nothing_of_itself_is_closed_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(folder, ROOM_FOR_TWO) as catalog:
        use(catalog, "a")
        use(catalog, "b")
        record = Library.record
        monkeypatch.setattr(Library, "record", lambda self: 1 // 0 if self.id == "a" else record(self))
        with catalog.lease("c"):
            pass
        monkeypatch.undo()
        use(catalog, "a")
