"""A disk that is full for a while: what was acknowledged is there, reads go on, and later all else does too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.catalog.library import Library
from tests.catalog.erased import photo
from tests.catalog.storage.test_pending_rows import left_by_a_kill

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")

# Every script prints what breaks, and so nothing.
BEGIN = """
import resource, sys
from pathlib import Path
import structlog
from services.catalog.library import Library
from services.catalog.storage import checkpoints
from services.common.errors import AlbumenError, Reason
from tests.catalog.clustering.synthetic import sha256
from tests.catalog.erased import compact, photo

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
path, room = Path(sys.argv[1]), int(sys.argv[2])
library, number, there = None, 0, set()

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

def size_of(ending):
    file = path.with_name(path.name + ending)
    return file.stat().st_size if file.exists() else 0

def add():
    global number
    number += 1
    analysis = photo(number, faces=2).analysis
    library.add_image(analysis)
    there.add(analysis.sha256)

def check(when):
    found = {image.sha256 for image in library.list_images(limit=10_000).items}
    if found != there:
        print(f"{when}: {len(there - found)} lost, {len(found - there)} of nobody")

def add_until_refused(most):
    for _ in range(most):
        try:
            add()
        except AlbumenError as error:
            if error.reason is not Reason.LIBRARY_UNAVAILABLE or "full" not in error.message:
                print(error.reason, error.message)
            return True
    return False

def end():
    global library
    limit(resource.RLIM_INFINITY)
    check("with room again")
    for _ in range(20):
        add()
    check("with room again, and more")
    compact(library)
    check("compacted")
    library.close()
    library = Library(path, "a")
    check("opened again")
    add()
    check("opened again, and more")
    library.close()
"""

COMPACTED = """
# The log becomes larger than a copy without them.
large = [photo(1000 + n, thumbnail_bytes=50_000).analysis for n in range(100)]
library = Library(path, "a")
library.additions.add_all(large)
for analysis in large:
    library.delete_image(analysis.sha256)
library.forget_names()
limit(size_of(".wal") + room)
if not add_until_refused(1000):
    print("never refused")
check("full")
if room and not there:
    print("none waits")
compact(library)
check("full, compacted")
add_until_refused(3)
check("full, and more")
end()
"""

CHECKPOINT = """
library = Library(path, "a")
library.additions.add_all([photo(1000 + n, faces=4, thumbnail_bytes=20_000).analysis for n in range(1, 30)])
there.update(image.sha256 for image in library.list_images(limit=100).items)
library.close()
library = Library(path, "a")
if size_of(".wal"):
    print("a log was left")
checkpoints._MOST_BYTES = 300_000
limit(size_of("") + room)
for _ in range(60):
    add()
    check("full")
if size_of(".wal") < checkpoints._MOST_BYTES:
    print("the file was not full")
end()
"""

BEGUN = """
limit(size_of("") + room)
try:
    library = Library(path, "a")
except AlbumenError as error:
    if error.reason is not Reason.LIBRARY_UNAVAILABLE or "full" not in error.message:
        print(error.reason, error.message)
else:
    there.update(image.sha256 for image in library.list_images(limit=100).items)
    if len(there) != 5:
        print("opened on a full disk, it has", len(there))
    library.close()
limit(resource.RLIM_INFINITY)
library = Library(path, "a")
there.update(image.sha256 for image in library.list_images(limit=100).items)
if len(there) != 5:
    print("opened again, it has", len(there))
end()
"""


def run(script: str, path: Path, room: int) -> str:
    command = [sys.executable, "-c", BEGIN + script, str(path), str(room)]
    environment = os.environ | {"PYTHONWARNINGS": "error"}
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=200, env=environment).stdout


@pytest.mark.parametrize("room", [0, 12_000, 40_000])
def test_a_library_is_written_anew_while_images_wait_for_their_tables(path: Path, room: int) -> None:
    assert run(COMPACTED, path, room) == ""


@pytest.mark.parametrize("room", [0, 300_000])
def test_a_checkpoint_that_fails_takes_nothing_from_anybody(path: Path, room: int) -> None:
    assert run(CHECKPOINT, path, room) == ""


@pytest.mark.parametrize("room", [0, 20_000, 10_000_000])
def test_a_library_that_is_opened_on_a_full_disk_loses_nothing(tmp_path: Path, room: int) -> None:
    library = Library(tmp_path / "a.duckdb", "a")
    for number in range(5):
        library.add_image(photo(number).analysis)
    killed = left_by_a_kill(tmp_path / "a.duckdb", tmp_path / "killed")
    library.close()
    assert run(BEGUN, killed, room) == ""
