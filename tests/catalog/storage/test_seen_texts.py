"""What may be there is never taken for new, and hardly anything new for what may be there."""

import pytest

from services.catalog.library import Library
from services.catalog.storage import seen_texts
from services.catalog.storage.seen_texts import SeenTexts
from tests.catalog.clustering.synthetic import analysis, direction, sha256


def seen_in(library: Library) -> SeenTexts:
    with library._database.read() as cursor:
        return SeenTexts(cursor)


def test_hashes_and_places_of_images_are_seen(library: Library) -> None:
    for number in range(5):
        library.add_image(analysis(str(number), direction(number)))
    seen = seen_in(library)
    assert all(seen.may_have(sha256(str(number))) for number in range(5))
    assert all(seen.may_have(f"file:///{number}.jpg") for number in range(5))
    assert not any(seen.may_have(sha256(str(number))) for number in range(5, 500))
    assert not seen.may_have("file:///5.jpg")


def test_what_is_added_is_seen_however_much_it_is(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_texts, "_MOST_NEW", 10)
    seen = seen_in(library)
    for number in range(100):
        seen.add([f"file:///é{number}", f"other {number}"])
        assert all(seen.may_have(f"file:///é{old}") and seen.may_have(f"other {old}") for old in range(number + 1))
        assert not seen.may_have(f"file:///é{number + 1}")


def test_a_library_that_was_not_written_yet_is_surely_without_nothing(library: Library) -> None:
    assert not library.surely_lacks(sha256("a"))
    library.add_image(analysis("a", direction(0)))
    assert not library.surely_lacks(sha256("a"))
    assert library.surely_lacks(sha256("b"))
    library.delete_image(sha256("a"))
    # It may be there, as far as anybody knows without looking.
    assert not library.surely_lacks(sha256("a"))
    assert not library.has_image(sha256("a"))
    assert not library.add_image(analysis("a", direction(0))).already_indexed
