"""Compacting a library: what it changes, which is nothing but the file, and who may do what meanwhile."""

import itertools
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.catalog.catalog import Catalog
from services.catalog.library import Library
from services.catalog.library_paths import COPY, beside, files_of
from services.catalog.storage import database, fresh_copy
from services.common.errors import (
    AlbumenError,
    FailedPreconditionError,
    NotFoundError,
    Reason,
    ResourceExhaustedError,
    UnavailableError,
)
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.erased import Usage, compact, photo

FULL_DISK = """
import resource, sys
from pathlib import Path
from services.catalog.library import Library
from services.common.errors import ResourceExhaustedError
from tests.catalog.erased import Usage, compact, photo

library = Library(Path(sys.argv[1]), "a")
library.additions.add_all([photo(number, faces=4).analysis for number in range(20)])
for room in (10_000, 400_000, 1_000_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        compact(library)
    except ResourceExhaustedError as error:
        print(error.reason)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    library.add_image(photo(room).analysis)
compact(library)
print(library.record().image_count)
"""


@pytest.fixture(autouse=True)
def few_faces_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fresh_copy.ROWS_AT_ONCE, "face", 4)


@pytest.fixture
def filled(library: Library) -> Library:
    library.additions.add_all(
        [analysis(str(number), direction(0.01 * number, number % 3), labels=("cat",)) for number in range(12)]
    )
    return library


def test_one_at_a_time_and_each_says_how_far_it_is(filled: Library) -> None:
    run = filled.compaction.begin()
    assert run.advance() is not None
    with pytest.raises(FailedPreconditionError) as caught:
        filled.compaction.begin()
    assert caught.value.reason is Reason.COMPACTION_IN_PROGRESS
    run.close()
    run = filled.compaction.begin()
    steps = list(iter(run.advance, None))
    run.close()
    assert all(one.done <= two.done <= one.total for one, two in itertools.pairwise(steps))
    assert steps[0].done == 4
    assert steps[-1].done == steps[-1].total > 12
    assert sum(step.freed for step in steps[:-1]) == 0


def test_a_run_that_is_given_up_leaves_the_file_as_it_was(filled: Library, path: Path) -> None:
    before = path.stat().st_ino
    run = filled.compaction.begin()
    assert run.advance() is not None
    assert beside(path, COPY).exists()
    run.close()
    assert run.advance() is None
    assert path.stat().st_ino == before
    assert not beside(path, COPY).exists()


def test_people_and_their_memory_go_on(filled: Library, path: Path) -> None:
    before = filled.list_people(limit=9).items
    filled.edits.update(before[0].id, display_name="Ann")
    before = filled.list_people(limit=9).items
    assert filled.memory.has_people
    inode = path.stat().st_ino
    compact(filled)
    assert path.stat().st_ino != inode
    assert filled.memory.has_people
    assert filled.list_people(limit=9).items == before
    filled.add_image(analysis("new", direction(0.05, 0)))
    filled.undo.undo(filled.history.page(limit=1).items[0].id)
    after = filled.list_people(limit=9).items
    assert sum(person.face_count for person in after) == 13
    filled.close()
    again = Library(path, "a")
    again.memory.load_people()
    assert again.list_people(limit=9).items == after
    assert again.record().image_count == 13
    again.close()


def test_others_read_and_write_meanwhile(filled: Library, threads: ThreadPoolExecutor) -> None:
    over = threading.Event()

    def write() -> int:
        number = 0
        while not over.wait(0.01):
            filled.add_image(analysis(f"new {number}", direction(0.01 * number, 5), labels=("dog",)))
            if number % 3 == 0:
                filled.delete_image(sha256(f"new {number}"))
            number += 1
        return number

    def read() -> int:
        reads = 0
        while not over.wait(0.01):
            images = filled.list_images(limit=12).items
            assert {image.sha256 for image in images} == known
            assert sum(len(image.faces) for image in images) == 12
            reads += 1
        return reads

    known = {sha256(str(number)) for number in range(12)}
    written, read_first, read_second = threads.submit(write), threads.submit(read), threads.submit(read)
    try:
        for _ in range(2):
            compact(filled)
    finally:
        over.set()
    count = written.result()
    assert count > 1
    assert min(read_first.result(), read_second.result()) > 1
    kept = {sha256(f"new {number}") for number in range(count) if number % 3}
    assert {image.sha256 for image in filled.list_images(limit=9999).items} == known | kept


def test_a_reader_who_waits_for_a_reader_ends_nothing(
    filled: Library, threads: ThreadPoolExecutor, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_DRAIN_SECONDS", 0.05)
    inode = path.stat().st_ino
    with filled._database.read() as cursor:
        compacting = threads.submit(compact, filled)
        while not filled._database._replacing:
            pass
        assert filled.record().image_count == 12
        assert cursor.execute("SELECT count(*) FROM face").fetchall() == [(12,)]
    compacting.result(30)
    assert path.stat().st_ino != inode


def test_whoever_closes_the_library_ends_a_run(filled: Library, path: Path) -> None:
    run = filled.compaction.begin()
    assert run.advance() is not None
    filled.close()
    assert files_of(path) == [path]
    with pytest.raises(UnavailableError) as caught:
        run.advance()
    assert caught.value.reason is Reason.SHUTTING_DOWN
    run.close()
    with pytest.raises(AlbumenError):
        compact(filled)


@pytest.mark.parametrize("steps", [2, 9])
def test_a_library_is_erased_whatever_a_run_does(tmp_path: Path, threads: ThreadPoolExecutor, steps: int) -> None:
    catalog = Catalog(tmp_path)
    catalog.create("a")
    with catalog.lease("a") as library:
        library.additions.add_all([photo(number).analysis for number in range(12)])
        run = library.compaction.begin()
        for _ in range(steps):
            run.advance()
        rest = threads.submit(_ended, run.advance)
        catalog.delete("a", force=True)
        assert rest.result(30) in (None, NotFoundError)
        run.close()
    assert files_of(tmp_path / "a.duckdb") == []
    catalog.close()


def _ended(advance: Callable[[], object]) -> type[AlbumenError] | None:
    try:
        while advance() is not None:
            pass
    except AlbumenError as error:
        return type(error)
    return None


def test_a_disk_without_room_is_not_filled(filled: Library, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 1000))
    with pytest.raises(ResourceExhaustedError) as caught:
        filled.compaction.begin()
    assert caught.value.reason is Reason.DISK_FULL
    assert caught.value.metadata["free_bytes"] == "1000"
    assert str(path.parent) not in caught.value.message
    monkeypatch.undo()
    assert compact(filled)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_a_disk_that_fills_up_meanwhile_harms_nothing(path: Path) -> None:
    command = [sys.executable, "-c", FULL_DISK, str(path)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=100)
    assert [line for line in ended.stdout.splitlines() if "[" not in line] == [*["DISK_FULL"] * 3, "23"]
