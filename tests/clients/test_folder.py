"""`albumen folder`: folders on the catalog's disk, and their syncs, at the terminal."""

import json
from pathlib import Path

import pytest

from albumen.catalog.v1 import folder_pb2
from albumen.catalog.v1.folder_pb2 import Folder, FolderSyncCounts, FolderSyncFailure
from albumen.catalog.v1.image_pb2 import Source
from clients.cli.source import to_uri
from services.common.errors import FailedPreconditionError, Reason
from services.common.wire.status import to_status
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog


def folder_of(fake: FakeCatalog) -> Folder:
    (folder,) = fake.state.folders.values()
    return folder


def test_a_folder_is_added_listed_changed_and_removed(run: Run, fake: FakeCatalog, tmp_path: Path) -> None:
    made = run("folder", "add", str(tmp_path / "our photos"), "--exclude", "raw/", "--trash-missing-days", "30")
    assert made.exit_code == 0
    assert made.out.startswith(f"fo000000  our photos  ({tmp_path}/our photos)\n")
    assert "albumen folder sync 'our photos'" in made.out
    assert folder_of(fake).root_uri == to_uri(tmp_path / "our photos")
    listed = run("folder", "list")
    assert "our photos" in listed.out
    assert "never synced" in listed.out
    shown = run("folder", "show", "OUR PHOTOS").out
    assert "raw/" in shown
    assert "to the trash after 30 days" in shown
    changed = run("folder", "change", "fo0000", "--name", "Photos", "--exclude", "", "--include", "*.jpg")
    assert (changed.exit_code, changed.out.split()[1]) == (0, "Photos")
    folder = folder_of(fake)
    assert (list(folder.include_patterns), list(folder.exclude_patterns)) == (["*.jpg"], [])
    assert folder.trash_missing_days == 30
    (line,) = run("folder", "list", "--json").out.splitlines()
    assert json.loads(line)["displayName"] == "Photos"
    assert json.loads(run("folder", "show", "Photos", "--json").out)["rootUri"] == folder.root_uri
    asked = run("folder", "remove", "Photos")
    assert (asked.exit_code, "--yes" in asked.err) == (1, True)
    assert run("folder", "remove", "Photos", "--dry-run").out == "Would remove Photos; its photos stay.\n"
    assert run("folder", "remove", "Photos", "--yes").exit_code == 0
    assert not fake.state.folders
    assert run("folder", "list").out.startswith("No folder yet.")


def test_a_folder_is_watched_if_that_is_wanted(run: Run, fake: FakeCatalog) -> None:
    made = run("folder", "add", "/photos", "--watch")
    assert (made.exit_code, folder_of(fake).watch) == (0, True)
    assert "albumen folder show photos" in made.out
    folder = folder_of(fake)
    folder.watch_state, folder.watch_note = folder_pb2.FOLDER_WATCH_STATE_PERIODIC, "a disk in it does not tell"
    assert "now and then" in run("folder", "list").out
    assert "watched    now and then: a disk in it does not tell\n" in run("folder", "show", "photos").out
    assert run("folder", "change", "photos", "--name", "Photos").exit_code == 0
    assert folder_of(fake).watch
    assert run("folder", "change", "Photos", "--no-watch").exit_code == 0
    assert not folder_of(fake).watch
    assert "watched " not in run("folder", "show", "Photos").out
    assert run("folder", "change", "Photos", "--watch").exit_code == 0
    assert folder_of(fake).watch


def test_a_sync_tells_what_it_found(run: Run, fake: FakeCatalog) -> None:
    run("folder", "add", "/photos")
    fake.state.sync_counts = FolderSyncCounts(file_count=4_012, added_count=12, moved_count=3, unchanged_count=3_997)
    done = run("folder", "sync")
    assert (done.exit_code, done.out) == (0, "photos\n12 new, 3 moved, 3,997 unchanged\n")
    assert "synced" in run("folder", "list").out
    assert json.loads(run("folder", "sync", "photos", "--json").out)["lastSync"]["counts"]["addedCount"] == 12
    detached = run("folder", "sync", "--detach")
    assert (detached.exit_code, detached.out) == (0, "folder-sync-0\n")
    fake.state.sync_counts = FolderSyncCounts()
    assert run("folder", "sync").out == "photos\nno photos\n"


def test_copies_of_known_photos_are_not_called_new(run: Run, fake: FakeCatalog) -> None:
    run("folder", "add", "/photos")
    fake.state.sync_counts = FolderSyncCounts(file_count=12, added_count=12, known_count=9)
    assert run("folder", "sync").out == "photos\n3 new, 9 known from elsewhere\n"
    fake.state.sync_counts = FolderSyncCounts(file_count=9, added_count=9, known_count=9)
    assert run("folder", "sync").out == "photos\n9 known from elsewhere\n"


