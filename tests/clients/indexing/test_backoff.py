from hypothesis import given
from hypothesis import strategies as st

from clients.cli.indexing.backoff import Backoff

_SECONDS = st.floats(min_value=0.0, max_value=1e6)


@given(st.integers(1, 60), st.none() | _SECONDS, st.integers(1, 20))
def test_waits_are_bounded_and_end(failures: int, retry_after: float | None, attempts: int) -> None:
    backoff = Backoff(attempts=attempts, first_seconds=0.5, longest_seconds=10)
    delay = backoff.delay(failures, retry_after)
    if failures >= attempts:
        assert delay is None
    else:
        assert delay is not None
        assert 0.5 <= delay <= 10
        assert delay >= min(10, retry_after or 0)


def test_somebody_who_is_away_is_waited_for_until_time_is_up() -> None:
    backoff = Backoff(away_seconds=12)
    waits: list[float] = []
    away_for = 0.0
    while (wait := backoff.delay(len(waits) + 1, None, away_for=away_for)) is not None:
        waits.append(wait)
        away_for += wait
    assert waits == [0.25, 0.5, 1, 2, 4, 4.25]


def test_waits_twice_as_long_each_time() -> None:
    backoff = Backoff(attempts=5, first_seconds=0.25, longest_seconds=1.5)
    assert [backoff.delay(failures, None) for failures in range(1, 6)] == [0.25, 0.5, 1.0, 1.5, None]
