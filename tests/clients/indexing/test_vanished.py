"""A drive that is away is no collection of deleted files."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clients.cli.indexing.roots import Roots
from clients.cli.indexing.vanished import SourceVanishedError
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]


def _full_drive(photo: Photo) -> Path:
    for number in range(20):
        path = photo(f"drive/{number:02}.png", (number, 0, 0))
    return path.parent


@pytest.fixture
def drive(run: Run, photo: Photo) -> Path:
    """A folder with twenty photos, all indexed."""
    folder = _full_drive(photo)
    assert run("index", str(folder)).exit_code == 0
    return folder


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def test_an_empty_mount_point_is_no_deletion(run: Run, fake: FakeCatalog, drive: Path) -> None:
    _empty(drive)
    (drive / ".nothing-here").touch()
    (drive / "@eaDir").mkdir()
    finished = run("index", str(drive))
    assert finished.exit_code == 4
    assert f"{drive} is empty, where 20 files are known.  SOURCE_VANISHED" in finished.err
    assert "mounted?" in finished.err
    assert "missing" not in finished.out
    assert len(fake.state.images) == 20


def test_a_folder_that_is_not_there_is_no_deletion(run: Run, fake: FakeCatalog, drive: Path) -> None:
    shutil.rmtree(drive)
    finished = run("index", str(drive))
    assert finished.exit_code == 4
    assert f"{drive} is not there, where 20 files are known." in finished.err
    assert len(fake.state.images) == 20


@pytest.mark.parametrize("how", ["empty", "not there"])
def test_a_drive_with_a_single_photo_is_no_deletion_either(run: Run, fake: FakeCatalog, photo: Photo, how: str) -> None:
    drive = photo("drive/a.jpg").parent
    assert run("index", str(drive)).exit_code == 0
    shutil.rmtree(drive)
    if how == "empty":
        drive.mkdir()
    for command in (["index"], ["forget", "--yes"]):
        refused = run(*command, str(drive))
        assert refused.exit_code == 4
        assert f"{drive} is {how}, where 1 file is known.  SOURCE_VANISHED" in refused.err
        assert refused.err.endswith(f" for good: albumen forget --even-all {drive}\n")
        assert len(fake.state.images) == len(fake.state.sources) == 1


def test_an_empty_mount_point_below_a_named_folder_is_no_deletion(
    run: Run, fake: FakeCatalog, photo: Photo, tmp_path: Path
) -> None:
    photo("photos/a.jpg")
    drive = photo("photos/drive/b.jpg", (1, 2, 3)).parent
    assert run("index", str(drive.parent)).exit_code == 0
    _empty(drive)
    photo("photos/new.jpg", (4, 5, 6))
    finished = run("index", str(tmp_path / "photos"))
    assert finished.exit_code == 4
    assert f"{drive} is empty, where 1 file is known.  SOURCE_VANISHED" in finished.err
    assert finished.err.endswith(f" for good: albumen forget --even-all {drive}\n")
    # What it says instead would be refused.
    assert "Gone for good?" not in finished.out
    # All else is indexed, and nothing forgotten.
    assert len(fake.state.images) == len(fake.state.sources) == 3
    assert run("forget", "--yes", "--even-all", str(drive)).exit_code == 0
    assert run("index", str(tmp_path / "photos")).exit_code == 0


def test_a_folder_whose_photos_were_all_moved_elsewhere_has_not_vanished(
    run: Run, fake: FakeCatalog, photo: Photo
) -> None:
    inbox = photo("photos/inbox/a.jpg").parent
    assert run("index", str(inbox.parent)).exit_code == 0
    (inbox.parent / "2026").mkdir()
    (inbox / "a.jpg").rename(inbox.parent / "2026/a.jpg")
    finished = run("index", str(inbox.parent))
    assert finished.exit_code == 0, finished.err
    assert list(fake.state.sources) == [(inbox.parent / "2026/a.jpg").as_uri()]


@pytest.mark.parametrize(
    ("state", "named", "index_code", "forget_code"),
    [
        ("gone", ["pics"], 0, 0),
        ("gone", ["pics", "pics/c"], 4, 4),
        ("gone", ["pics/c"], 4, 4),
        ("gone", ["pics/c/b.png"], 4, 4),
        ("gone", [], 2, 4),
        ("empty", ["pics"], 4, 4),
        ("empty", ["pics/c"], 4, 4),
        ("empty", [], 2, 4),
        ("linked", ["pics"], 4, 4),
        ("linked", ["pics/c"], 4, 4),
    ],
)
def test_exit_code_4_is_as_the_readme_has_it(
    run: Run,
    photo: Photo,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    named: list[str],
    index_code: int,
    forget_code: int,
) -> None:
    folder = photo("pics/c/b.png", (1, 2, 3)).parent
    monkeypatch.chdir(photo("pics/a.png").parents[1])
    assert run("index", "pics").exit_code == 0
    shutil.rmtree(folder)
    if state == "empty":
        folder.mkdir()
    elif state == "linked":
        folder.symlink_to("nowhere")
    indexed = run("index", *named)
    assert indexed.exit_code == index_code
    if not index_code:
        assert "1 missing" in [" ".join(line.split()) for line in indexed.out.splitlines()]
    assert run("forget", "--yes", *named).exit_code == forget_code


def test_readme_and_help_say_the_same_of_exit_code_4(run: Run) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    helps = [run("index", "--help").out, run("forget", "--help").out]
    index, forget = (" ".join(text.split()) for text in helps)
    vanished = "a folder that held known photos is empty, a link that leads nowhere, or not there though you named it"
    for text in (readme, index, forget):
        assert f"{vanished} or something in it" in text
        assert "A folder that is gone from one that you named is a deletion like any other" in text
    assert "or named no path at all" in readme
    assert "or named no path at all" in forget


def test_a_link_to_a_drive_that_is_away_is_no_deletion(
    run: Run, fake: FakeCatalog, photo: Photo, tmp_path: Path
) -> None:
    photos = photo("photos/a.jpg").parent
    drive = photo("drive/b.jpg", (1, 2, 3)).parent
    link = photos / "drive"
    link.symlink_to(drive)
    assert run("index", str(photos)).exit_code == 0
    drive.rename(tmp_path / "away")
    for command in (["index"], ["forget", "--yes"]):
        refused = run(*command, str(photos))
        assert refused.exit_code == 4
        assert f"{link} is not there, where 1 file is known." in refused.err
        assert len(fake.state.sources) == 2


def test_a_named_file_that_was_deleted_is_told_with_the_command_that_forgets_it(
    run: Run, fake: FakeCatalog, photo: Photo
) -> None:
    kept, deleted = photo("a.jpg"), photo("b.jpg", (1, 2, 3))
    assert run("index", str(kept), str(deleted)).exit_code == 0
    deleted.unlink()
    finished = run("index", str(kept), str(deleted))
    assert finished.exit_code == 2
    assert f"There is no file or folder {deleted}." in finished.err
    assert finished.err.endswith(f"If it is gone for good: albumen forget {deleted}\n")
    assert len(fake.state.sources) == 2
    assert run("forget", "--yes", str(deleted)).exit_code == 0
    assert list(fake.state.sources) == [kept.as_uri()]


def test_hidden_photos_that_were_named_do_not_make_their_folder_look_empty(run: Run, photo: Photo) -> None:
    hidden = photo("photos/.hidden.jpg")
    assert run("index", str(hidden)).exit_code == 0
    assert run("index", str(hidden.parent)).exit_code == 0


def test_what_was_never_there_is_wrong_use(run: Run, tmp_path: Path) -> None:
    finished = run("index", str(tmp_path / "nothing"))
    assert finished.exit_code == 2
    assert "There is no file or folder" in finished.err


def test_a_drive_that_goes_while_it_is_indexed_ends_the_run(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    folder = _full_drive(photo)

    def unplug(calls: int) -> None:
        if calls == 3:
            folder.rename(folder.with_name("away"))

    fake.state.on_call = unplug
    finished = run("index", "--in-flight", "1", str(folder))
    assert finished.exit_code == 4
    assert f"{folder} went away." in finished.err
    assert "missing" not in finished.err
    assert len(fake.state.images) < 6
    # The first file that can't be read says so, and no other is tried.
    assert finished.out.count("FILE_UNREADABLE") <= 2


def test_a_mount_point_that_is_empty_again_ends_the_run(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    folder = _full_drive(photo)

    def unmount(calls: int) -> None:
        if calls == 3:
            folder.rename(folder.with_name("away"))
            folder.mkdir()

    fake.state.on_call = unmount
    assert run("index", "--in-flight", "1", str(folder)).exit_code == 4


@pytest.mark.parametrize("number", [errno.ENODEV, errno.ESTALE, errno.ENOTCONN, errno.ENXIO, errno.EHOSTDOWN])
def test_a_fault_of_the_machine_is_not_booked_as_the_files(tmp_path: Path, number: int) -> None:
    with pytest.raises(SourceVanishedError, match="can't be read") as caught:
        Roots([tmp_path]).judge(tmp_path / "a.jpg", OSError(number, os.strerror(number)))
    assert caught.value.exit_code == 4


def test_a_bad_sector_is_one_files_fault_and_ten_in_a_row_the_drives(tmp_path: Path) -> None:
    roots = Roots([tmp_path])
    error = OSError(errno.EIO, "Input/output error")
    for _ in range(9):
        roots.judge(tmp_path / "a.jpg", error)
    roots.notice_success()
    for _ in range(9):
        roots.judge(tmp_path / "a.jpg", error)
    with pytest.raises(SourceVanishedError, match="10 files in a row"):
        roots.judge(tmp_path / "b.jpg", error)


def test_files_that_nobody_may_read_or_links_that_lead_nowhere_end_nothing(tmp_path: Path) -> None:
    roots = Roots([tmp_path])
    link = tmp_path / "link.jpg"
    link.symlink_to("nowhere")
    for _ in range(30):
        roots.judge(tmp_path / "a.jpg", PermissionError(errno.EACCES, "Permission denied"))
        roots.judge(link, FileNotFoundError(errno.ENOENT, "No such file"))


def test_files_that_were_replaced_by_their_program_are_there(run: Run, photo: Photo, tmp_path: Path) -> None:
    path = photo("a.jpg", (1, 1, 1))
    assert run("index", str(path)).exit_code == 0
    photo("b.jpg", (2, 2, 2)).replace(path)
    broken = tmp_path / "broken.jpg"
    broken.symlink_to("nowhere")
    assert run("index", str(path), str(tmp_path)).exit_code == 3
