"""What two faces have in common, and what a library that holds nothing else makes of it."""

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.library import Library
from services.catalog.people.likeness import likeliest_pair
from services.catalog.search.face_verification import FacesOfImage, OneFace
from services.common.errors import FailedPreconditionError, NotFoundError, Reason
from tests.catalog.clustering.synthetic import analysis, direction, face, sha256


@given(
    angle=st.integers(0, 12).map(lambda step: step / 8),
    qualities=st.tuples(*[st.sampled_from([0.2, 1.0])] * 2),
    parameters=st.sampled_from(
        [ClusteringParameters(), ClusteringParameters(eps=0.7), ClusteringParameters(eps=0.7, min_samples=3)]
    ),
    together=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_the_decision_is_that_of_a_library_with_these_two_faces(
    angle: float, qualities: tuple[float, float], parameters: ClusteringParameters, together: bool
) -> None:
    parameters = replace(parameters, min_quality=0.45)
    faces = [replace(face(direction(at)), quality=quality) for at, quality in zip((0, angle), qualities, strict=True)]
    photos = [("one", faces)] if together else [("one", faces[:1]), ("two", faces[1:])]
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Library(Path(folder) / "a.duckdb", "a", parameters=parameters)) as library,
    ):
        for name, some in photos:
            library.add_image(replace(analysis(name), faces=tuple(some), embedding_space="space"))
        first, second = library.list_faces(limit=9).items
        found = library.verification.verify(OneFace(first.id), OneFace(second.id))
        assert found.same_person == (first.person_id is not None and first.person_id == second.person_id)
        assert (found.first, found.second) == (first, second)


def test_the_nearer_the_likelier() -> None:
    found = [likeliest_pair(direction(0)[None], direction(step / 10)[None]) for step in range(16)]
    assert [one.probability for one in found] == sorted((one.probability for one in found), reverse=True)
    assert found[0].distance == pytest.approx(0, abs=1e-6)
    assert (found[0].probability > 0.999, found[-1].probability < 0.01) == (True, True)


def test_of_two_photos_the_likeliest_pair_is_told(library: Library) -> None:
    library.add_image(analysis("one", direction(0, 1), direction(0)))
    library.add_image(analysis("two", direction(0.3), direction(0, 2)))
    one, two = library.find_image(sha256("one")), library.find_image(sha256("two"))
    assert one is not None
    assert two is not None
    found = library.verification.verify(FacesOfImage(one.sha256), FacesOfImage(two.sha256))
    expected = sorted(item.id for item in one.faces)[1], min(item.id for item in two.faces)
    assert (found.first.id, found.second.id) == expected
    assert found.distance == pytest.approx(1 - 0.9553, abs=1e-3)
    itself = library.verification.verify(FacesOfImage(one.sha256), OneFace(expected[0]))
    assert (itself.first.id, itself.same_person) == (expected[0], True)


def test_what_can_not_be_compared(library: Library) -> None:
    library.add_image(analysis("one", direction(0)))
    library.add_image(analysis("empty"))
    one = FacesOfImage(sha256("one"))
    with pytest.raises(FailedPreconditionError) as no_face:
        library.verification.verify(one, FacesOfImage(sha256("empty")))
    assert no_face.value.reason is Reason.NO_FACE
    for other, reason in ((FacesOfImage(sha256("x")), Reason.IMAGE_NOT_FOUND), (OneFace(99), Reason.FACE_NOT_FOUND)):
        with pytest.raises(NotFoundError) as not_found:
            library.verification.verify(other, one)
        assert not_found.value.reason is reason
