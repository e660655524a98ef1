"""What may be there is never taken for new, and hardly anything new for what may be there."""

import pytest

from services.catalog.library import Library
from services.catalog.storage import seen as seen_module
from services.catalog.storage.seen import Seen, image_digest, place_digest
from tests.catalog.clustering.synthetic import analysis, direction, sha256


def seen_in(library: Library) -> Seen:
    with library._database.read() as cursor:
        return Seen(cursor)


def test_images_and_their_places_are_seen(library: Library) -> None:
    for number in range(5):
        library.add_image(analysis(f"é{number}", direction(number)))
    seen = seen_in(library)
    assert all(seen.may_have(image_digest(sha256(f"é{number}"))) for number in range(5))
    assert all(seen.may_have(place_digest(f"file:///é{number}.jpg")) for number in range(5))
    assert not any(seen.may_have(image_digest(sha256(f"é{number}"))) for number in range(5, 500))
    assert not seen.may_have(place_digest("file:///é5.jpg"))


def test_what_is_added_is_seen_however_much_it_is(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_module, "_MOST_NEW", 10)
    seen = seen_in(library)
    for number in range(100):
        seen.add([place_digest(f"file:///{number}"), 2**64 - 1 - number])
        assert all(
            seen.may_have(place_digest(f"file:///{old}")) and seen.may_have(2**64 - 1 - old)
            for old in range(number + 1)
        )
        assert not seen.may_have(place_digest(f"file:///{number + 1}"))


def test_nothing_is_surely_lacking_before_the_first_write_and_what_is_deleted_never(library: Library) -> None:
    assert not library.surely_lacks(sha256("a"))
    library.add_image(analysis("a", direction(0)))
    assert not library.surely_lacks(sha256("a"))
    assert library.surely_lacks(sha256("b"))
    library.delete_image(sha256("a"))
    # It may be there, as far as anybody knows without looking.
    assert not library.surely_lacks(sha256("a"))
    assert library.find_image(sha256("a")) is None
    assert not library.add_image(analysis("a", direction(0))).already_indexed


@pytest.mark.parametrize(
    "name", ["", "nonsense", f"-{'1' * 63}", f"+{'1' * 63}", "0x" + "1" * 62, "A" * 64, "1" * 63, "\u0661" * 64]
)
def test_what_is_no_hash_is_no_image(library: Library, name: str) -> None:
    library.add_image(analysis("a"))
    assert library.surely_lacks(name)
    assert library.find_image(name) is None
    assert library.find_images([name, sha256("a")]).keys() == {sha256("a")}
