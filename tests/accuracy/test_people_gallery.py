import numpy as np
import pytest

from accuracy.people.gallery import Part, draw, held_out
from tests.accuracy.people_examples import crowd, face_set


def test_galleries_hold_whole_people_and_the_size_asked_for() -> None:
    people = [0] * 5 + [1] * 3 + [2] * 2 + [3, 4, 5, 6, -1, -1]
    faces = face_set(np.eye(len(people)), people)
    for gallery in draw(faces, Part.EVERYONE, 6, 20).galleries:
        assert len(gallery) == len(set(gallery.tolist())) == 6
        for person in np.unique(faces.people[gallery]):
            assert person >= 0
            assert (faces.people[gallery] == person).sum() == (faces.people == person).sum()


def test_draws_differ_and_come_again() -> None:
    faces = crowd(20, 2)
    one, other = draw(faces, Part.EVERYONE, 10, 2).galleries
    assert set(one.tolist()) != set(other.tolist())
    assert np.array_equal(one, draw(faces, Part.EVERYONE, 10, 1).galleries[0])


@pytest.mark.parametrize("size", [6, None])
def test_held_out_people_are_those_nothing_was_fitted_on(size: int | None) -> None:
    faces = crowd(11, 2, strangers=3)
    fitted = np.random.default_rng(7).permutation(np.arange(11))[:5]
    (gallery,) = draw(faces, Part.HELD_OUT, size, 1).galleries
    assert set(held_out(faces.people)) == set(range(11)) - set(fitted.tolist())
    assert not np.isin(faces.people[gallery], fitted).any()
    assert len(gallery) == (size or 12)


def test_all_faces_are_known_ones_in_random_order() -> None:
    (gallery,) = (draws := draw(crowd(8, 2, strangers=5), Part.EVERYONE, None, 1)).galleries
    assert sorted(gallery.tolist()) == list(range(16))
    assert gallery.tolist() != list(range(16))
    assert (draws.title, draws.faces) == ("all 16", 16)
