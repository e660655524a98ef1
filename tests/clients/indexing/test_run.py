"""What `albumen index` says of files that were edited, moved and deleted since they were indexed."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from albumen.catalog.v1.face_pb2 import Face
from tests.clients.conftest import Finished, Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]
RENAMED = "known by an old name that is gone"
RED, GREEN, BLUE = (200, 0, 0), (0, 200, 0), (0, 0, 200)


def counts_of(finished: Finished) -> dict[str, int]:
    """Return the figures of the summary that are not zero."""
    counts = {}
    for line in finished.out.splitlines():
        number, _, what = line.strip().partition(" ")
        if number.replace(",", "").isdigit() and int(number.replace(",", "")):
            counts[" ".join(what.split())] = int(number.replace(",", ""))
    return {name: counts[name] for name in ("new", "known", "changed", "moved", "missing", RENAMED) if name in counts}


def index(run: Run, *arguments: str | Path) -> dict[str, int]:
    finished = run("index", *map(str, arguments))
    assert finished.exit_code == 0, finished.out + finished.err
    return counts_of(finished)


def _names(fake: FakeCatalog) -> list[str]:
    return sorted(image.file_name for image in fake.state.images.values())


def three_photos(photo: Photo) -> Path:
    """Make three photos in two folders; return the outer one."""
    paths = [photo("photos/a.jpg", RED), photo("photos/b.jpg", GREEN), photo("photos/in/c.jpg", BLUE)]
    for number, path in enumerate(paths):
        os.utime(path, (0, 1_500_000_000 + number))
    return paths[0].parent


@pytest.fixture
def folder(photo: Photo) -> Path:
    return three_photos(photo)


def test_a_file_edited_in_place_leaves_no_old_self(run: Run, fake: FakeCatalog, folder: Path, photo: Photo) -> None:
    assert index(run, folder) == {"new": 3}
    photo("photos/b.jpg", (1, 2, 3))
    assert index(run, folder) == {"known": 2, "changed": 1}
    assert _names(fake) == ["a.jpg", "b.jpg", "c.jpg"]
    assert index(run, folder) == {"known": 3}


def test_a_renamed_file_has_its_new_name_and_no_other(run: Run, fake: FakeCatalog, folder: Path) -> None:
    index(run, folder)
    (folder / "a.jpg").rename(folder / "z.jpg")
    (folder / "in").rename(folder / "out")
    assert index(run, folder) == {"known": 1, "moved": 2}
    assert _names(fake) == ["b.jpg", "c.jpg", "z.jpg"]
    assert sorted(fake.state.sources) == [(folder / name).as_uri() for name in ("b.jpg", "out/c.jpg", "z.jpg")]
    assert fake.state.bytes_received == [path.stat().st_size for path in sorted(folder.rglob("*.jpg"), key=_by_color)]


def _by_color(path: Path) -> int:
    return {"z.jpg": 0, "b.jpg": 1, "c.jpg": 2}[path.name]


def test_a_folder_that_was_moved_to_where_nobody_knew_it_is_told_with_its_old_names(
    run: Run, fake: FakeCatalog, folder: Path, tmp_path: Path
) -> None:
    index(run, folder)
    moved = tmp_path / "elsewhere/moved"
    moved.parent.mkdir()
    folder.rename(moved)
    finished = run("index", str(moved))
    assert (finished.exit_code, counts_of(finished)) == (0, {RENAMED: 3})
    lines = finished.out.splitlines()
    assert "3 old names of these photos are not there any more:" in lines
    assert f"  {folder / 'in/c.jpg'}" in lines
    assert f"Gone for good? The photos stay: albumen forget --even-all {folder}" in lines
    # Only away, perhaps: so they are let go of on purpose only.
    assert len(fake.state.sources) == 6
    assert index(run, moved) == {"known": 3}
    assert run("forget", "--yes", "--even-all", str(folder)).exit_code == 0
    assert (len(fake.state.images), len(fake.state.sources)) == (3, 3)


def test_what_else_was_in_a_vanished_folder_is_not_let_go_of_by_the_way(run: Run, folder: Path, tmp_path: Path) -> None:
    index(run, folder)
    (tmp_path / "elsewhere").mkdir()
    shutil.move(folder / "a.jpg", tmp_path / "elsewhere/a.jpg")
    shutil.rmtree(folder)
    finished = run("index", str(tmp_path / "elsewhere"))
    assert f"Gone for good? The photos stay: albumen forget {folder}" in finished.out.splitlines()
    assert run("forget", "--yes", str(folder)).exit_code == 4


def test_a_photo_that_was_moved_out_of_a_living_folder_is_told_with_its_old_name(
    run: Run, fake: FakeCatalog, folder: Path, tmp_path: Path
) -> None:
    index(run, folder)
    (tmp_path / "elsewhere").mkdir()
    shutil.move(folder / "a.jpg", tmp_path / "elsewhere/z.jpg")
    shutil.copy(folder / "b.jpg", tmp_path / "elsewhere/b.jpg")
    finished = run("index", str(tmp_path / "elsewhere"))
    assert counts_of(finished) == {"known": 1, RENAMED: 1}
    assert f"Gone for good? The photos stay: albumen forget {folder}" in finished.out.splitlines()
    assert run("forget", "--yes", str(folder)).exit_code == 0
    assert (len(fake.state.images), len(fake.state.sources)) == (3, 4)


def test_files_that_swap_their_names_keep_what_was_said_of_their_faces(
    run: Run, fake: FakeCatalog, folder: Path
) -> None:
    anna = fake.add_person("aa11", "Anna")
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        fake.state.found_faces[name] = [Face(person=anna.name)]
    index(run, "--in-flight", "1", folder)
    fake.state.found_faces.clear()
    before = set(fake.state.images)
    (folder / "a.jpg").rename(folder / "x.tmp")
    (folder / "b.jpg").rename(folder / "a.jpg")
    (folder / "x.tmp").rename(folder / "b.jpg")
    (folder / "in/c.jpg").rename(folder / "in/d.jpg")
    assert index(run, folder) == {"changed": 2, "moved": 1}
    assert set(fake.state.images) == before
    assert len(fake.state.faces) == 3
    assert sorted(fake.state.sources) == [(folder / name).as_uri() for name in ("a.jpg", "b.jpg", "in/d.jpg")]
    assert index(run, "--verify", folder) == {"known": 3}


def test_renumbered_files_keep_what_was_said_of_their_faces(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    folder = _many(photo, 6)
    index(run, folder)
    before = set(fake.state.images)
    for number in reversed(range(6)):
        (folder / f"{number}.png").rename(folder / f"{number + 1}.png")
    assert index(run, folder) == {"changed": 5, "known": 1}
    assert set(fake.state.images) == before
    assert sorted(fake.state.sources) == [(folder / f"{number}.png").as_uri() for number in range(1, 7)]


def test_a_file_moved_over_another_is_changed_and_its_old_name_is_not_missing(
    run: Run, fake: FakeCatalog, folder: Path
) -> None:
    index(run, folder)
    (folder / "a.jpg").replace(folder / "b.jpg")
    assert index(run, folder) == {"known": 1, "changed": 1}
    assert len(fake.state.images) == len(fake.state.sources) == 2


def test_a_deleted_file_is_told_and_stays_until_it_is_forgotten(run: Run, fake: FakeCatalog, folder: Path) -> None:
    index(run, folder)
    (folder / "b.jpg").unlink()
    finished = run("index", str(folder))
    assert finished.exit_code == 0
    assert counts_of(finished) == {"known": 2, "missing": 1}
    lines = finished.out.splitlines()
    assert "1 known file is not there any more:" in lines
    assert f"  {folder / 'b.jpg'}" in lines
    assert f"Gone for good? albumen forget {folder}" in lines
    assert len(fake.state.images) == 3


def test_a_copy_is_known_and_its_original_not_missing(run: Run, fake: FakeCatalog, folder: Path) -> None:
    index(run, folder)
    shutil.copy(folder / "a.jpg", folder / "copy.jpg")
    assert index(run, folder) == {"known": 4}
    assert len(fake.state.sources) == 4
    (folder / "a.jpg").unlink()
    # Nothing new was found under which it could be: one of two places is gone.
    assert index(run, folder) == {"known": 3, "missing": 1}


def test_known_files_are_not_opened_unless_asked_for(run: Run, fake: FakeCatalog, folder: Path) -> None:
    index(run, folder)
    path = folder / "a.jpg"
    before = path.stat()
    path.write_bytes(path.read_bytes()[:-3] + b"x\xff\xd9")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    calls = fake.state.calls
    assert index(run, folder) == {"known": 3}
    assert fake.state.calls == calls
    assert index(run, folder, "--verify") == {"known": 2, "changed": 1}


def test_a_file_that_was_only_touched_is_known_and_then_not_opened(run: Run, fake: FakeCatalog, folder: Path) -> None:
    index(run, folder)
    os.utime(folder / "a.jpg", ns=(0, 1_600_000_000_123_456_789))
    assert index(run, folder) == {"known": 3}
    calls = fake.state.calls
    assert index(run, folder) == {"known": 3}
    assert fake.state.calls == calls


def _many(photo: Photo, count: int) -> Path:
    for number in range(count):
        path = photo(f"many/{number}.png", (number, 0, 0))
        os.utime(path, (0, 1_500_000_000 + number))
    return path.parent


def test_what_is_known_is_read_in_pages_and_not_file_by_file(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    folder = _many(photo, 12)
    index(run, folder)
    fake.state.page_size = 5
    fake.state.list_calls = 0
    assert index(run, folder) == {"known": 12}
    # The folder's own URI, three pages of what is in it, and what an earlier run may have left halfway.
    assert fake.state.list_calls == 5


def test_a_neighbour_whose_name_begins_the_same_is_not_missing(run: Run, folder: Path, photo: Photo) -> None:
    private = photo("photos_private/p.jpg", (7, 7, 7)).parent
    index(run, folder, private)
    (private / "p.jpg").unlink()
    assert index(run, folder) == {"known": 3}
    assert index(run, folder / "a.jpg") == {"known": 1}


def test_roots_may_be_files_or_lie_in_each_other(run: Run, folder: Path) -> None:
    assert index(run, folder / "a.jpg", folder, folder / "in") == {"new": 3}
    assert index(run, folder / "in", folder, folder / "a.jpg") == {"known": 3}


def test_a_root_reached_by_a_link_keeps_its_name(run: Run, fake: FakeCatalog, folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    index(run, link)
    assert min(fake.state.sources).startswith(link.as_uri() + "/")
    # Read under another name, nothing under the first is gone.
    assert index(run, folder, link) == {"known": 3}
    assert index(run, link) == {"known": 3}


def test_nothing_in_a_folder_that_can_not_be_listed_is_missing(run: Run, folder: Path) -> None:
    index(run, folder)
    shutil.rmtree(folder / "in")
    (folder / "in").symlink_to("in")
    finished = run("index", str(folder))
    assert finished.exit_code == 3
    assert "FILE_UNREADABLE" in finished.out
    assert counts_of(finished) == {"known": 2}


def test_nothing_that_is_left_out_is_missing(run: Run, folder: Path) -> None:
    index(run, folder)
    (folder / ".albumenignore").write_text("b.jpg\n")
    (folder / "in/c.jpg").unlink()
    finished = run("index", "--exclude", "in/", str(folder))
    assert counts_of(finished) == {"known": 1}
    assert "excluded by --exclude" in finished.out
    assert "excluded by .albumenignore" in finished.out


def test_a_name_in_another_case_or_no_text_at_all_is_the_files_own(run: Run, fake: FakeCatalog, folder: Path) -> None:
    index(run, folder)
    (folder / "a.jpg").rename(folder / "A.JPG")
    (folder / "b.jpg").rename(os.fsdecode(os.fsencode(folder) + b"/caf\xe9 #1?.jpg"))
    assert index(run, folder) == {"known": 1, "moved": 2}
    assert index(run, folder) == {"known": 3}
    assert sorted(uri.rpartition("/")[2] for uri in fake.state.sources) == ["A.JPG", "c.jpg", "caf%E9%20%231%3F.jpg"]


def test_pictures_that_are_not_supported_are_named(run: Run, folder: Path) -> None:
    for name in ("x.jxl", "y.NEF", "z.nef", "film.mp4", "notes.txt"):
        (folder / name).write_bytes(b"x")
    (folder / "unnamed").write_bytes((folder / "a.jpg").read_bytes())
    finished = run("index", "--in-flight", "1", str(folder))
    assert finished.exit_code == 0
    lines = [" ".join(line.split()) for line in finished.out.splitlines()]
    for line in (
        "2 skipped Nikon RAW is not supported",
        "1 skipped JPEG XL is not supported",
        "1 video, not a photo",
        "1 known",
    ):
        assert line in lines
