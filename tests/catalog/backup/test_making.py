"""Backups: what is in them, and what becomes of one that can't be finished."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from services.catalog.backup.backup_folder import BACKUPS
from services.catalog.backup.making import FILE
from services.catalog.backup.manifest import Manifest
from services.catalog.library import Library
from services.catalog.operations.kind import Task
from services.catalog.storage import tables
from services.catalog.storage.table_copy import TableCopy
from services.common.errors import AlbumenError, FailedPreconditionError, Reason
from tests.catalog.backup.backing import Backing, backing, end_of, fill, steps_of
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.erased import all_found, compact, photo

WRITERS = 8
KILLED = """
import sys
from pathlib import Path
from tests.catalog.backup.backing import backing
from services.catalog.operations.kind import Task

with backing(Path(sys.argv[1])) as kept:
    steps = kept.making.steps(Task("a", "killed", {}, 1))
    while True:
        print(next(steps).done, flush=True)
"""
FULL = """
import resource, sys
from pathlib import Path
from services.common.errors import AlbumenError
from tests.catalog.backup.backing import backing

with backing(Path(sys.argv[1])) as kept:
    for room in (0, 300_000, 1_500_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        try:
            kept.back_up()
        except AlbumenError as error:
            print(error.reason)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(len(list((kept.folder / "backups").iterdir())))
    kept.back_up()
    print(kept.backups.list(limit=9).items[0].content.image_count)
"""


@pytest.fixture(autouse=True)
def few_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_MANY", 5)
    monkeypatch.setitem(tables._FEW, "face", 4)


def files(kept: Backing) -> list[str]:
    folder = kept.folder / BACKUPS
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def content(library: Library) -> tuple[object, ...]:
    images = library.list_images(limit=999).items
    people = library.list_people(limit=99).items
    return images, people, library.history.page(limit=99).items, library.find_faces(range(1, 99))


def test_what_is_restored_is_what_was_backed_up(kept: Backing) -> None:
    fill(kept)
    with kept.catalog.lease("a") as library:
        person = library.list_people(limit=9).items[0]
        library.edits.update(person.id, display_name="Ann")
        library.delete_image(sha256("5"))
        before = content(library)
    backup = kept.back_up()
    with kept.catalog.lease("a") as library:
        library.add_image(analysis("later", direction(0.3, 9)))
    kept.restore(backup, "b")
    with kept.catalog.lease("b", people=True) as restored:
        assert content(restored) == before
        restored.add_image(analysis("later", direction(0.015, 1)))
    record = kept.backups.get(backup)
    assert record.content is not None
    assert (record.library, record.content.image_count, record.content.face_count) == ("a", 11, 11)
    assert record.size_bytes == (kept.folder / BACKUPS / backup / FILE).stat().st_size


def test_a_backup_is_of_one_moment_of_all_that_eight_threads_write(kept: Backing, tmp_path: Path) -> None:
    fill(kept, 40)
    over = threading.Event()

    def write(writer: int) -> None:
        number = 0
        with kept.catalog.lease("a") as library:
            while not over.is_set():
                library.add_image(analysis(f"{writer}/{number}", direction(0.01 * number, writer)))
                if number % 3 == 2:
                    deleted = sha256(f"{writer}/{number - 1}")
                    library.delete_image(deleted)
                    library.trash.purge([deleted])
                number += 1

    with ThreadPoolExecutor(WRITERS) as threads:
        writing = [threads.submit(write, writer) for writer in range(WRITERS)]
        try:
            backups = [kept.back_up() for _ in range(3)]
        finally:
            over.set()
        for one in writing:
            one.result()
    names = [f"restored-{number}" for number in range(len(backups))]
    for backup, name in zip(backups, names, strict=True):
        kept.restore(backup, name)
    kept.catalog.close()
    with duckdb.connect(tmp_path / "libraries" / "a.duckdb", read_only=True) as connection:
        history = connection.execute("SELECT seq, change, number FROM event WHERE resource = 2 ORDER BY seq").fetchall()
    moments = []
    for name in names:
        with duckdb.connect(tmp_path / "libraries" / f"{name}.duckdb", read_only=True) as connection:
            ((moment,),) = connection.execute("SELECT max(seq) FROM event").fetchall()
            images = {number for (number,) in connection.execute("SELECT id FROM image").fetchall()}
            # Those of an image in the trash are apart.
            select = "SELECT image_id FROM face UNION SELECT image_id FROM trashed_face"
            faces = {number for (number,) in connection.execute(select).fetchall()}
        there = set[int]()
        for seq, change, number in history:
            if seq <= moment:
                (there.discard if change == 3 else there.add)(number)
        assert faces == images
        assert images == there
        moments.append(moment)
    assert moments == sorted(moments)
    assert 40 < moments[0] < history[-1][0]


@pytest.mark.parametrize("steps", [0, 1, 7, 1000])
def test_what_a_killed_process_left_is_removed_and_the_next_attempt_is_whole(tmp_path: Path, steps: int) -> None:
    with backing(tmp_path) as kept:
        fill(kept, 30)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    for _ in range(steps + 1):
        if not process.stdout.readline():
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with backing(tmp_path) as kept:
        backup = kept.back_up(operation="killed", attempt=2)
        (listed,) = kept.backups.list(limit=9).items
        assert listed.id == backup
        assert files(kept) == [f"{backup}/{FILE}", f"{backup}/manifest.json"]
        kept.restore(backup, "b")
        assert kept.catalog.record("b").image_count == 30


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_a_full_disk_leaves_nothing_and_harms_nothing(tmp_path: Path) -> None:
    with backing(tmp_path) as kept:
        fill(kept, 60)
    command = [sys.executable, "-W", "error", "-c", FULL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=200)
    lines = [line for line in done.stdout.splitlines() if "info" not in line]
    assert lines == ["DISK_FULL", "0"] * 3 + ["60"]


@pytest.mark.parametrize("steps", [1, 5, 14])
def test_who_gives_it_up_leaves_nothing(kept: Backing, steps: int) -> None:
    fill(kept)
    run = kept.making.steps(Task("a", "o", {}, 1))
    for _ in range(steps):
        next(run)
    run.close()
    assert files(kept) == []
    assert [*(kept.folder / BACKUPS).iterdir()] == []
    with kept.catalog.lease("a") as library:
        compact(library)
    kept.back_up()


def _cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 3)


def _overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        # Somewhere in each block, whether it is in use or not.
        for position in range(20_000, path.stat().st_size, 1 << 18):
            file.seek(position)
            file.write(os.urandom(64))


@pytest.mark.parametrize("damage", [_cut, _overwritten])
def test_what_the_disk_did_not_keep_is_no_backup(
    kept: Backing, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    fill(kept, 60)
    finish = TableCopy.finish

    def finish_badly(self: TableCopy) -> None:
        finish(self)
        damage(self._path)

    monkeypatch.setattr(TableCopy, "finish", finish_badly)
    with pytest.raises(FailedPreconditionError) as caught:
        kept.back_up()
    assert caught.value.reason is Reason.BACKUP_DAMAGED
    assert [*(kept.folder / BACKUPS).iterdir()] == []


def test_a_row_that_is_another_one_in_the_copy_is_found(kept: Backing, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(kept)
    other = {("face", "score"): "CASE WHEN id = 7 THEN 0.5::FLOAT ELSE score END"}
    insert = TableCopy.insert

    def insert_badly(self: TableCopy, cursor: duckdb.DuckDBPyConnection, table: str, condition: str) -> None:
        right, self._instead = self._instead, dict(self._instead) | other
        insert(self, cursor, table, condition)
        self._instead = right

    monkeypatch.setattr(TableCopy, "insert", insert_badly)
    with pytest.raises(FailedPreconditionError, match="table face"):
        kept.back_up()


def test_nothing_of_what_was_erased_is_in_a_backup(tmp_path: Path) -> None:
    gone, stays = photo(1), photo(2)
    with backing(tmp_path, trash_days=0) as kept:
        with kept.catalog.lease("a") as library:
            library.additions.add_all([gone.analysis, stays.analysis])
            library.delete_image(gone.analysis.sha256)
            library.forget_names()
        backup = kept.back_up()
        path = kept.folder / BACKUPS / backup / FILE
        assert all_found(path, [gone.traces, stays.traces]) == [set(), set(stays.traces)]
        kept.restore(backup, "b")
        assert kept.catalog.record("a").erase_time is not None
        assert kept.catalog.record("b").erase_time is None


def test_a_second_one_of_the_same_moment_has_another_name(kept: Backing) -> None:
    first = kept.back_up()
    taken = kept.folder / BACKUPS / first
    read = Manifest.read(taken)
    with kept.backups.folder.making(BACKUPS) as unfinished:
        read.write(unfinished.path)
        assert unfinished.publish(first) == f"{first}-2"


def test_progress_ends_where_it_is_whole(kept: Backing) -> None:
    fill(kept)
    progress, _ = steps_of(kept.making, "a")
    rows = [step for step in progress if step.what == "rows"]
    assert all(one.done <= one.total for one in rows)
    assert rows[-1].done == rows[-1].total


def test_a_library_that_is_not_there_is_not_found(kept: Backing) -> None:
    with pytest.raises(AlbumenError) as caught:
        end_of(kept.making, "none")
    assert caught.value.reason is Reason.LIBRARY_NOT_FOUND
