"""The rules of people, through a library with real clusters: faces in one plane, a tenth of a radian apart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.library import Library
from tests.catalog.synthetic import analysis, direction, sha256

# Neighbours are at most one step apart.
_STEP, _EPS = 0.1, 0.0051


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path / "a.duckdb", "a", parameters=ClusteringParameters(eps=_EPS))
    yield library
    library.close()


def add(library: Library, *positions: float) -> None:
    for position in positions:
        library.add_image(analysis(str(position), direction(position * _STEP)))


def person(library: Library, position: float) -> str | None:
    image = library.find_image(sha256(str(position)))
    assert image is not None
    return image.faces[0].person_id


def people(library: Library, *positions: float) -> list[str | None]:
    return [person(library, position) for position in positions]


def name(library: Library, position: float, display_name: str) -> str:
    found = person(library, position)
    assert found is not None
    return library.update_person(found, display_name=display_name).id


def test_a_stranger_has_no_person_until_seen_again(library: Library) -> None:
    add(library, 0)
    assert person(library, 0) is None
    add(library, 1)
    first = person(library, 0)
    assert first is not None
    assert people(library, 1) == [first]
    add(library, 2)
    assert people(library, 0, 1, 2) == [first] * 3
    assert library.get_person(first).face_count == 3


def test_the_named_absorbs_the_larger(library: Library) -> None:
    add(library, 0, 1, 3, 4, 5, 6)
    ann = name(library, 0, "Ann")
    add(library, 2)
    assert people(library, 0, 1, 2, 3, 4, 5, 6) == [ann] * 7
    assert [found.id for found in library.list_people(limit=10).items] == [ann]


def test_of_two_without_a_name_the_larger_remains(library: Library) -> None:
    add(library, 0, 1, 3, 4, 5)
    larger = person(library, 3)
    add(library, 2)
    assert set(people(library, 0, 1, 2, 3, 4, 5)) == {larger}


def test_of_two_alike_the_older_remains(library: Library) -> None:
    add(library, 0, 1, 3, 4)
    older = person(library, 0)
    add(library, 2)
    assert set(people(library, 0, 1, 2, 3, 4)) == {older}


def test_two_named_people_stay_apart_and_new_faces_follow_the_nearest(library: Library) -> None:
    add(library, 0, 1, 3, 4)
    ann, bob = name(library, 0, "Ann"), name(library, 3, "Bob")
    add(library, 1.9, 2.5)
    assert people(library, 0, 1, 3, 4) == [ann, ann, bob, bob]
    assert people(library, 1.9, 2.5) == [ann, bob]
    add(library, 0.5, 3.5)
    assert people(library, 0.5, 3.5) == [ann, bob]
    assert library.get_person(ann).display_name == "Ann"
    assert library.get_person(bob).display_name == "Bob"


def test_a_hidden_person_and_a_named_one_stay_apart(library: Library) -> None:
    add(library, 0, 1, 3, 4)
    hidden = person(library, 0)
    assert hidden is not None
    library.update_person(hidden, hidden=True)
    ann = name(library, 3, "Ann")
    add(library, 2)
    assert people(library, 0, 1, 3, 4) == [hidden, hidden, ann, ann]


def test_a_hidden_person_absorbs_a_larger_one_and_stays_hidden(library: Library) -> None:
    add(library, 0, 1, 3, 4, 5)
    hidden = person(library, 0)
    assert hidden is not None
    library.update_person(hidden, hidden=True)
    add(library, 2)
    assert set(people(library, 0, 1, 2, 3, 4, 5)) == {hidden}
    assert library.get_person(hidden).hidden


def test_a_split_leaves_the_person_the_larger_part(library: Library) -> None:
    add(library, 0, 1, 2, 3, 4, 5)
    ann = name(library, 0, "Ann")
    library.delete_image(sha256("2"))
    assert people(library, 3, 4, 5) == [ann] * 3
    other = person(library, 0)
    assert other not in {ann, None}
    assert person(library, 1) == other


def test_a_split_in_halves_leaves_the_person_the_oldest_face(library: Library) -> None:
    add(library, 3, 4, 0, 1, 2)
    first = person(library, 3)
    library.delete_image(sha256("2"))
    assert people(library, 3, 4) == [first, first]
    assert person(library, 0) == person(library, 1) != first


def test_the_last_face_of_a_named_person_keeps_the_name(library: Library) -> None:
    add(library, 0, 1)
    ann = name(library, 0, "Ann")
    library.delete_image(sha256("1"))
    assert person(library, 0) == ann
    add(library, 0.5)
    assert person(library, 0.5) == ann
    library.delete_image(sha256("0.5"))
    library.delete_image(sha256("0"))
    assert library.list_people(limit=10, include_hidden=True).items == ()


def test_a_person_without_a_name_ends_with_the_cluster(library: Library) -> None:
    add(library, 0, 1)
    library.delete_image(sha256("1"))
    assert person(library, 0) is None
    assert library.record().person_count == 0


def test_a_bridge_of_one_image_joins_all_at_once(library: Library) -> None:
    add(library, 0, 1, 4, 5)
    library.add_image(analysis("bridge", direction(2 * _STEP), direction(3 * _STEP)))
    assert len(set(people(library, 0, 1, 4, 5))) == 1


def test_a_restart_changes_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    library = Library(path, "a", parameters=ClusteringParameters(eps=_EPS))
    add(library, 0, 1, 3, 4, 2)
    name(library, 0, "Ann")
    before = library.list_people(limit=10).items, library.list_faces(limit=10).items
    library.close()
    library = Library(path, "a")
    library.load()
    assert (library.list_people(limit=10).items, library.list_faces(limit=10).items) == before
    add(library, 5)
    assert person(library, 5) == before[0][0].id
    library.close()
