import os
from pathlib import Path

import pytest

from clients.cli.failure import CommandError
from clients.cli.scan.walk import Walk
from services.common.scan.exclusions import LeftOut


def _tree(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def _fail(path: Path, error: OSError) -> None:
    raise AssertionError(f"{path}: {error}")


def _walk(root: Path, *exclude: str, with_default_excludes: bool = True) -> tuple[set[str], Walk]:
    walk = Walk([root], _fail, exclude=exclude, with_default_excludes=with_default_excludes)
    return {str(found.path.relative_to(root)) for found in walk}, walk


SYSTEM_FOLDERS = (
    "@eaDir", "#recycle", "@Recycle", "$RECYCLE.BIN", "System Volume Information", "#snapshot", "lost+found",
    "FOUND.000",
)  # fmt: skip


def test_trash_and_thumbnails_of_devices_are_not_photos(tmp_path: Path) -> None:
    _tree(tmp_path, "a.jpg", *(f"{name}/x/b.jpg" for name in SYSTEM_FOLDERS), ".Trash-1000/c.jpg", "recycle/d.jpg")
    found, walk = _walk(tmp_path)
    assert found == {"a.jpg", "recycle/d.jpg"}
    assert walk.folders_left_out == {LeftOut.SYSTEM: len(SYSTEM_FOLDERS) + 1}


def test_system_folders_are_read_if_asked_for(tmp_path: Path) -> None:
    _tree(tmp_path, "@eaDir/a.jpg", ".hidden/b.jpg")
    assert _walk(tmp_path, with_default_excludes=False)[0] == {"@eaDir/a.jpg"}
    (tmp_path / ".albumenignore").write_text("!@eaDir/\n")
    assert _walk(tmp_path)[0] == {"@eaDir/a.jpg"}


def test_exclude_takes_patterns_as_gitignore_has_them(tmp_path: Path) -> None:
    _tree(tmp_path, "a.jpg", "a.png", "raw/b.jpg", "x/raw/c.jpg", "x/d.jpg", "y/x/e.jpg")
    assert _walk(tmp_path, "*.png", "raw/", "/x")[0] == {"a.jpg", "y/x/e.jpg"}
    _, walk = _walk(tmp_path, "*.png", "raw/")
    assert walk.left_out == {LeftOut.PATTERN: 1}
    assert walk.folders_left_out == {LeftOut.PATTERN: 2}
    assert walk.not_read == {str(tmp_path / "raw"), str(tmp_path / "x/raw")}


def test_ignore_files_are_nested_as_in_git(tmp_path: Path) -> None:
    _tree(tmp_path, "a.jpg", "b.jpg", "in/a.jpg", "in/b.jpg", "in/deep/a.jpg", "out/keep.jpg")
    (tmp_path / ".albumenignore").write_text("# copies\na.jpg\nout/\n!out/keep.jpg\n")
    (tmp_path / "in/.albumenignore").write_text("!a.jpg\nb.jpg\n")
    (tmp_path / "in/deep/.albumenignore").write_text("/a.jpg\n")
    # A file can't be taken back in if a folder above it is out.
    assert _walk(tmp_path)[0] == {"b.jpg", "in/a.jpg"}
    # The option has the last word.
    assert _walk(tmp_path, "in")[0] == {"b.jpg"}


def test_a_part_is_walked_as_the_whole_is(tmp_path: Path) -> None:
    _tree(tmp_path, "in/a.jpg", "in/b.jpg", "private/a.jpg", "private/c.jpg")
    (tmp_path / ".albumenignore").write_text("a.jpg\nprivate/\n")
    assert _walk(tmp_path / "in")[0] == {"b.jpg"}
    assert _walk(tmp_path / "private")[0] == {"a.jpg", "c.jpg"}


def test_a_pattern_that_is_none_is_wrong_use_and_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^--exclude: `\\` is no pattern\.$") as caught:
        _walk(tmp_path, "*.png", "\\")
    assert caught.value.exit_code == 2
    ignore = tmp_path / ".albumenignore"
    for pattern in (b"\\", b"x[[:letters:]]", b"a\\"):
        ignore.write_bytes(b"caf\xe9\n\n" + pattern + b"\n*.jpg\n")
        with pytest.raises(CommandError) as caught:
            _walk(tmp_path)
        assert caught.value.message.startswith(f"{ignore}, line 3: `{os.fsdecode(pattern)}` is no pattern")
        assert caught.value.exit_code == 2
    ignore.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(CommandError, match="larger than 1,048,576 bytes"):
        _walk(tmp_path)


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("[[:alpha:]].jpg", "aZ"),
        ("[![:alpha:]].jpg", "1-_]^! "),
        ("[^[:alnum:][:space:]].jpg", "-_]^!"),
        ("[[:digit:]_].jpg", "1_"),
        ("[[:punct:]].jpg", "-_]^!"),
        ("[[:upper:]-].jpg", "Z-"),
        (r"[\]].jpg", "]"),
        ("[]-a].jpg", "]^_a"),
        ("[z-a]*.jpg", ""),
        ("[!!].jpg", "aZ1-_]^ "),
        ("[[:digit].jpg", ""),
    ],
)
def test_sets_of_characters_are_read_as_by_git(
    tmp_path: Path, recwarn: pytest.WarningsRecorder, pattern: str, matched: str
) -> None:
    every = "aZ1-_]^! "
    _tree(tmp_path, *(f"{character}.jpg" for character in every))
    (tmp_path / ".albumenignore").write_text(f"{pattern}\n")
    assert _walk(tmp_path)[0] == {f"{character}.jpg" for character in every if character not in matched}
    assert not recwarn.list


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_an_ignore_file_in_another_encoding_stops_the_walk(tmp_path: Path, encoding: str) -> None:
    _tree(tmp_path, "in/private.jpg")
    ignore = tmp_path / "in/.albumenignore"
    ignore.write_bytes("private.jpg\n".encode(encoding))
    with pytest.raises(CommandError) as caught:
        _walk(tmp_path)
    assert caught.value.message == f"{ignore} is not UTF-8 text."
    assert caught.value.exit_code == 2


def test_a_byte_order_mark_belongs_to_no_pattern(tmp_path: Path) -> None:
    _tree(tmp_path, "private.jpg", "b.jpg")
    (tmp_path / ".albumenignore").write_text("private.jpg\n", "utf-8-sig")
    assert _walk(tmp_path)[0] == {"b.jpg"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes that have names")
def test_an_ignore_file_that_is_a_pipe_is_waited_at_by_nobody(tmp_path: Path) -> None:
    _tree(tmp_path, "a.jpg", "in/private.jpg", "folder/b.jpg", "folder/.albumenignore/c.jpg")
    os.mkfifo(tmp_path / "in/.albumenignore")
    told: list[Path] = []
    walk = Walk([tmp_path], lambda path, _error: told.append(path))
    assert {found.path.name for found in walk} == {"a.jpg", "b.jpg"}
    assert told == [tmp_path / "in/.albumenignore"]


@pytest.mark.parametrize("named", [".", "in"])
def test_an_ignore_file_that_can_not_be_read_is_named_and_nothing_beside_it_is_read(tmp_path: Path, named: str) -> None:
    _tree(tmp_path, "a.jpg", "in/private.jpg")
    ignore = tmp_path / "in/.albumenignore"
    ignore.symlink_to(ignore.name)
    told: list[Path] = []
    walk = Walk([tmp_path / named], lambda path, _error: told.append(path))
    assert [found.path.name for found in walk] == (["a.jpg"] if named == "." else [])
    assert told == [ignore]
    assert walk.not_read == {str(tmp_path / "in")}
