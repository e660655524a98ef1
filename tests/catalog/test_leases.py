"""Libraries are closed when there is no room for them, and nobody who uses them notices."""

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from services.catalog.catalog import Catalog
from services.catalog.leases import Leases
from services.catalog.library import Library
from services.catalog.library_memory import OPEN_BYTES
from services.catalog.records import LibraryRecord, UnavailableLibrary
from services.common.errors import NotFoundError
from tests.catalog.clustering.synthetic import analysis, direction, face, sha256

# Each takes what an open file takes, and less than half as much for the little that is in it.
ROOM_FOR_TWO = 3 * OPEN_BYTES - 1
LONG = 30


@contextmanager
def opened(folder: Path, memory: int) -> Iterator[Catalog]:
    catalog = Catalog(folder, memory=memory)
    try:
        yield catalog
    finally:
        catalog.close()


def open_ones(catalog: Catalog) -> list[str]:
    return [library.id for library in catalog.leases.each()]


def use(catalog: Catalog, library_id: str, *, people: bool = False) -> None:
    with catalog.lease(library_id, people=people) as library:
        library.record()


class Gate:
    """Something that goes on until it is let go."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self.open.wait(LONG)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with opened(tmp_path, 0) as catalog:
        for library_id in ("a", "b", "c"):
            catalog.create(library_id)
    return tmp_path


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def leases_of(
    folder: Path,
    *,
    opening: Callable[[str], object] = lambda _: None,
    closing: Callable[[str], object] = lambda _: None,
    memory: int = ROOM_FOR_TWO,
    files: int | None = None,
) -> Leases:
    """Leases of real libraries; `opening` and `closing` are told first."""

    def begin(library_id: str) -> Library:
        opening(library_id)
        return Library(folder / f"{library_id}.duckdb", library_id)

    def end(library: Library) -> None:
        closing(library.id)
        library.close()

    return Leases(lambda _: None, begin, end, memory=memory, files=memory if files is None else files)


def test_files_have_a_bound_of_their_own(folder: Path) -> None:
    leases = leases_of(folder, memory=1 << 40, files=ROOM_FOR_TWO)
    for library_id in "abc":
        with leases.lease(library_id):
            pass
    assert [library.id for library in leases.each()] == ["b", "c"]
    leases.close()


def test_the_library_that_nobody_used_for_longest_makes_room(folder: Path) -> None:
    with opened(folder, ROOM_FOR_TWO) as catalog:
        use(catalog, "a")
        use(catalog, "b")
        use(catalog, "a")
        use(catalog, "c")
        assert open_ones(catalog) == ["a", "c"]


def test_a_library_in_use_stays_open_without_room(folder: Path) -> None:
    with opened(folder, 0) as catalog, catalog.lease("a") as library:
        for library_id in ("b", "c", "b"):
            use(catalog, library_id)
        catalog.maintain()
        assert open_ones(catalog) == ["a", "b"]
        assert library.add_image(analysis("x", direction(0))).image.sha256 == sha256("x")


def test_who_is_used_alone_is_not_closed_by_the_upkeep_however_large(folder: Path) -> None:
    with opened(folder, 0) as catalog:
        use(catalog, "a")
        catalog.maintain()
        assert open_ones(catalog) == ["a"]


def test_what_has_grown_is_closed_by_the_upkeep(folder: Path) -> None:
    with opened(folder, ROOM_FOR_TWO) as catalog:
        with catalog.lease("a") as library:
            large = replace(face(direction(0)), thumbnail=bytes(2 * OPEN_BYTES))
            library.add_image(replace(analysis("x", direction(0)), faces=(large,)))
            use(catalog, "b", people=True)
        assert open_ones(catalog) == ["a", "b"]
        catalog.maintain()
        assert open_ones(catalog) == ["b"]


def test_who_visits_many_libraries_takes_no_people_away(folder: Path) -> None:
    with opened(folder, 0) as catalog:
        use(catalog, "a", people=True)
        for library_id in ("b", "c", "b"):
            use(catalog, library_id)
            catalog.maintain()
        assert open_ones(catalog) == ["a", "b"]
        use(catalog, "b", people=True)
        assert open_ones(catalog) == ["b"]


def test_people_are_brought_into_memory_only_for_who_needs_them(folder: Path) -> None:
    with opened(folder, ROOM_FOR_TWO) as catalog:
        with catalog.lease("a") as library:
            library.add_image(analysis("x", direction(0)))
        use(catalog, "b", people=True)
        use(catalog, "c")
        with catalog.lease("a") as library:
            assert library.find_image(sha256("x"))
            assert library.list_people(limit=5).items == ()
            assert not library.memory.has_people
        with catalog.lease("a", people=True) as library:
            assert library.memory.has_people


def test_who_comes_while_a_library_is_closed_waits_and_opens_it_anew(folder: Path, threads: ThreadPoolExecutor) -> None:
    gate = Gate()
    leases = leases_of(folder, closing=lambda _: gate(), memory=0)
    leases.give_back(leases.take("a"))
    other = threads.submit(leases.take, "b")
    assert gate.reached.wait(LONG)
    assert leases.take_open("a") is None
    comer = threads.submit(leases.take, "a")
    gate.open.set()
    assert comer.result(LONG).library.record().image_count == 0
    assert other.result(LONG).library.record().image_count == 0
    leases.close()


def test_two_who_ask_for_a_closed_library_open_it_once(folder: Path, threads: ThreadPoolExecutor) -> None:
    gate, openings = Gate(), list[str]()

    def opening(library_id: str) -> None:
        openings.append(library_id)
        gate()

    leases = leases_of(folder, opening=opening)
    asked = [threads.submit(leases.take, "a") for _ in range(3)]
    assert gate.reached.wait(LONG)
    gate.open.set()
    assert len({id(one.result(LONG)) for one in asked}) == 1
    assert openings == ["a"]
    leases.close()


def test_a_library_that_takes_long_to_open_holds_up_no_other(folder: Path, threads: ThreadPoolExecutor) -> None:
    gate = Gate()
    leases = leases_of(folder, opening=lambda library_id: gate() if library_id == "a" else None)
    leases.give_back(leases.take("b"))
    slow = threads.submit(leases.take, "a")
    assert gate.reached.wait(LONG)
    held = leases.take_open("b")
    assert held is not None
    assert held.library.record().image_count == 0
    assert leases.take("c").library.record().image_count == 0
    gate.open.set()
    assert slow.result(LONG).library.id == "a"
    leases.close()


def test_two_that_make_room_for_each_other_do_not_wait_for_ever(folder: Path, threads: ThreadPoolExecutor) -> None:
    with opened(folder, 0) as catalog:

        def come_and_go(library_id: str) -> None:
            for _ in range(10):
                use(catalog, library_id)

        asked: list[Future[None]] = [threads.submit(come_and_go, library_id) for library_id in ("a", "b", "c", "a")]
        for one in asked:
            one.result(4 * LONG)


def test_an_opening_that_fails_takes_no_room(folder: Path) -> None:
    (folder / "bad.duckdb").write_bytes(b"no database" * 1000)
    with opened(folder, ROOM_FOR_TWO) as catalog:
        use(catalog, "a")
        for _ in range(4):
            with pytest.raises(Exception, match="can't be used"):
                catalog.leases.take("bad")
        use(catalog, "b")
        assert open_ones(catalog) == ["a", "b"]


def test_a_closed_library_is_erased_without_its_people(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(folder, 0) as catalog:
        with catalog.lease("a") as library:
            library.add_image(analysis("x", direction(0)))
        use(catalog, "b", people=True)
        assert open_ones(catalog) == ["b"]

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("people were read")

        monkeypatch.setattr("services.catalog.people_writer.Grouping", refuse)
        assert catalog.delete("a", force=True).id == "a"
        with pytest.raises(NotFoundError):
            catalog.leases.take("a")


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
    library.load()
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


def test_threads_lose_nothing_while_libraries_are_closed_under_them(
    tmp_path: Path, threads: ThreadPoolExecutor
) -> None:
    libraries = ["a", "b", "c", "d", "e"]
    done = threading.Event()

    def work(catalog: Catalog, seed: int) -> set[tuple[str, str]]:
        chance, stored = random.Random(seed), set[tuple[str, str]]()  # noqa: S311
        for step in range(15):
            library_id = chance.choice(libraries)
            with catalog.lease(library_id, people=chance.random() < 0.3) as library:
                photo = f"{seed}-{step}"
                library.add_image(analysis(photo, direction(chance.random(), seed)))
                stored.add((library_id, sha256(photo)))
                assert all(library.has_image(image) for owner, image in stored if owner == library_id)
        return stored

    def tidy(catalog: Catalog) -> None:
        while not done.is_set():
            catalog.maintain()
            assert len(catalog.list(limit=10).items) == len(libraries) + 1

    with opened(tmp_path, 0) as catalog:
        for library_id in libraries:
            catalog.create(library_id)
        tidying = threads.submit(tidy, catalog)
        try:
            stored = set[tuple[str, str]]().union(*threads.map(partial(work, catalog), range(3)))
        finally:
            done.set()
        tidying.result(LONG)
        found = set()
        for library_id in libraries:
            with catalog.lease(library_id) as library:
                found |= {(library_id, image.sha256) for image in library.list_images(limit=200).items}
        assert found == stored


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
