import os
from pathlib import Path

from clients.cli.scan.walk import Walk
from services.common.scan.exclusions import LeftOut
from services.common.scan.file_kind import FileKind, Kind


def _fail(path: Path, error: OSError) -> None:
    raise AssertionError(f"{path}: {error}")


def _names(walk: Walk) -> list[str]:
    return [found.path.name for found in walk]


def _touch(path: Path, data: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_reads_folders_to_the_bottom_in_order(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/z.PNG", "a/y/x.webp", "c.tiff", "b/w.gif"):
        _touch(tmp_path / name)
    assert _names(Walk([tmp_path], _fail)) == ["b.jpg", "c.tiff", "z.PNG", "x.webp", "w.gif"]


def test_leaves_out_what_is_hidden_and_counts_other_files_by_kind(tmp_path: Path) -> None:
    for name in (".thumbnails/a.jpg", "._b.jpg", "notes.txt", "film.mp4", "c.jpg"):
        _touch(tmp_path / name)
    walk = Walk([tmp_path], _fail)
    assert _names(walk) == ["c.jpg"]
    assert walk.kinds == {FileKind(Kind.DOCUMENT): 1, FileKind(Kind.VIDEO): 1}
    assert walk.left_out == {LeftOut.HIDDEN: 1}
    assert walk.folders_left_out == {LeftOut.SYSTEM: 1}
    assert walk.not_read == {str(tmp_path / ".thumbnails")}


def test_names_the_first_ten_pictures_of_each_format_that_is_not_supported(tmp_path: Path) -> None:
    for number in range(12):
        _touch(tmp_path / f"{number:02}.cr2")
    _touch(tmp_path / "a.psd")
    walk = Walk([tmp_path], _fail)
    assert _names(walk) == []
    raw, photoshop = FileKind(Kind.UNSUPPORTED, "Canon RAW"), FileKind(Kind.UNSUPPORTED, "Photoshop")
    assert walk.kinds == {raw: 12, photoshop: 1}
    assert walk.unsupported == {
        raw: [tmp_path / f"{number:02}.cr2" for number in range(10)],
        photoshop: [tmp_path / "a.psd"],
    }


def test_tries_files_that_the_user_names_whatever_their_extension(tmp_path: Path) -> None:
    named = [_touch(tmp_path / ".hidden"), _touch(tmp_path / "scan.txt")]
    assert _names(Walk(named, _fail)) == [".hidden", "scan.txt"]


def test_tells_size_and_time_of_each_file(tmp_path: Path) -> None:
    path = _touch(tmp_path / "a.jpg", b"12345")
    os.utime(path, ns=(0, 1_700_000_000_123_456_789))
    (found,) = Walk([tmp_path], _fail)
    assert (found.size_bytes, found.modify_time_ns) == (5, 1_700_000_000_123_456_789)


def test_reads_a_folder_once_however_it_is_reached(tmp_path: Path) -> None:
    _touch(tmp_path / "a/one.jpg")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    walk = Walk([tmp_path, tmp_path / "a"], _fail)
    assert _names(walk) == ["one.jpg"]
    # What lies under the other names is there, though it was not seen under them.
    assert walk.not_read >= {str(tmp_path / "b"), str(tmp_path / "a/loop")}


def test_a_folder_that_can_not_be_listed_is_told_and_its_neighbours_are_read(tmp_path: Path) -> None:
    _touch(tmp_path / "b.jpg")
    (tmp_path / "a").symlink_to("a")
    (tmp_path / "c.jpg").symlink_to("nowhere")
    told: list[Path] = []
    walk = Walk([tmp_path, tmp_path / "gone"], lambda path, _error: told.append(path))
    assert _names(walk) == ["b.jpg"]
    assert set(told) == {tmp_path / "c.jpg", tmp_path / "gone", tmp_path / "a"}
    assert walk.not_read == {str(path) for path in told}


def test_can_be_walked_again(tmp_path: Path) -> None:
    _touch(tmp_path / "a.jpg")
    _touch(tmp_path / "b.txt")
    walk = Walk([tmp_path], _fail)
    assert list(walk) == list(walk)
    assert sum(walk.kinds.values()) == 1
