"""The folder of backups: whose it is, what is in it, and what becomes of it when its drive is gone."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.catalog.backup.backup_folder import BACKUPS, EXPORTS, BackupFolder, is_backup_id
from services.catalog.backup.backups import Backups
from services.catalog.backup.keeping import Keeping
from services.catalog.backup.manifest import FORMAT, NAME, Manifest
from services.catalog.copies.content import Content
from services.common.errors import AlbumenError, Reason


def keep(folder: BackupFolder, library: str, age: timedelta) -> str:
    made = datetime.now(UTC) - age
    with folder.making(BACKUPS) as unfinished:
        Manifest(FORMAT, library, "o", "1", Content(made, made, "", 1, 0, 0, 0, 0, "", 1), ()).write(unfinished.path)
        return unfinished.publish(f"{library}-{made:%Y%m%d-%H%M%S}")


@pytest.fixture
def folder(tmp_path: Path) -> BackupFolder:
    return BackupFolder(tmp_path)


def reason_of(folder: BackupFolder) -> Reason:
    with pytest.raises(AlbumenError) as caught:
        folder.ids()
    return caught.value.reason


def test_without_a_folder_there_are_no_backups() -> None:
    assert reason_of(BackupFolder(None)) is Reason.BACKUPS_OFF


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    folder = BackupFolder(tmp_path / "drive")
    assert reason_of(folder) is Reason.BACKUPS_UNAVAILABLE
    assert not (tmp_path / "drive").exists()
    (tmp_path / "drive").mkdir()
    assert folder.ids() == []
    (tmp_path / "drive").rename(tmp_path / "gone")
    assert reason_of(folder) is Reason.BACKUPS_UNAVAILABLE
    (tmp_path / "gone").rename(tmp_path / "drive")
    assert folder.ids() == []


def test_a_file_in_its_place_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert reason_of(BackupFolder(tmp_path / "file")) is Reason.BACKUPS_UNAVAILABLE


@pytest.mark.parametrize("name", ["a?b", "a*b", "a[b", "a\\b"])
def test_a_path_that_duckdb_misreads_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert reason_of(BackupFolder(tmp_path / name)) is Reason.BACKUPS_UNAVAILABLE


def test_two_catalogs_do_not_share_one(folder: BackupFolder, tmp_path: Path) -> None:
    folder.require()
    other = BackupFolder(tmp_path)
    assert reason_of(other) is Reason.BACKUPS_UNAVAILABLE
    folder.close()
    assert other.ids() == []


def test_a_drive_that_is_back_is_locked_again(tmp_path: Path) -> None:
    drive, away, below = tmp_path / "drive", tmp_path / "away", tmp_path / "below"
    drive.mkdir()
    folder = BackupFolder(drive)
    folder.require()
    drive.rename(away)
    # What a drive was mounted on is a folder, too.
    drive.mkdir()
    folder.require()
    drive.rename(below)
    away.rename(drive)
    folder.require()
    assert reason_of(BackupFolder(drive)) is Reason.BACKUPS_UNAVAILABLE
    folder.close()
    assert BackupFolder(drive).ids() == []


def test_only_the_owner_may_look_at_it(folder: BackupFolder) -> None:
    backup = folder.find(keep(folder, "a", timedelta()))
    assert {path.stat().st_mode & 0o777 for path in (backup, backup.parent)} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in backup.iterdir()} == {0o600}


def test_what_was_half_written_or_half_deleted_is_removed(folder: BackupFolder, tmp_path: Path) -> None:
    kept = keep(folder, "a", timedelta())
    folder.close()
    for kind in (BACKUPS, EXPORTS):
        for name in ("0123.unfinished", "a-1.deleted"):
            (tmp_path / kind / name).mkdir()
            (tmp_path / kind / name / "file").write_bytes(b"x")
    (tmp_path / BACKUPS / "notes.txt").write_text("of somebody else")
    again = BackupFolder(tmp_path)
    assert again.ids() == [kept]
    assert sorted(path.name for path in (tmp_path / BACKUPS).iterdir()) == [kept, "notes.txt"]
    assert list((tmp_path / EXPORTS).iterdir()) == []


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "a.b", "a-", "a" * 101])
def test_what_is_no_id_is_not_found(folder: BackupFolder, name: str) -> None:
    assert not is_backup_id(name)
    with pytest.raises(AlbumenError) as caught:
        folder.delete(name)
    assert caught.value.reason is Reason.BACKUP_NOT_FOUND


def test_a_link_is_no_backup(folder: BackupFolder, tmp_path: Path) -> None:
    folder.require()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / BACKUPS / "a-1").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AlbumenError):
        folder.delete("a-1")
    assert (tmp_path / "elsewhere").exists()


def test_what_is_no_backup_keeps_nobody_from_those_that_are(folder: BackupFolder, tmp_path: Path) -> None:
    backup = keep(folder, "a", timedelta())
    (tmp_path / BACKUPS / "loop").symlink_to("loop")
    (tmp_path / BACKUPS / "file").touch()
    (tmp_path / BACKUPS / "pipe").mkdir()
    os.mkfifo(tmp_path / BACKUPS / "pipe" / NAME)
    (tmp_path / BACKUPS / "folder" / NAME).mkdir(parents=True)
    listed = Backups(folder, Keeping()).list(limit=9).items
    # Whoever opens a pipe waits for somebody to write.
    assert {(record.id, record.content is not None) for record in listed} == {
        (backup, True), ("pipe", False), ("folder", False)
    }  # fmt: skip
    assert folder.made_by(BACKUPS, "nobody's") is None


def test_lists_are_the_newest_first_and_of_one_library(folder: BackupFolder) -> None:
    backups = Backups(folder, Keeping())
    ids = [keep(folder, library, timedelta(days=age)) for age, library in enumerate("abab")]
    assert [record.id for record in backups.list(limit=9).items] == ids
    assert [record.id for record in backups.list("b", limit=9).items] == ids[1::2]
    assert backups.list("c", limit=9).items == ()
    first = backups.list(limit=3)
    rest = backups.list(after=first.next_key, limit=3)
    assert [record.id for record in (*first.items, *rest.items)] == ids
    assert rest.next_key is None


def test_the_newest_of_each_library_are_kept(folder: BackupFolder) -> None:
    ids = [keep(folder, library, timedelta(days=age)) for age, library in enumerate("aaabab")]
    Backups(folder, Keeping(newest=2)).expire()
    assert sorted(folder.ids()) == sorted([ids[0], ids[1], ids[3], ids[5]])


def test_what_is_too_old_goes_even_if_it_is_the_last(folder: BackupFolder) -> None:
    new, _, damaged = (keep(folder, "a", timedelta(days=age)) for age in (1, 8, 9))
    path = folder.find(damaged)
    (path / "manifest.json").write_bytes(b"")
    os.utime(path, (0, 0))
    backups = Backups(folder, Keeping(days=7))
    record = backups.get(new)
    assert record.expire_time == record.create_time + timedelta(days=7)
    backups.expire_if_due()
    assert folder.ids() == [new]


def test_nothing_goes_unless_that_was_asked_for(folder: BackupFolder) -> None:
    keep(folder, "a", timedelta(days=10_000))
    backups = Backups(folder, Keeping())
    backups.expire()
    assert len(folder.ids()) == 1
    assert backups.get(folder.ids()[0]).expire_time is None
    Backups(BackupFolder(None), Keeping(1, 1)).expire_if_due()


def test_only_a_check_deletes_nothing(folder: BackupFolder) -> None:
    backup, backups = keep(folder, "a", timedelta()), Backups(folder, Keeping())
    assert backups.delete(backup, validate_only=True).id == backup
    assert folder.ids() == [backup]
    backups.delete(backup)
    assert folder.ids() == []
