from pathlib import Path

from clients.cli.scan.walk import Walk


def _walk(*paths: Path) -> tuple[list[str], int]:
    walk = Walk(paths, lambda path, error: (_ for _ in ()).throw(AssertionError(f"{path}: {error}")))
    return [path.name for path in walk], walk.other_files


def _touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_reads_folders_to_the_bottom_in_order(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/z.PNG", "a/y/x.webp", "c.tiff"):
        _touch(tmp_path / name)
    assert _walk(tmp_path) == (["x.webp", "z.PNG", "b.jpg", "c.tiff"], 0)


def test_leaves_out_what_is_hidden_and_counts_other_files(tmp_path: Path) -> None:
    for name in (".thumbnails/a.jpg", "._b.jpg", "notes.txt", "film.mp4", "c.jpg"):
        _touch(tmp_path / name)
    assert _walk(tmp_path) == (["c.jpg"], 2)


def test_tries_files_that_the_user_names_whatever_their_extension(tmp_path: Path) -> None:
    named = [_touch(tmp_path / ".hidden"), _touch(tmp_path / "scan.data")]
    assert _walk(*named) == ([".hidden", "scan.data"], 0)


def test_reads_a_folder_once_however_it_is_reached(tmp_path: Path) -> None:
    _touch(tmp_path / "a/one.jpg")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert _walk(tmp_path, tmp_path / "a") == (["one.jpg"], 0)


def test_can_be_walked_again(tmp_path: Path) -> None:
    _touch(tmp_path / "a.jpg")
    _touch(tmp_path / "b.txt")
    walk = Walk([tmp_path], lambda _path, _error: None)
    assert list(walk) == list(walk)
    assert walk.other_files == 1
