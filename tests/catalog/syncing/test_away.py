"""A folder that is away, or emptied, or another one: nothing is marked, and that is said."""

import pytest

from services.common.errors import FailedPreconditionError, Reason
from tests.catalog.syncing.folders import Place, rate, rating, write

A, B, C = b"photo a", b"photo b", b"photo c"


def test_an_unmounted_folder_marks_nothing(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    place.sync()
    away = place.root.rename(place.root.parent / "away")
    with pytest.raises(FailedPreconditionError) as caught:
        place.sync()
    assert caught.value.reason is Reason.FOLDER_UNAVAILABLE
    place.root.mkdir()
    (place.root / ".keep").touch()
    with pytest.raises(FailedPreconditionError) as caught:
        place.sync()
    assert caught.value.reason is Reason.FOLDER_EMPTY
    # Another drive is mounted there.
    write(place.root / "other.jpg", B, 1)
    with pytest.raises(FailedPreconditionError) as caught:
        place.sync()
    assert caught.value.reason is Reason.FOLDER_UNAVAILABLE
    assert place.places().keys() == {"a.jpg"}
    assert not place.missing()
    assert place.feed.indexed == [A]
    assert place.counts(even_if_empty=True) == {"file": 1, "added": 1, "missing": 1, "left_out": 1}
    (place.root / "other.jpg").unlink()
    (place.root / ".keep").unlink()
    place.root.rmdir()
    away.rename(place.root)
    # Nothing of the other one is there, but the first is.
    assert place.counts() == {"file": 1, "unchanged": 1, "returned": 1, "missing": 1}


def test_an_emptied_folder_is_taken_at_its_word_only_if_somebody_says_so(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    place.sync()
    (place.root / "a.jpg").unlink()
    with pytest.raises(FailedPreconditionError) as caught:
        place.sync()
    assert caught.value.reason is Reason.FOLDER_EMPTY
    assert place.counts(even_if_empty=True) == {"missing": 1}


def test_a_folder_that_goes_away_while_it_is_read_marks_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalog.syncing.run._LOOKED_AT_ONCE", 1)
    for name in ("a", "b", "c"):
        write(place.root / f"{name}/x.jpg", name.encode(), 1)
    place.sync()
    run = place.begin()
    steps = run.steps()
    next(steps)
    place.root.rename(place.root.parent / "away")
    with pytest.raises(FailedPreconditionError) as caught:
        list(steps)
    assert caught.value.reason is Reason.FOLDER_UNAVAILABLE
    assert not place.missing()


def test_another_card_with_the_same_names_takes_no_place(place: Place) -> None:
    for name, content in (("1.jpg", A), ("2.jpg", B)):
        write(place.root / name, content, 1)
    place.sync()
    with place.library() as library:
        rate(library, A, 5)
    first = place.root.rename(place.root.parent / "first")
    for names in (("1.jpg",), ("1.jpg", "2.jpg", "3.jpg")):
        for name in names:
            write(place.root / name, b"other " + name.encode(), 2)
        # Again and again: what was refused is not the folder of the last sync.
        for _ in range(2):
            with pytest.raises(FailedPreconditionError, match="names that are known") as caught:
                place.sync()
            assert caught.value.reason is Reason.FOLDER_UNAVAILABLE
    assert place.feed.indexed == [A, B]
    assert not place.missing()
    second = place.root.rename(place.root.parent / "second")
    first.rename(place.root)
    assert place.counts() == {"file": 2, "unchanged": 2}
    with place.library() as library:
        assert rating(library, A) == 5
    place.root.rename(first)
    second.rename(place.root)
    assert place.counts(even_if_empty=True) == {"file": 3, "added": 1, "changed": 2}


def test_a_folder_that_was_copied_is_known_by_the_bytes_of_one_file(place: Place) -> None:
    for name, content in (("1.jpg", A), ("2.jpg", B)):
        write(place.root / name, content, 1)
    place.sync()
    place.root.rename(place.root.parent / "first")
    # All have other times, one was edited, and one has another name.
    write(place.root / "1.jpg", A, 2)
    write(place.root / "2.jpg", C, 2)
    assert place.counts() == {"file": 2, "unchanged": 1, "changed": 1}
    place.root.rename(place.root.parent / "third")
    write(place.root / "1.jpg", C, 3)
    assert place.counts() == {"file": 1, "changed": 1}
