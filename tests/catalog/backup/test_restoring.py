"""Restoring: a library comes back whole, or not at all, and never over a living one."""

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from services.catalog.backup.backup_folder import BACKUPS
from services.catalog.backup.making import FILE
from services.catalog.backup.manifest import FORMAT, NAME, KeptFile, Manifest
from services.catalog.copies.content import Content
from services.catalog.library import Library
from services.catalog.library_settings import SettingsChange
from services.catalog.operations.kind import Task
from services.catalog.storage.schema import known_migrations, migrate
from services.common.errors import AlbumenError, Reason
from tests.catalog.backup.backing import Backing, backing, refused, rewrite
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.storage.test_upgrade import IMAGE, LIBRARY

KILLED = """
import sys
from pathlib import Path
from services.catalog.arrivals import Arrivals
from services.catalog.backup import hashing
from services.catalog.operations.kind import Task
from services.catalog.servicers.backup_message import backup_message
from tests.catalog.backup.backing import backing

hashing._AT_ONCE = 100_000
adopt = Arrivals.adopt

def told(self, arrived, library_id):
    print("adopting", flush=True)
    record = adopt(self, arrived, library_id)
    print("adopted", flush=True)
    return record

Arrivals.adopt = told
with backing(Path(sys.argv[1])) as kept:
    steps = kept.restoring.steps(Task("b", "killed", {"backup": sys.argv[2]}, 1))
    while True:
        next(steps)
        print("step", flush=True)
"""
FULL = """
import resource, sys
from pathlib import Path
from services.common.errors import AlbumenError
from tests.catalog.backup.backing import backing

with backing(Path(sys.argv[1])) as kept:
    for room in (0, 1_000_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        try:
            kept.restore(sys.argv[2], "b")
        except AlbumenError as error:
            print(error.reason)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(len(list(kept.libraries.glob("b.*"))))
    kept.restore(sys.argv[2], "b")
    print(kept.catalog.record("b").image_count)
"""


def test_a_library_that_is_there_is_never_replaced(kept: Backing, backup: str) -> None:
    assert refused(kept, backup, "a") is Reason.LIBRARY_EXISTS
    kept.catalog.delete("a", force=True)
    kept.restore(backup, "a")
    assert kept.catalog.record("a").image_count == 12


def test_the_default_library_is_replaced_as_long_as_it_is_empty(kept: Backing, backup: str) -> None:
    with kept.catalog.lease("default") as library:
        library.settings.update(SettingsChange(display_name="Empty"))
        kept.restore(backup, "default")
        with pytest.raises(AlbumenError):
            library.record()
    assert kept.catalog.record("default").display_name == ""
    assert kept.catalog.record("default").image_count == 12
    assert refused(kept, backup, "default") is Reason.LIBRARY_EXISTS


def test_one_who_comes_first_keeps_the_name(kept: Backing, backup: str) -> None:
    steps = kept.restoring.steps(Task("b", "o", {"backup": backup}, 1))
    next(steps)
    kept.catalog.create("b", display_name="First")
    with pytest.raises(AlbumenError) as caught:
        next(steps)
    assert caught.value.reason is Reason.LIBRARY_EXISTS
    assert kept.catalog.record("b").display_name == "First"
    assert [file.name for file in kept.libraries.glob("b.*")] == ["b.duckdb"]


@pytest.mark.parametrize("library", ["", "B", "../a", "b/c"])
def test_a_name_that_no_library_can_have_is_refused(kept: Backing, backup: str, library: str) -> None:
    assert refused(kept, backup, library) is Reason.LIBRARY_ID_INVALID


def test_a_bit_that_is_another_one_is_found(kept: Backing, backup: str) -> None:
    path = kept.folder / BACKUPS / backup / FILE
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED
    path.write_bytes(data[:-1])
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED
    path.unlink()
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED
    assert [*kept.libraries.glob("b.*")] == []


def test_one_of_a_newer_version_is_refused_and_says_so(kept: Backing, backup: str) -> None:
    rewrite(kept, backup, lambda read: replace(read, content=replace(read.content, schema=10_000)))
    assert refused(kept, backup, "b") is Reason.BACKUP_NEWER
    rewrite(kept, backup, lambda read: replace(read, format=FORMAT + 1))
    assert refused(kept, backup, "b") is Reason.BACKUP_NEWER


