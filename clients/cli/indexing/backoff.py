"""How long to wait before the same call is made again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential waits that obey what the server asks for.

    Attributes:
        attempts: calls in all, the first one included.
        first_seconds: wait after the first failure; each later one is twice as long.
        longest_seconds: bound of every wait, whatever the server asks for.

    """

    attempts: int = 8
    first_seconds: float = 0.25
    longest_seconds: float = 10.0

    def delay(self, failures: int, retry_after: float | None) -> float | None:
        """Return the seconds to wait after the given number of failures, or None when it is time to give up.

        Args:
            failures: how often the call has failed, >= 1.
            retry_after: seconds that the server asks to wait (google.rpc.RetryInfo), if it does.

        """
        if failures >= self.attempts:
            return None
        wait = max(self.first_seconds * 2.0 ** (failures - 1), retry_after or 0.0)
        return min(wait, self.longest_seconds)
