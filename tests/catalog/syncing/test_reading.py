"""What of a folder is read, and what is not: by patterns, by bytes, through links."""

import os
from pathlib import Path

import pytest

from services.catalog.catalog import Catalog
from services.common.errors import FailedPreconditionError, Reason
from tests.catalog.syncing.folders import BAD, Place, write

A, B, C = b"photo a", b"photo b", b"photo c"


def test_patterns_of_the_folder_say_what_is_taken(catalog: Catalog, tmp_path: Path) -> None:
    place = Place(catalog, tmp_path / "photos", include=("*.jpg", "raw/"), exclude=("secret/", "*_small.*"))
    for name in ("a.jpg", "a.png", "a_small.jpg", "raw/b.png", "secret/c.jpg", "x/y/d.jpg"):
        write(place.root / name, name.encode(), 1)
    place.sync()
    assert place.places().keys() == {"a.jpg", "raw/b.png", "x/y/d.jpg"}


def test_one_bad_file_fails_alone_and_is_named(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    write(place.root / "bad.jpg", BAD, 1)
    write(place.root / "empty.jpg", b"", 1)
    write(place.root / "large.jpg", b"x" * 1_001, 1)
    (place.root / "nowhere.jpg").symlink_to("nothing")
    (place.root / "bad").mkdir()
    (place.root / "bad/.albumenignore").write_text("a[[:wrong:]]\n")
    run = place.sync()
    assert (run.counts.added, run.counts.failed) == (1, 5)
    assert {failure.uri.removeprefix(place.folder.inside): failure.error.reason for failure in run.failures} == {
        "bad/": Reason.PATTERN_INVALID,
        "bad.jpg": Reason.IMAGE_UNREADABLE,
        "empty.jpg": Reason.IMAGE_EMPTY,
        "large.jpg": Reason.IMAGE_TOO_LARGE,
        "nowhere.jpg": Reason.FILE_UNREADABLE,
    }


def test_of_many_bad_files_the_first_are_named(place: Place) -> None:
    for number in range(101):
        (place.root / f"{number:03}.jpg").symlink_to("nothing")
    run = place.sync()
    assert (run.counts.failed, len(run.failures)) == (101, 100)
    assert run.failures[-1].uri.endswith("/099.jpg")


def test_what_can_not_be_read_is_not_missing(place: Place) -> None:
    write(place.root / "in/a.jpg", A, 1)
    write(place.root / "b.jpg", B, 1)
    place.sync()
    (place.root / "in/a.jpg").unlink()
    (place.root / "in/.albumenignore").write_bytes("\\".encode("utf-16"))
    (place.root / "b.jpg").unlink()
    (place.root / "b.jpg").symlink_to("b.jpg")
    run = place.sync()
    assert (run.counts.failed, run.counts.missing) == (2, 0)
    assert not place.missing()


def test_a_photo_without_a_suffix_is_told_by_its_bytes(place: Place) -> None:
    # The first bytes of a JPEG, which the feed takes for a photo as it does everything.
    jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    write(place.root / "IMG_0001", jpeg, 1)
    write(place.root / "notes", b"some text", 1)
    assert place.counts() == {"file": 1, "added": 1, "other": 1}


def test_links_are_followed_within_what_may_be_read_and_no_further(place: Place, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/secret.jpg", A, 1)
    write(place.root.parent / "shared/b.jpg", B, 1)
    write(place.root / "real/c.jpg", C, 1)
    (place.root / "out").symlink_to(tmp_path / "elsewhere")
    (place.root / "out.jpg").symlink_to(tmp_path / "elsewhere/secret.jpg")
    (place.root / "shared").symlink_to("../shared")
    (place.root / "loop").symlink_to(".")
    (place.root / "again.jpg").symlink_to("real/c.jpg")
    run = place.sync()
    assert place.places().keys() == {"again.jpg", "real/c.jpg", "shared/b.jpg"}
    assert A not in place.feed.indexed
    assert run.counts.failed == 2
    assert place.counts() == {"file": 3, "unchanged": 3, "failed": 2, "left_out": 1}


def test_a_folder_swapped_for_a_link_while_it_is_read_leads_nobody_out(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.catalog.syncing.run._LOOKED_AT_ONCE", 1)
    write(tmp_path / "elsewhere/a.jpg", A, 1)
    write(place.root / "a.txt", b"text", 1)
    write(place.root / "b.txt", b"text", 1)
    write(place.root / "in/a.jpg", B, 1)
    run = place.begin()
    steps = run.steps()
    next(steps)
    (place.root / "in").rename(place.root / "old")
    (place.root / "in").symlink_to(tmp_path / "elsewhere")
    list(steps)
    assert run.counts.failed == 1
    assert place.feed.indexed == []


def test_the_root_must_stay_where_it_may_be(place: Place, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/a.jpg", A, 1)
    place.root.rmdir()
    place.root.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FailedPreconditionError) as caught:
        place.sync()
    assert caught.value.reason is Reason.FOLDER_UNAVAILABLE


def test_names_of_any_bytes_are_known_again(place: Place) -> None:
    names = [b"caf\xe9.jpg", "caf\u00e9 1.jpg".encode(), b"100%.jpg", b"a+b&c.jpg", b"sub-a/x.jpg", b"sub/x.jpg"]
    for number, name in enumerate([*names, b"sub.jpg", b"sub a.jpg", b"sub/y/z.jpg", b"SUB/x.jpg"]):
        write(Path(os.fsdecode(bytes(place.root) + b"/" + name)), b"photo %d" % number, number)
    assert place.counts() == {"file": 10, "added": 10}
    assert place.counts() == {"file": 10, "unchanged": 10}
