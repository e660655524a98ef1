"""kill -9 during a compaction leaves the old file or the new one, whole, and nothing beside it once it is opened."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.catalog.library_paths import COPY, WHOLE_COPY, beside, files_of
from services.catalog.storage.database import Database
from services.common.errors import Reason, UnavailableError

# How many compactions are killed at a random moment, in addition to those that are killed at each change of a name.
ROUNDS = int(os.environ.get("ALBUMEN_TEST_KILLS", "3"))

# Each child deletes an image, says so, and compacts; it dies at the given change of a file's name or after a time.
KILLED = """
import itertools, os, random, signal, sys, time
from pathlib import Path
from services.catalog.library import Library
from services.catalog.library_paths import files_of
from tests.catalog.clustering.synthetic import sha256
from tests.catalog.erased import all_found, compact, photo

path, rounds = Path(sys.argv[1]), int(sys.argv[2])
photos = [photo(number) for number in range(16 + rounds)]
library = Library(path, "a")
library.additions.add_all([one.analysis for one in photos])
library.close()
gone = 0

def run(kill):
    child = os.fork()
    if not child:
        library = Library(path, "a")
        library.delete_image(photos[gone].analysis.sha256)
        kill()
        compact(library)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0

def check():
    library = Library(path, "a")
    kept = photos[gone:]
    assert [image.sha256 for image in library.list_images(limit=999).items] == [one.analysis.sha256 for one in kept]
    assert library.record().face_count == len(kept)
    assert set(files_of(path)) <= {path, path.with_name(path.name + ".wal")}, files_of(path)
    left = set().union(*all_found(path, [one.traces for one in photos[max(gone - 3, 0):gone]]))
    owed = library.record().erase_time is not None
    assert owed or not left, left
    library.close()
    return owed

def at_change(number):
    # Every change of a file's name, every removal and every sync, and the moment after the last of them.
    calls = itertools.count()
    def counted(change):
        def changed(file, *args, **kwargs):
            if (isinstance(file, int) or file.exists()) and next(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(file, *args, **kwargs)
        return changed
    def kill():
        for name in ("rename", "unlink"):
            setattr(Path, name, counted(getattr(Path, name)))
        os.fsync = counted(os.fsync)
    return kill

owed, points = [], 0
for number in itertools.count():
    over = run(at_change(number))
    gone += 1
    owed.append(check())
    points += 1
    if over:
        break
assert owed[0] and not owed[-1], owed
begun = time.monotonic()
assert run(lambda: None)
took, gone = time.monotonic() - begun, gone + 1
assert not check()
for number in range(rounds):
    run(lambda: signal.setitimer(signal.ITIMER_REAL, 0.01 + took * random.random()))
    gone += 1
    check()
print(points)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="fork")
def test_a_killed_compaction_leaves_one_whole_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "a.duckdb"), str(ROUNDS)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=100 + 5 * ROUNDS)
    # Among them are the two that put the new file in the place of the old one.
    assert int(ended.stdout.splitlines()[-1]) > 5


def counted(path: Path, rows: int) -> Path:
    """A closed file with a table of its own that has so many rows."""
    database = Database(path, "64MB")
    with database.write() as transaction:
        transaction.cursor.execute("CREATE TABLE content AS SELECT range AS id FROM range(?)", [rows])
        transaction.commit()
    database.close(UnavailableError(Reason.SHUTTING_DOWN, ""))
    return path


@pytest.mark.parametrize(("ending", "rows"), [(COPY, 2), (WHOLE_COPY, 3)])
@pytest.mark.parametrize("log", [b"", b"\x00" * 100], ids=["empty", "damaged"])
def test_only_a_whole_copy_takes_the_place_of_the_file(tmp_path: Path, ending: str, rows: int, log: bytes) -> None:
    path = counted(tmp_path / "a.duckdb", 2)
    counted(tmp_path / "b.duckdb", 3).rename(beside(path, ending))
    if ending == WHOLE_COPY:
        # It is of the file that is gone, and of no other, whatever is in it.
        beside(path, ".wal").write_bytes(log)
    database = Database(path, "64MB")
    with database.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM content").fetchall() == [(rows,)]
    database.close(UnavailableError(Reason.SHUTTING_DOWN, ""))
    assert files_of(path) == [path]
