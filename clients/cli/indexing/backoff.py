"""How long to wait before the same call is made again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential waits that obey what the server asks for.

    Attributes:
        attempts: calls in all, the first one included.
        first_seconds: wait after the first failure; each later one is twice as long.
        longest_seconds: bound of every wait, whatever the server asks for.
        away_seconds: how long a call is repeated to somebody who is away, all waits included.

    """

    attempts: int = 8
    first_seconds: float = 0.25
    longest_seconds: float = 10.0
    away_seconds: float = 12.0

    def delay(self, failures: int, retry_after: float | None, *, away_for: float | None = None) -> float | None:
        """Return the seconds to wait after the given number of failures, or None when it is time to give up.

        Args:
            failures: how often the call has failed, >= 1.
            retry_after: seconds that the server asks to wait (google.rpc.RetryInfo), if it does.
            away_for: seconds since the first call, if somebody is away.

        """
        if failures >= self.attempts:
            return None
        wait = min(max(self.first_seconds * 2.0 ** (failures - 1), retry_after or 0.0), self.longest_seconds)
        if away_for is None:
            return wait
        # The last call is made when time is up: whoever restarts may be back just then.
        left = self.away_seconds - away_for
        return min(wait, left) if left > 0 else None