def test_what_a_rule_leaves_out_is_counted(run: Run, fake: FakeCatalog) -> None:
    run("folder", "add", "/photos", "--exclude", "raw/")
    fake.state.sync_counts = FolderSyncCounts(file_count=2, unchanged_count=2, left_out_count=1)
    assert run("folder", "sync").out == "photos\n2 unchanged, 1 file or folder left out\n"
    fake.state.sync_counts = FolderSyncCounts(left_out_count=1_200)
    assert run("folder", "sync").out == "photos\nno photos, 1,200 files and folders left out\n"


def test_what_is_missing_is_listed_with_its_time(run: Run, fake: FakeCatalog) -> None:
    run("folder", "add", "/photos")
    assert run("folder", "missing").out == "No file is missing.\n"
    for path in ("photos/a.jpg", "photos/b.jpg", "photos/c.jpg", "photos_private/d.jpg"):
        source = Source(uri=f"file:///{path}", image="libraries/default/images/abcdef0123456789")
        if "b.jpg" not in path:
            source.missing_time.FromSeconds(1_700_000_000)
        fake.state.sources[source.uri] = source
    shown = run("folder", "missing", "photos").out
    assert [path for path in ("a.jpg", "b.jpg", "c.jpg", "d.jpg") if path in shown] == ["a.jpg", "c.jpg"]
    assert "abcdef0123  2023-11-1" in shown
    told = [json.loads(line) for line in run("folder", "missing", "--json").out.splitlines()]
    assert len(told) == 3
    assert "There are more" in run("folder", "missing", "--limit", "2").out


def test_files_that_failed_are_named_and_have_an_exit_code(run: Run, fake: FakeCatalog) -> None:
    run("folder", "add", "/photos")
    error = to_status(FailedPreconditionError(Reason.FILE_UNREADABLE, "It can't be read: no permission."))
    fake.state.sync_counts = FolderSyncCounts(file_count=3, failed_count=3)
    fake.state.sync_failures = [FolderSyncFailure(uri="file:///photos/a%20b.jpg", error=error)]
    done = run("folder", "sync")
    assert done.exit_code == 3
    assert "/photos/a b.jpg It can't be read: no permission." in done.out
    assert "and 2 more that failed" in done.out
    assert "/photos/a b.jpg" in run("folder", "show", "photos").out


def test_a_folder_that_is_away_has_an_exit_code_of_its_own(run: Run, fake: FakeCatalog) -> None:
    run("folder", "add", "/photos")
    fake.state.folder_is_away = Reason.FOLDER_EMPTY
    done = run("folder", "sync")
    assert done.exit_code == 4
    assert "FOLDER_EMPTY" in done.err
    assert "`albumen folder sync --even-if-empty photos` takes it as it is" in done.err
    assert run("folder", "sync", "photos", "--even-if-empty").exit_code == 0


def test_a_folder_that_is_not_there_is_not_advised_what_can_not_help(run: Run, fake: FakeCatalog) -> None:
    run("folder", "add", "/photos")
    fake.state.folder_is_away = Reason.FOLDER_UNAVAILABLE
    done = run("folder", "sync")
    assert done.exit_code == 4
    assert "Gone for good? `albumen folder remove photos`." in done.err


def test_why_a_sync_failed_is_told_once_and_without_figures(run: Run, fake: FakeCatalog) -> None:
    run("folder", "add", "/photos")
    run("folder", "add", "/more")
    fake.state.folder_is_away = Reason.FOLDER_EMPTY
    done = run("folder", "sync")
    # That of the first stands at the end, that of others below their names.
    advice = "→ Is it as it should be? Then `albumen folder sync --even-if-empty {}` takes it as it is.\n"
    assert (done.out, done.err.count("It is away.")) == (f"photos\nmore\nIt is away.\n{advice.format('more')}", 1)
    assert run("folder", "show", "photos").out.endswith(f"\nIt is away.\n{advice.format('photos')}")
    assert "folder sync --even-if-empty FOLDER" in run("operations", "show", "folder-sync-0").out
    assert [line.split()[3:] for line in run("folder", "list").out.splitlines() if "/" in line] == [["failed"]] * 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["sync"], 1, "There is no folder to sync."),
        (["show", "x"], 1, "No folder is called 'x'"),
        (["change", "x"], 2, "Nothing is to be changed."),
        (["add", ""], 2, "A path is empty."),
        (["add", "/forbidden"], 1, "ALBUMEN_CATALOG_FOLDER_ROOTS"),
        (["add", "/nowhere"], 1, "on the catalog's own disk; photos of this machine are for `albumen index /nowhere`"),
    ],
)
def test_what_can_not_be_is_said(run: Run, fake: FakeCatalog, arguments: list[str], code: int, said: str) -> None:
    finished = run("folder", *arguments)
    assert finished.exit_code == code
    assert said in finished.err
    assert not fake.state.folders
