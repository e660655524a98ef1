"""What is remembered of labels is never taken for what is there."""

from services.catalog.filters import ImageFilter
from services.catalog.library import Library
from tests.catalog.clustering.synthetic import analysis, direction, sha256

CATS = ImageFilter(("cat",))


def _names(library: Library, image_filter: ImageFilter = CATS, limit: int = 100) -> list[str]:
    """Return the hashes of all images that meet a filter, page by page; no page but the last may lead nowhere."""
    found: list[str] = []
    page = library.list_images(image_filter, limit=limit)
    while page.next_key is not None:
        found += [image.sha256 for image in page.items]
        page = library.list_images(image_filter, after=page.next_key, limit=limit)
        assert page.items
    return found + [image.sha256 for image in page.items]


def _fill(library: Library, first: int, end: int) -> None:
    for number in range(first, end):
        labels = ("cat",) if number % 2 else ("cat", "dog")
        library.add_image(analysis(str(number), direction(0.01 * number), labels=labels))


def test_images_that_come_later_are_found(library: Library) -> None:
    _fill(library, 0, 3)
    assert len(_names(library)) == 3
    _fill(library, 3, 6)
    assert _names(library) == [sha256(str(number)) for number in range(6)]
    assert _names(library, ImageFilter(("cat", "dog"))) == [sha256(str(number)) for number in (0, 2, 4)]


def test_images_that_are_deleted_leave_no_gap_in_a_page(library: Library) -> None:
    _fill(library, 0, 12)
    assert len(_names(library)) == 12
    # More than a page of them, and the last.
    for number in (*range(2, 7), 11):
        library.delete_image(sha256(str(number)))
    left = [sha256(str(number)) for number in (0, 1, 7, 8, 9, 10)]
    for limit in (1, 2, 3, 6, 7):
        assert _names(library, limit=limit) == left


def test_images_of_a_person_and_of_labels_are_found(library: Library) -> None:
    _fill(library, 0, 6)
    (person,) = library.list_people(limit=5).items
    assert person.face_count == 6
    assert _names(library, ImageFilter(("dog",), person.id), limit=2) == [sha256(str(number)) for number in (0, 2, 4)]
    _fill(library, 6, 8)
    assert len(_names(library, ImageFilter(("cat", "dog"), person.id), limit=2)) == 4
