"""A folder that is away, or emptied, or another one: nothing is marked, and that is said."""

import pytest

from services.common.errors import FailedPreconditionError, Reason
from tests.catalog.syncing.folders import Place, write

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
