from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clients.cli.connection import Catalog
from clients.cli.indexing.backoff import Backoff
from clients.cli.indexing.upload import Outcome, Result
from clients.cli.indexing.uploads import Indexing
from services.common.errors import InternalError, NotFoundError, Reason, ResourceExhaustedError, UnavailableError
from tests.clients.fake_catalog import FakeCatalog

_BRIEF = Backoff(attempts=2, first_seconds=0.001, longest_seconds=0.001)


@pytest.fixture
def photos(photo: Callable[..., Path]) -> list[Path]:
    return [photo(f"{number:02}.png", (number, 0, 0)) for number in range(20)]


def _results(outcomes: Iterator[Outcome]) -> Counter[Result]:
    return Counter(outcome.result for outcome in outcomes)


def test_every_file_has_one_outcome_and_duplicates_are_known(
    catalog: Catalog, photos: list[Path], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"x")
    indexing = Indexing(catalog, in_flight=3, backoff=_BRIEF)
    first = list(indexing.run([*photos, bad]))
    assert sorted(outcome.path for outcome in first) == sorted([*photos, bad])
    assert _results(iter(first)) == {Result.NEW: 20, Result.SKIPPED: 1}
    assert _results(Indexing(catalog, backoff=_BRIEF).run(photos)) == {Result.KNOWN: 20}


def test_files_are_taken_only_as_they_can_be_sent(catalog: Catalog, photos: list[Path]) -> None:
    taken = 0

    def count() -> Iterator[Path]:
        nonlocal taken
        for path in photos:
            taken += 1
            yield path

    done = 0
    for _ in Indexing(catalog, in_flight=3, backoff=_BRIEF).run(count()):
        assert taken <= done + 2 * 3
        done += 1
    assert done == len(photos)


def test_a_catalog_that_goes_away_ends_the_run(fake: FakeCatalog, catalog: Catalog, photos: list[Path]) -> None:
    indexing = Indexing(catalog, in_flight=3)
    results: Counter[Result] = Counter()
    for outcome in indexing.run(photos):
        results[outcome.result] += 1
        if results[Result.NEW] == 5:
            fake.close()
        if outcome.result is Result.FAILED:
            assert outcome.reason == "UNAVAILABLE"
            # A server that ends may have the time to break off a call that is under way.
            assert outcome.message.startswith(
                (
                    f"The catalog at {fake.target} can't be reached (",
                    f"The call to the catalog at {fake.target} broke off.",
                )
            )
    # Calls that were under way may be broken off, which says nothing of others; who comes then finds nobody.
    assert 1 <= results[Result.FAILED] <= 3 + 3
    assert results[Result.NEW] <= 5 + 2 * 3
    assert indexing.halted_by is not None
    assert indexing.halted_by.reason == "UNAVAILABLE"


def test_a_detector_that_was_waited_for_already_ends_the_run_without_another_try(
    fake: FakeCatalog, catalog: Catalog, photos: list[Path]
) -> None:
    fake.state.always = UnavailableError(Reason.DETECTOR_UNAVAILABLE, "Away.", retry_after=1, retried=True)
    indexing = Indexing(catalog, in_flight=1)
    assert _results(indexing.run(photos)) == {Result.FAILED: 1}
    assert indexing.halted_by is not None
    assert indexing.halted_by.reason == "DETECTOR_UNAVAILABLE"
    assert fake.state.calls == 1


def test_what_fails_now_and_then_does_not_end_the_run(fake: FakeCatalog, catalog: Catalog, photos: list[Path]) -> None:
    indexing = Indexing(catalog, in_flight=1, backoff=Backoff(attempts=1))
    results: Counter[Result] = Counter()
    for number, outcome in enumerate(indexing.run(photos)):
        results[outcome.result] += 1
        if number % 4 < 2:
            fake.state.failures = [ResourceExhaustedError(Reason.OVERLOADED, "Full.")]
    assert results == {Result.FAILED: 10, Result.NEW: 10}
    assert indexing.halted_by is None


def test_faults_of_the_service_with_single_photos_do_not_end_the_run(
    fake: FakeCatalog, catalog: Catalog, photos: list[Path]
) -> None:
    fake.state.always = InternalError(Reason.INTERNAL, "Broken.")
    assert _results(Indexing(catalog, backoff=_BRIEF).run(photos)) == {Result.FAILED: 20}


def test_what_no_file_can_pass_ends_the_run_at_once(fake: FakeCatalog, catalog: Catalog, photos: list[Path]) -> None:
    fake.state.always = NotFoundError(Reason.LIBRARY_NOT_FOUND, "Gone.")
    indexing = Indexing(catalog, in_flight=1, backoff=_BRIEF)
    assert _results(indexing.run(photos)) == {Result.FAILED: 1}
    assert indexing.halted_by is not None


def test_a_stopped_run_finishes_what_is_on_its_way(catalog: Catalog, photos: list[Path]) -> None:
    indexing = Indexing(catalog, in_flight=2, backoff=_BRIEF)
    outcomes = []
    for outcome in indexing.run(photos):
        outcomes.append(outcome.result)
        indexing.stop()
    assert set(outcomes) == {Result.NEW}
    assert len(outcomes) <= 3