@pytest.mark.parametrize("version", [1, 4, 9, 12])
def test_one_of_an_older_version_is_brought_to_the_form_of_today(kept: Backing, version: int) -> None:
    folder = kept.folder / BACKUPS / "old-20240101-000000"
    kept.backups.folder.require()
    folder.mkdir()
    path = folder / FILE
    with duckdb.connect(path) as connection:
        migrate(connection, path, known_migrations()[:version])
        connection.execute(LIBRARY)
        for number in (1, 2, 3):
            connection.execute(IMAGE, [number, sha256(str(number))])
    data = path.read_bytes()
    time = datetime(2024, 1, 1, tzinfo=UTC)
    content = Content(time, time, "Old", 3, 0, 0, 0, 0, "", version)
    file = KeptFile(FILE, len(data), hashlib.sha256(data).hexdigest())
    Manifest(FORMAT, "old", "o", "0.0.1", content, (file,)).write(folder)
    kept.restore("old-20240101-000000", "old")
    with kept.catalog.lease("old", people=True) as library:
        assert library.record().display_name == "Old"
        assert {image.sha256 for image in library.list_images(limit=9).items} == {sha256(str(n)) for n in (1, 2, 3)}
        library.add_image(analysis("new", direction(0.1, 0)))
    assert path.read_bytes() == data


@pytest.mark.parametrize("lines", [1, 6, 14, 50])
def test_who_is_killed_leaves_a_whole_library_or_none(tmp_path: Path, lines: int) -> None:
    with backing(tmp_path) as kept:
        with kept.catalog.lease("a") as library:
            library.additions.add_all([analysis(str(number), direction(0.01 * number, 0)) for number in range(12)])
        backup = kept.back_up()
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), backup],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = [line.strip() for line, _ in zip(iter(process.stdout.readline, ""), range(lines), strict=False)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with backing(tmp_path) as kept:
        if "adopted" not in said:
            assert [file.name for file in kept.libraries.glob("b.*") if "arriving" in file.name] == []
        if "b" in kept.catalog.ids():
            assert kept.catalog.record("b").image_count == 12
        kept.restore(backup, "b", attempt=2)
        assert kept.catalog.record("b").image_count == 12


def test_a_second_attempt_takes_no_other_library_for_its_own(kept: Backing, backup: str) -> None:
    kept.restore(backup, "b")
    kept.restore(backup, "b", attempt=2)
    kept.catalog.create("c")
    assert refused(kept, backup, "c", attempt=2) is Reason.LIBRARY_EXISTS


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    with backing(tmp_path) as kept:
        with kept.catalog.lease("a") as library:
            library.additions.add_all([analysis(str(number), direction(0.01 * number, 0)) for number in range(60)])
        backup = kept.back_up()
    command = [sys.executable, "-W", "error", "-c", FULL, str(tmp_path), backup]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=200)
    lines = [line for line in done.stdout.splitlines() if "info" not in line]
    assert lines == ["DISK_FULL", "0"] * 2 + ["60"]


def test_who_gives_it_up_leaves_nothing(kept: Backing, backup: str) -> None:
    steps = kept.restoring.steps(Task("b", "o", {"backup": backup}, 1))
    next(steps)
    steps.close()
    assert [*kept.libraries.glob("b.*")] == []
    assert "b" not in kept.catalog.ids()


def test_what_was_on_its_way_into_tables_comes_along(tmp_path: Path) -> None:
    with backing(tmp_path) as kept:
        with kept.catalog.lease("a") as library:
            for number in range(3):
                library.add_image(analysis(str(number), direction(0.01 * number, 0)))
            backup = kept.back_up()
        manifest = json.loads((kept.folder / BACKUPS / backup / NAME).read_text())
        assert manifest["content"]["image_count"] == 3
        with duckdb.connect(kept.folder / BACKUPS / backup / FILE, read_only=True) as connection:
            assert connection.execute("SELECT count(*) FROM pending").fetchall() == [(0,)]


def test_a_copy_of_a_backup_on_another_machine_is_one_too(kept: Backing, backup: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "kept" / BACKUPS).mkdir(parents=True)
    shutil.copytree(kept.folder / BACKUPS / backup, other / "kept" / BACKUPS / backup)
    with backing(other) as there:
        there.restore(backup, "b")
        with there.catalog.lease("b") as library:
            assert isinstance(library, Library)
            assert library.record().image_count == 12
