"""The rules of people, through a library with real clusters."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.catalog.library import Library
from tests.catalog.clustering.synthetic import Embeddings, analysis, face, sha256
from tests.catalog.people.likenesses import Likenesses

LIKENESS = Likenesses()
# Too little alike to be one person, were it not for the photos of the years between.
YOUNG = ((0, 0.85),)
BETWEEN = ((0, 0.75), (1, 0.5))
OLD = ((0, 0.5), (1, 0.7))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path / "a.duckdb", "a")
    yield library
    library.close()


def add(library: Library, name: str, *embeddings: Embeddings) -> list[str | None]:
    """Add a photo; return the person of each face."""
    image = library.add_image(analysis(name, *embeddings)).image
    return [found.person_id for found in sorted(image.faces, key=lambda found: found.id)]


def people(library: Library, *names: str) -> list[str | None]:
    """Return the person of each face of these photos."""
    found = []
    for name in names:
        image = library.find_image(sha256(name))
        assert image is not None
        found += [one.person_id for one in sorted(image.faces, key=lambda one: one.id)]
    return found


def person(library: Library, name: str) -> str:
    (found,) = people(library, name)
    assert found is not None
    return found


def photos(library: Library, prefix: str, of: int | tuple[tuple[int, float], ...], count: int) -> str:
    """Add photos of one person, or of that mixture of people; return their id."""
    shares = ((of, 0.85),) if isinstance(of, int) else of
    for number in range(count):
        add(library, f"{prefix}{number}", LIKENESS.face(*shares))
    return person(library, f"{prefix}0")


def test_a_stranger_has_no_person_until_seen_again(library: Library) -> None:
    assert add(library, "first", LIKENESS.of(0)) == [None]
    (second,) = add(library, "second", LIKENESS.of(0))
    assert second is not None
    assert people(library, "first", "second") == [second] * 2
    assert add(library, "third", LIKENESS.of(0)) == [second]
    assert library.get_person(second).face_count == 3


def test_strangers_change_nobody(library: Library) -> None:
    photos(library, "ann", 0, 3)
    before = library.list_people(limit=9)
    for number in range(20):
        assert add(library, f"stranger{number}", LIKENESS.face()) == [None]
    assert library.list_people(limit=9) == before


def test_a_burst_changes_nobody_else(library: Library) -> None:
    ann, bob = photos(library, "ann", 0, 4), photos(library, "bob", 1, 4)
    bobs = library.get_person(bob)
    shot = LIKENESS.of(0)
    assert {add(library, f"burst{number}", shot)[0] for number in range(30)} == {ann}
    stranger = LIKENESS.face()
    burst = [add(library, f"crowd{number}", stranger)[0] for number in range(30)]
    assert len({*burst[1:]}) == 1
    assert burst[1] not in {ann, bob}
    assert library.get_person(bob) == bobs


@pytest.mark.parametrize("named", [False, True])
def test_twins_in_one_photo_are_two_people(library: Library, named: bool) -> None:
    anns = photos(library, "ann", 0, 3)
    if named:
        library.edits.update(anns, display_name="Ann")
    first, second = add(library, "both1", LIKENESS.of(0, 0.9), LIKENESS.of(0, 0.8))
    assert (first, second) == (anns, None)
    add(library, "both2", LIKENESS.of(0, 0.9), LIKENESS.of(0, 0.8))
    together = people(library, "both1", "both2")
    assert together[0] == together[2] == anns
    assert together[1] == together[3]
    assert together[1] not in {None, anns}


@pytest.mark.parametrize("named", [False, True])
def test_a_face_does_not_join_a_person_whose_blurred_face_is_in_its_photo(library: Library, named: bool) -> None:
    young = photos(library, "young", YOUNG, 3)
    if named:
        library.edits.update(young, display_name="Ann")
    clear, blurred = face(LIKENESS.face(*OLD)), replace(face(LIKENESS.face(*BETWEEN)), quality=0.2)
    library.add_image(replace(analysis("both"), faces=(clear, blurred), embedding_space="space"))
    assert people(library, "both") == [None, young], "only the blurred face is to resemble the person yet"
    photos(library, "between", BETWEEN, 6)
    assert people(library, "between0") == [young], "the clear face is to resemble the person now"
    # What a user said of a person holds for every face that the person has; of others a blurred face makes way.
    assert people(library, "both") == ([None, young] if named else [young, None])


def test_the_same_face_twice_in_one_photo_stays_two(library: Library) -> None:
    shot = LIKENESS.of(0)
    assert add(library, "mirror", shot, shot) == [None, None]
    first, second = add(library, "again", shot, shot)
    assert first is not None
    assert second is not None
    assert first != second


def test_those_who_come_together_become_the_larger_one(library: Library) -> None:
    young, old = photos(library, "young", YOUNG, 10), photos(library, "old", OLD, 3)
    assert young != old
    photos(library, "between", BETWEEN, 6)
    assert [(one.id, one.face_count) for one in library.list_people(limit=9).items] == [(young, 19)]


def test_named_people_are_never_made_one(library: Library) -> None:
    young, old = photos(library, "young", YOUNG, 4), photos(library, "old", OLD, 3)
    library.edits.update(young, display_name="Ann")
    library.edits.update(old, display_name="Bob")
    photos(library, "between", BETWEEN, 6)
    assert set(people(library, *(f"young{number}" for number in range(4)))) == {young}
    assert set(people(library, *(f"old{number}" for number in range(3)))) == {old}
    assert (library.get_person(young).display_name, library.get_person(old).display_name) == ("Ann", "Bob")


def test_a_named_person_takes_others_in_whatever_their_number(library: Library) -> None:
    young, old = photos(library, "young", YOUNG, 3), photos(library, "old", OLD, 4)
    library.edits.update(young, display_name="Ann")
    photos(library, "between", BETWEEN, 6)
    assert people(library, "young0", "between0", "old0") == [young] * 3
    assert [one.id for one in library.list_people(limit=9).items] == [young] != [old]


def test_a_hidden_person_stays_hidden_and_grows(library: Library) -> None:
    ann = photos(library, "ann", 0, 2)
    library.edits.update(ann, hidden=True)
    assert add(library, "more", LIKENESS.of(0)) == [ann]
    assert library.list_people(limit=9).items == ()


def test_deleting_photos_leaves_a_named_person_the_others(library: Library) -> None:
    ann = photos(library, "ann", 0, 4)
    library.edits.update(ann, display_name="Ann")
    for number in range(3):
        library.delete_image(sha256(f"ann{number}"))
    assert library.get_person(ann).face_count == 1
    assert add(library, "later", LIKENESS.of(0)) == [ann]


def test_a_person_who_is_not_named_ends_with_the_last_but_one_face(library: Library) -> None:
    photos(library, "ann", 0, 2)
    library.delete_image(sha256("ann0"))
    assert library.list_people(limit=9).items == ()
    assert people(library, "ann1") == [None]


def test_deleting_what_held_two_together_parts_them(library: Library) -> None:
    young = photos(library, "young", YOUNG, 10)
    photos(library, "old", OLD, 2)
    photos(library, "between", BETWEEN, 6)
    assert people(library, "young0", "old0") == [young] * 2
    for number in range(6):
        library.delete_image(sha256(f"between{number}"))
    assert set(people(library, "young0", "young1", "young2")) == {young}
    (old,) = set(people(library, "old0", "old1"))
    assert old not in {young, None}


def test_blurred_faces_join_but_neither_found_nor_bridge(library: Library) -> None:
    def blurred(name: str, embedding: Embeddings) -> str | None:
        blurred_face = replace(face(embedding), quality=0.2)
        added = library.add_image(replace(analysis(name), faces=(blurred_face,), embedding_space="space"))
        return added.image.faces[0].person_id

    assert [blurred(f"early{number}", LIKENESS.of(0)) for number in range(3)] == [None] * 3
    ann = photos(library, "ann", 0, 2)
    assert people(library, "early0", "early1", "early2") == [ann] * 3
    assert blurred("late", LIKENESS.of(0)) == ann
    bob = photos(library, "bob", OLD, 2)
    for number in range(6):
        assert blurred(f"between{number}", LIKENESS.face(*BETWEEN)) in {ann, bob}
    assert (person(library, "ann0"), person(library, "bob0")) == (ann, bob)
    for name in ("ann0", "ann1"):
        library.delete_image(sha256(name))
    assert people(library, "early0", "late") == [None, None]


def test_people_are_the_same_after_reopening(library: Library, tmp_path: Path) -> None:
    photos(library, "ann", 0, 3)
    add(library, "both", LIKENESS.of(0), LIKENESS.of(1))
    bob = photos(library, "bob", 1, 2)
    before = library.list_people(limit=9), library.list_faces(limit=50)
    library.close()
    again = Library(tmp_path / "a.duckdb", "a")
    assert (again.list_people(limit=9), again.list_faces(limit=50)) == before
    assert add(again, "more", LIKENESS.of(1)) == [bob]
    again.close()
