"""The folder of the libraries: who may have it, what is in it after a crash, and what is said if it can't be used."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from services.catalog.catalog import Catalog
from services.catalog.libraries_folder import LibrariesFolderError
from services.catalog.records import LibraryRecord
from services.common.errors import AlreadyExistsError
from tests.catalog.clustering.synthetic import analysis, direction

HOLDER = """
import os, sys
from pathlib import Path
from services.catalog.catalog import Catalog

catalog = Catalog(Path(sys.argv[1]))
print(os.getpid(), flush=True)
sys.stdin.read()
"""

# Each child dies a little later than the one before, wherever it is then; a default action needs no Python to run.
KILLED_CREATES = """
import os, signal, sys, time
from pathlib import Path
from services.catalog.catalog import Catalog

def create(number, seconds):
    child = os.fork()
    if not child:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        Catalog(Path(sys.argv[1])).create(f"a{number}", display_name="Family")
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0

started = time.monotonic()
create(0, 60)
whole = time.monotonic() - started
kills = 20
print([number for number in range(1, kills) if create(number, 1.2 * whole * number / kills)], flush=True)
"""

FULL_DISK = """
import resource, sys
from pathlib import Path
from services.catalog.catalog import Catalog
from services.common.errors import UnavailableError

catalog = Catalog(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    catalog.create("a", display_name="Family")
except UnavailableError as error:
    message = f"{error.reason}: {error.message}"
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(message)
print([library.id for library in catalog.list(limit=5).items])
print(catalog.create("a", display_name="Family").display_name)
"""

FULL_DISK_LATER = """
import resource, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from services.catalog.catalog import Catalog
from services.common.errors import UnavailableError
from tests.catalog.clustering.synthetic import analysis, direction

library = Catalog(Path(sys.argv[1])).leases.take("default").library
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
stored = 0
try:
    while True:
        library.add_image(analysis(str(stored), direction(0.01 * stored)))
        stored += 1
except UnavailableError as error:
    print(f"{error.reason}: {error.message}")
with ThreadPoolExecutor(4) as readers:
    seen = {counted.result() for counted in [readers.submit(lambda: library.record().image_count) for _ in range(20)]}
print(seen == {stored})
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
library.add_image(analysis("last", direction(1)))
print(library.record().image_count == stored + 1)
"""


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


def output(script: str, *arguments: object) -> list[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=100).stdout.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="fork")
def test_a_killed_create_leaves_no_nameless_library(tmp_path: Path) -> None:
    acknowledged = json.loads(output(KILLED_CREATES, tmp_path)[-1])

    catalog = Catalog(tmp_path)
    found = [library for library in catalog.list(limit=100).items if library.id != "default"]
    ids = [library.id for library in found]
    assert set(ids) >= {"a0", *(f"a{number}" for number in acknowledged)}
    for library in found:
        assert isinstance(library, LibraryRecord)
        assert library.display_name == "Family"
    for number in range(20):
        if f"a{number}" in ids:
            with pytest.raises(AlreadyExistsError):
                catalog.create(f"a{number}")
        else:
            assert catalog.create(f"a{number}", display_name="Again").display_name == "Again"
    catalog.close()
    assert files(tmp_path) == sorted([*(f"a{number}.duckdb" for number in range(20)), "default.duckdb"])


def test_a_library_that_a_dead_process_was_making_is_cleared_away(tmp_path: Path) -> None:
    for name in ("a.duckdb.new", "a.duckdb.new.wal", "b.duckdb.new.erased", "c.duckdb.wal"):
        (tmp_path / name).write_bytes(b"rest")

    catalog = Catalog(tmp_path)

    assert [library.id for library in catalog.list(limit=5).items] == ["default"]
    catalog.close()
    assert files(tmp_path) == ["c.duckdb.wal", "default.duckdb"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
@pytest.mark.parametrize("room", [1, 10_000, 50_000, 300_000])
def test_a_create_refused_by_a_full_disk_leaves_nothing_behind(tmp_path: Path, room: int) -> None:
    refused, listed, display_name = output(FULL_DISK, tmp_path, room)[-3:]

    assert refused.startswith("LIBRARY_UNAVAILABLE: Library 'a' can't be used.")
    assert "full" in refused or "No space" in refused
    assert str(tmp_path) not in refused
    assert listed == "['default']"
    assert display_name == "Family"


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_a_full_disk_is_called_by_its_name_and_loses_nothing(tmp_path: Path) -> None:
    assert output(FULL_DISK_LATER, tmp_path)[-3:] == [
        "LIBRARY_UNAVAILABLE: Library 'default' can't be used. Its disk is full: free space, then try again.",
        "True",
        "True",
    ]


def test_a_second_catalog_on_a_folder_is_told_who_has_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        process = holder.stdout.readline().strip()

        with pytest.raises(LibrariesFolderError) as caught:
            Catalog(tmp_path)
        assert f"{tmp_path} is in use by the catalog of process {process}" in str(caught.value)

        # Even one that is killed gives the folder back.
        holder.kill()
        holder.wait()
    Catalog(tmp_path).close()


def test_a_closed_catalog_gives_its_folder_back(tmp_path: Path) -> None:
    first = Catalog(tmp_path)
    with pytest.raises(LibrariesFolderError, match=f"process {os.getpid()}"):
        Catalog(tmp_path)
    first.close()
    Catalog(tmp_path).close()


@pytest.mark.parametrize("name", ["a b", "a*b", "a#b", "100%", "a%20b", "ä", "a'b", "[a]"])
def test_a_folder_of_any_name_holds_libraries(tmp_path: Path, name: str) -> None:
    catalog = Catalog(tmp_path / name)
    catalog.create("a").image_count  # noqa: B018
    with catalog.lease("a") as library:
        library.add_image(analysis("x", direction(0)))
    catalog.close()
    catalog = Catalog(tmp_path / name)
    with catalog.lease("a") as library:
        assert library.record().image_count == 1
    catalog.close()
    assert files(tmp_path) == [name]


def test_a_folder_whose_name_duckdb_misreads_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(LibrariesFolderError, match=r"misreads the '\?' in the path .*Choose a folder without it"):
        Catalog(tmp_path / "what?" / "libraries")
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LibrariesFolderError, match=r"file/libraries can't be used \(.*irectory.*\)\. Check"):
        Catalog(tmp_path / "file" / "libraries")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions")
def test_nobody_but_the_owner_may_read_a_library(tmp_path: Path) -> None:
    folder = tmp_path / "libraries"
    catalog = Catalog(folder)
    catalog.create("a")
    modes = {
        file.name: stat.S_IMODE(file.stat().st_mode) for file in (folder, folder / "a.duckdb", folder / ".catalog.lock")
    }
    catalog.close()
    assert modes == {"libraries": 0o700, "a.duckdb": 0o600, ".catalog.lock": 0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="permissions")
def test_what_an_older_version_left_open_to_all_is_closed(tmp_path: Path) -> None:
    Catalog(tmp_path).close()
    (tmp_path / "default.duckdb").touch()
    for name in ("default.duckdb", "a.duckdb.wal"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    tmp_path.chmod(0o755)

    Catalog(tmp_path).close()

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("*.duckdb*")} == {0o600}


@pytest.mark.parametrize("folder", ["file/libraries", "what?"])
def test_a_catalog_that_cannot_have_its_folder_ends_with_one_line(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("in the way")
    environment = os.environ | {
        "ALBUMEN_CATALOG_LIBRARIES_DIR": str(tmp_path / folder),
        "ALBUMEN_CATALOG_LISTEN": "127.0.0.1:0",
    }

    done = subprocess.run(
        [sys.executable, "-m", "services.catalog"], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    event = json.loads(line)
    assert (event["event"], event["level"], event["service"]) == ("start_failed", "error", "catalog")
    assert event["message"].startswith("ALBUMEN_CATALOG_LIBRARIES_DIR: ")
    assert str(tmp_path / folder) in event["message"]


def test_a_second_service_on_a_folder_ends_at_once_with_one_line(tmp_path: Path) -> None:
    environment = os.environ | {
        "ALBUMEN_CATALOG_LIBRARIES_DIR": str(tmp_path),
        "ALBUMEN_CATALOG_LISTEN": "127.0.0.1:0",
    }
    command = [sys.executable, "-m", "services.catalog"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        assert json.loads(first.stderr.readline())["event"] == "listening"

        second = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

        assert second.returncode == 1
        (line,) = second.stderr.splitlines()
        assert f"{tmp_path} is in use by the catalog of process {first.pid}" in json.loads(line)["message"]
        first.send_signal(signal.SIGTERM)
        events = [json.loads(line) for line in first.stderr]
        assert events[-1]["event"] == "stopped"
    assert first.returncode == 0
