import os
import socket
from pathlib import Path

import pytest

from services.common.roots import OutsideError, Roots, open_within


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    # What is left of photos_private without the name of the folder is there too.
    for folder in ("photos/sub", "photos/_private", "photos_private", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.jpg").write_text(folder)
    return tmp_path / "photos"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def read(roots: Roots, path: Path | str) -> str | None:
    before = open_files()
    descriptor = roots.open(os.fsencode(path))
    if descriptor is None:
        assert open_files() == before
        return None
    with os.fdopen(descriptor, encoding="utf-8") as file:
        return file.read()


def test_files_below_a_folder_are_read_and_no_others(photos: Path) -> None:
    roots = Roots([photos])
    assert read(roots, photos / "sub/a.jpg") == "photos/sub"
    for path in ("photos_private/a.jpg", "elsewhere/a.jpg", "photos/nothing.jpg", "photos/sub/a.jpg/b", "photos"):
        assert read(roots, photos.parent / path) is None
    assert read(Roots([]), photos / "sub/a.jpg") is None
    assert not Roots([])
    assert read(Roots([photos.parent / "missing", photos.parent / "elsewhere"]), photos / "../elsewhere/a.jpg")
    assert read(Roots([Path("/")]), photos / "sub/a.jpg") == "photos/sub"


def test_links_lead_within_the_folders_only(photos: Path) -> None:
    (photos / "in.jpg").symlink_to("sub/a.jpg")
    (photos / "out.jpg").symlink_to("../photos_private/a.jpg")
    (photos / "folder").symlink_to("../elsewhere")
    (photos / "loop.jpg").symlink_to("loop.jpg")
    (photos.parent / "alias").symlink_to("photos")
    (photos.parent / "way.jpg").symlink_to("photos/sub/a.jpg")
    for roots in (Roots([photos]), Roots([photos.parent / "alias"])):
        assert read(roots, photos / "in.jpg") == "photos/sub"
        assert read(roots, photos.parent / "alias/sub/a.jpg") == "photos/sub"
        assert read(roots, photos.parent / "way.jpg") == "photos/sub"
        for path in ("out.jpg", "folder/a.jpg", "loop.jpg", "../photos_private/a.jpg"):
            assert read(roots, photos / path) is None, path


def test_only_files_are_opened_and_nobody_waits_for_a_pipe(photos: Path) -> None:
    os.mkfifo(photos / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(photos / "socket.jpg"))
        for name in ("pipe.jpg", "socket.jpg", "sub"):
            assert read(Roots([photos]), photos / name) is None
    assert read(Roots([Path("/dev")]), "/dev/zero") is None


def test_a_link_that_comes_between_a_look_and_the_opening_leads_nowhere(photos: Path) -> None:
    place = os.fsencode(photos / "sub/a.jpg")
    os.close(open_within(os.fsencode(photos), place))
    (photos / "sub").rename(photos / "old")
    (photos / "sub").symlink_to("../photos_private")
    with pytest.raises(OSError, match=r"."):
        open_within(os.fsencode(photos), place)
    (photos / "sub").unlink()
    (photos / "sub").mkdir()
    (photos / "sub/a.jpg").symlink_to("../../photos_private/a.jpg")
    with pytest.raises(OSError, match=r"."):
        open_within(os.fsencode(photos), place)


def listed(roots: Roots, path: Path) -> set[str]:
    descriptor = roots.open_folder(bytes(path))
    try:
        with os.scandir(descriptor) as entries:
            return {entry.name for entry in entries}
    finally:
        os.close(descriptor)


def test_folders_are_listed_within_and_no_others(photos: Path) -> None:
    roots = Roots([photos])
    assert listed(roots, photos) == {"sub", "_private"}
    assert listed(roots, photos / "sub") == {"a.jpg"}
    (photos / "in").symlink_to("sub")
    (photos / "out").symlink_to("../photos_private")
    assert listed(roots, photos / "in") == {"a.jpg"}
    for path in (photos / "out", photos.parent, photos.parent / "photos_private"):
        with pytest.raises(OutsideError):
            listed(roots, path)
    for path in (photos / "nothing", photos / "sub/a.jpg"):
        with pytest.raises((FileNotFoundError, NotADirectoryError)):
            listed(roots, path)


def test_a_path_is_within_as_it_is_written(photos: Path) -> None:
    roots = Roots([photos])
    assert roots.may_hold(bytes(photos))
    assert roots.may_hold(bytes(photos / "nothing"))
    assert not roots.may_hold(bytes(photos.parent / "photos_private"))
    assert not roots.may_hold(bytes(photos) + b"/../elsewhere")
