"""Reclustering a library: what it mends, what it leaves alone, and who may do it when."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from services.catalog.library import Library
from services.catalog.reclustering import GROUPS_AT_ONCE, ReclusteringProgress
from services.common.errors import FailedPreconditionError, InvalidArgumentError, Reason
from services.common.number_text import float64_text
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.people.likenesses import Likenesses

PHOTOS = 12


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A library of three people whose rows know nobody, as another program or an older rule might leave them."""
    path = tmp_path / "a.duckdb"
    likenesses = Likenesses()
    library = Library(path, "a")
    for number in range(PHOTOS):
        library.add_image(analysis(str(number), likenesses.of(number % 3)))
    library.close()
    with duckdb.connect(path) as connection:
        connection.execute("UPDATE face SET person = 0")
        connection.execute("DELETE FROM person")
    return path


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    library = Library(path, "a")
    yield library
    library.close()


def recluster(library: Library, eps: float | None = None) -> list[ReclusteringProgress]:
    run = library.reclustering.begin(eps=eps)
    steps = list(iter(run.advance, None))
    run.close()
    return steps


def test_everybody_is_found_again(library: Library) -> None:
    assert library.record().person_count == 0
    steps = recluster(library)
    assert steps[-1].moved == PHOTOS
    assert steps[-1].done == steps[-1].total
    people = library.list_people(limit=9).items
    assert [one.face_count for one in people] == [4, 4, 4]
    assert recluster(library)[-1].moved == 0
    assert library.list_people(limit=9).items == people


@pytest.mark.parametrize("eps", [0.01, 0.1, 0.3])
def test_ids_and_names_outlive_a_change_of_eps(library: Library, path: Path, eps: float) -> None:
    recluster(library)
    ann = library.list_people(limit=9).items[0]
    library.edits.update(ann.id, display_name="Ann")
    before = library.list_people(limit=9).items
    recluster(library, eps)
    assert library.list_people(limit=9).items == before
    library.close()
    again = Library(path, "a")
    assert again.list_people(limit=9).items == before
    again.close()


def test_one_at_a_time_and_photos_meanwhile(library: Library) -> None:
    run = library.reclustering.begin()
    assert run.advance() is not None
    with pytest.raises(FailedPreconditionError) as caught:
        library.reclustering.begin()
    assert caught.value.reason is Reason.RECLUSTERING_IN_PROGRESS
    library.delete_image(sha256("0"))
    library.add_image(analysis("new", Likenesses().of(1)))
    while run.advance():
        pass
    run.close()
    run.close()
    assert run.advance() is None
    assert [one.face_count for one in library.list_people(limit=9).items] == [5, 4, 3]
    library.reclustering.begin().close()


def test_faces_that_go_between_two_steps_end_no_run(tmp_path: Path) -> None:
    library = Library(tmp_path / "a.duckdb", "a")
    strangers = range(GROUPS_AT_ONCE + 6)
    for number in strangers:
        library.add_image(analysis(str(number), direction(0.0, plane=number)))
    run = library.reclustering.begin()
    assert run.advance() is not None
    # One whose turn has not come, one of a number that a new face may get, and the first of those that are left.
    for number in (strangers[-3], strangers[-1], strangers[-6]):
        library.delete_image(sha256(str(number)))
    library.add_image(analysis("twin", direction(0.01, plane=strangers[-2])))
    while run.advance():
        pass
    run.close()
    assert [one.face_count for one in library.list_people(limit=9).items] == [2]
    library.close()


def test_a_run_that_is_given_up_leaves_the_library_whole(library: Library) -> None:
    library.reclustering.begin().close()
    assert library.record().person_count == 0
    assert recluster(library)[-1].moved == PHOTOS


@pytest.mark.parametrize("eps", [0.0, 1e-320, 9e-7, 2.0, float("nan")])
def test_parameters_have_a_range(library: Library, eps: float) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        library.reclustering.begin(eps=eps)
    assert (caught.value.reason, caught.value.field) == (Reason.PARAMETER_OUT_OF_RANGE, "eps")
    assert caught.value.metadata == {"minimum": "0.000001", "limit": "2", "value": float64_text(eps)}
    assert recluster(library)[-1].moved == PHOTOS


def test_the_smallest_eps_is_in_range(library: Library) -> None:
    assert recluster(library, eps=1e-6)[-1].done > 0


@pytest.mark.parametrize(("eps", "told"), [(2.0000001, "2.0000001"), (-5e-324, "-5e-324"), (2.0, "2")])
def test_a_parameter_just_beyond_its_limits_is_told_as_it_was_sent(library: Library, eps: float, told: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        library.reclustering.begin(eps=eps)
    assert (caught.value.reason, caught.value.field) == (Reason.PARAMETER_OUT_OF_RANGE, "eps")
    assert caught.value.message == f"eps must be at least 0.000001 and below 2, and {told} is not."
    assert caught.value.metadata == {"minimum": "0.000001", "limit": "2", "value": told}


@pytest.mark.parametrize("min_samples", [1, 101, 3_000_000, 2**31 - 1])
def test_more_neighbours_than_a_face_can_have_are_not_stored(library: Library, min_samples: int) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        library.reclustering.begin(min_samples=min_samples)
    assert (caught.value.reason, caught.value.field) == (Reason.PARAMETER_OUT_OF_RANGE, "min_samples")
    assert caught.value.metadata == {"minimum": "2", "limit": "100", "value": str(min_samples)}
    assert recluster(library)[-1].moved == PHOTOS


def test_every_parameter_that_is_out_of_range_is_named(library: Library) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        library.reclustering.begin(eps=-1.0, min_samples=0)
    assert [violation.field for violation in caught.value.violations] == ["eps", "min_samples"]


@pytest.mark.parametrize(
    ("eps", "min_samples", "min_quality"), [(0.2, 2**31 - 1, 0.45), (1e-320, 2, 0.45), (float("nan"), -5, 9.0)]
)
def test_a_library_with_parameters_beyond_reason_opens(
    path: Path, eps: float, min_samples: int, min_quality: float
) -> None:
    with duckdb.connect(path) as connection:
        connection.execute(
            "UPDATE library SET eps = ?, min_samples = ?, min_quality = ?", [eps, min_samples, min_quality]
        )
    library = Library(path, "a")
    library.memory.load_people()
    library.add_image(analysis("new", Likenesses().of(1)))
    assert recluster(library)[-1].done > 0
    library.close()
