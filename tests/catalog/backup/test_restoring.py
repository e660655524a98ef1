"""Restoring: a library comes back whole, or not at all, and never over a living one."""

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
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
from services.catalog.servicers.backup_message import backup_message
from services.catalog.storage.schema import known_migrations, migrate
from services.common.errors import AlbumenError, Reason
from tests.catalog.backup.backing import Backing, backing
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


@pytest.fixture
def backup(kept: Backing) -> str:
    with kept.catalog.lease("a") as library:
        library.additions.add_all([analysis(str(number), direction(0.01 * number, 0)) for number in range(12)])
    return kept.back_up()


def refused(kept: Backing, backup: str, library: str, **task: int) -> Reason:
    with pytest.raises(AlbumenError) as caught:
        kept.restore(backup, library, **task)
    return caught.value.reason


def rewrite(kept: Backing, backup: str, change: Callable[[Manifest], Manifest]) -> None:
    folder = kept.folder / BACKUPS / backup
    manifest = change(Manifest.read(folder))
    (folder / NAME).unlink()
    manifest.write(folder)


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


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{}",
        b"[1]",
        b'{"format": 1, "sha256": 3}',
        b"\xff\xfe",
        b'{"format": Infinity}',
        b'{"format": true}',
        b"[" * 200_000,
        b'{"format": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_a_damaged_manifest_is_listed_and_refused(kept: Backing, backup: str, damage: bytes) -> None:
    manifest = kept.folder / BACKUPS / backup / NAME
    manifest.write_bytes(damage)
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED
    (listed,) = kept.backups.list(limit=9).items
    assert (listed.id, listed.library, listed.content) == (backup, "", None)
    kept.backups.delete(backup)
    assert kept.backups.list(limit=9).items == ()


@pytest.mark.parametrize(
    "change",
    [
        {"library": "../../etc"}, {"library": 5}, {"library": None}, {"operation": 5}, {"albumen": "\ud800"},
        {"format": "1"}, {"format": 1.5}, {"row_count": "x"}, {"row_count": 1 << 31}, {"files": None},
        {"content": None}, {"content.time": "2026-01-01T00:00:00"}, {"content.time": "0001-01-01T00:00:00+14:00"},
        {"content.time": 5}, {"content.create_time": "9999-12-31T23:59:59-14:00"}, {"content.display_name": 5},
        {"content.display_name": "\ud800"}, {"content.display_name": "x" * 1_000_000}, {"content.schema": "15"},
        {"content.image_count": -1}, {"content.image_count": 1 << 40}, {"content.face_count": 1.5},
        {"content.album_count": None}, {"files.size_bytes": 1 << 70}, {"files.size_bytes": -5},
        {"files.size_bytes": "1"}, {"files.sha256": 5}, {"files.sha256": "0"}, {"files.name": 5},
    ],
    ids=str,
)  # fmt: skip
def test_a_manifest_with_a_right_digest_of_something_else_harms_no_other(
    kept: Backing, backup: str, change: dict[str, object]
) -> None:
    path = kept.folder / BACKUPS / backup / NAME
    sound = kept.back_up()
    values = json.loads(path.read_bytes())
    del values["sha256"]
    for key, value in change.items():
        where, _, name = key.rpartition(".")
        (values["files"][0] if where == "files" else values[where] if where else values)[name] = value
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps(values | {"sha256": digest}))
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED
    listed = {record.id: backup_message(record) for record in kept.backups.list(limit=9).items}
    assert listed.keys() == {backup, sound}
    assert [listed[name].library for name in (backup, sound)] == ["", "libraries/a"]
    kept.backups.expire()
    kept.backups.delete(backup)


def test_a_manifest_that_says_something_else_is_damaged(kept: Backing, backup: str) -> None:
    manifest = kept.folder / BACKUPS / backup / NAME
    manifest.write_text(manifest.read_text().replace('"image_count": 12', '"image_count": 13'))
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED
    rewrite_files = [KeptFile("../../../libraries/a.duckdb", 1, "0" * 64)]
    folder = kept.folder / BACKUPS / backup
    shutil.copy(folder / FILE, folder / "other")
    manifest.write_text(manifest.read_text().replace('"image_count": 13', '"image_count": 12'))
    rewrite(kept, backup, lambda read: replace(read, files=tuple(rewrite_files)))
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED


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
