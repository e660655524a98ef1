"""Hashes of images are remembered, however they were read, and those of others are not made up."""

from services.catalog.library import Library
from services.catalog.storage.image_hashes import ImageHashes
from tests.catalog.clustering.synthetic import analysis, direction, sha256


def _ids(library: Library) -> dict[int, str]:
    """Return the images of the library by id."""
    page = library.list_images(limit=100)
    return {key: image.sha256 for (_, key), image in zip(page.keys, page.items, strict=True)}


def test_few_and_many_hashes_are_those_of_their_images(library: Library) -> None:
    for number in range(20):
        library.add_image(analysis(str(number), direction(0.01 * number)))
    ids, hashes = _ids(library), ImageHashes()
    with library._database.read() as cursor:
        for wanted in (list(ids)[:3], list(ids)[2:5], list(ids), []):
            for _ in range(2):
                found = hashes.find(cursor, wanted)
                assert {image_id: found[image_id] for image_id in wanted} == {image: ids[image] for image in wanted}
        assert hashes.nbytes >= 33 * 20


def test_an_image_that_is_not_there_has_no_hash_until_it_is(library: Library) -> None:
    library.add_image(analysis("0", direction(0)))
    hashes, absent = ImageHashes(), max(_ids(library)) + 1
    with library._database.read() as cursor:
        assert hashes.find(cursor, range(absent, absent + 20)) == {}
    library.add_image(analysis("1", direction(0)))
    assert max(_ids(library)) == absent
    with library._database.read() as cursor:
        assert hashes.find(cursor, [absent]) == {absent: sha256("1")}
