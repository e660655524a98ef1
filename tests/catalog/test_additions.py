"""Images that are stored together are stored as if each had been alone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from services.catalog.library import Library
from services.catalog.records import AddedImage, FaceRecord
from services.catalog.vocabulary import ImageAnalysis
from tests.catalog.clustering.synthetic import analysis, galleries


def photos() -> list[ImageAnalysis]:
    """Photos of one face, of two, and of none, with labels that repeat."""
    faces = galleries(60, 6, seed=3)
    counts = [number % 3 for number in range(60)]
    taken = 0
    found = []
    for number, count in enumerate(counts):
        labels = (f"label {number % 7}", f"label {number}")
        found.append(analysis(str(number), *faces[taken : taken + count], labels=labels))
        taken += count
    return found


def people_of(library: Library) -> set[frozenset[tuple[str, int]]]:
    """Return the faces of each person, each face by its photo and its place there."""
    people: dict[str, set[tuple[str, int]]] = {}
    for image in library.list_images(limit=100).items:
        for place, face in enumerate(image.faces):
            people.setdefault(face.person_id or f"nobody {image.sha256} {place}", set()).add((image.sha256, place))
    return {frozenset(faces) for faces in people.values()}


def objects_of(library: Library) -> list[tuple[str, list[str]]]:
    images = library.list_images(limit=100).items
    return [(image.sha256, [item.label for item in image.objects]) for image in images]


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Library]:
    """A library whose photos were stored one after the other."""
    library = Library(tmp_path / "alone.duckdb", "alone")
    for photo in photos():
        library.add_image(photo)
    yield library
    library.close()


def test_batches_make_the_same_people_as_one_after_the_other(library: Library, alone: Library) -> None:
    all_photos = photos()
    answers = []
    for start in range(0, len(all_photos), 8):
        added = library.additions.add_all(all_photos[start : start + 8])
        answers += [one.image for one in added if not isinstance(one, Exception)]
    assert [answer.sha256 for answer in answers] == [photo.sha256 for photo in all_photos]
    assert [len(answer.faces) for answer in answers] == [len(photo.faces) for photo in all_photos]
    assert people_of(library) == people_of(alone)
    assert objects_of(library) == objects_of(alone)
    assert library.record().person_count == alone.record().person_count > 1


def test_a_photo_that_fails_leaves_no_trace_in_memory(library: Library, alone: Library) -> None:
    all_photos = photos()
    bad = analysis("bad", *galleries(2, 1, seed=5), labels=("never seen",), space="another")
    added = library.additions.add_all([*all_photos[:5], bad, *all_photos[5:9]])
    assert [isinstance(one, Exception) for one in added] == [False] * 5 + [True] + [False] * 4
    library.additions.add_all(all_photos[9:])
    assert people_of(library) == people_of(alone)
    assert objects_of(library) == objects_of(alone)


@pytest.mark.parametrize("seed", range(4))
def test_people_of_batches_are_counted_as_a_count_of_their_faces_finds_them(library: Library, seed: int) -> None:
    generator = np.random.default_rng(seed)
    # Few people of many photos each, so that one photo of a batch changes the people of another.
    faces = galleries(120, 5, seed=seed)
    order = generator.permutation(len(faces))
    all_photos = [analysis(f"{seed} {number}", *faces[order[number::80]]) for number in range(80)]
    while all_photos:
        size = int(generator.integers(1, 9))
        batch, all_photos = all_photos[:size], all_photos[size:]
        answers = library.additions.add_all(batch)
        images = {image.sha256: image for image in library.list_images(limit=100).items}
        assert [one.image for one in answers if isinstance(one, AddedImage)] == [images[one.sha256] for one in batch]
        owned: dict[str, list[FaceRecord]] = {}
        for image in images.values():
            for face in image.faces:
                owned.setdefault(face.person_id or "", []).append(face)
        owned.pop("", None)
        people = {person.id: person for person in library.list_people(limit=100).items}
        assert people.keys() == owned.keys()
        for person_id, theirs in owned.items():
            person = people[person_id]
            assert person.face_count == len(theirs)
            assert person.image_count == len({face.image_sha256 for face in theirs})
            assert person.cover_face_id == min(theirs, key=lambda face: (-face.score, face.id)).id
