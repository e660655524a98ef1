"""Libraries are closed when there is no room for them, and nobody who uses them notices."""

import random
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from services.catalog.catalog import Catalog
from services.catalog.library_memory import OPEN_BYTES
from services.common.errors import NotFoundError
from tests.catalog.clustering.synthetic import analysis, direction, face, sha256
from tests.catalog.leasing import LONG, ROOM_FOR_TWO, Gate, leases_of, open_ones, opened, use


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
                assert all(library.find_image(image) is not None for owner, image in stored if owner == library_id)
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
