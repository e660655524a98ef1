"""Measures the detector while twice as many photos arrive as it can take."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.serving.detection import detect_call
from benchmarks.serving.load import Arrivals, Call, closed_loop, open_loop, p99
from benchmarks.serving.meter import Meter
from benchmarks.serving.row import Row, Sense
from benchmarks.serving.services import Services
from benchmarks.table import Table

SLICES: Final = 3

_IN_FLIGHT: Final = 4
_LONGER: Final = 2  # a p99 needs more calls than a mean
_LATENCY_BAR: Final = 4.0
_SPEED_BAR: Final = 90.0
_WARM_UP_SECONDS: Final = 0.2
_MEASURES: Final = (
    "capacity, photos/s", "p99 at half, ms", "p99 at twice, ms", "ratio of the two", "of the capacity at twice",
    "accepted at twice", "refused at twice", "p99 of refusals, ms", "refusals without RetryInfo", "others' cores",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OverloadRound:
    """One round.

    Attributes:
        capacity: photos a second when each call waits for the one before.
        half: calls at half the capacity.
        twice: calls at twice the capacity.
        other_cores: cores that other programs kept busy while twice the capacity came.

    """

    capacity: float
    half: Arrivals
    twice: Arrivals
    other_cores: float

    @property
    def slower(self) -> float:
        """How many times as long the slowest hundredth of accepted calls took at twice the capacity."""
        return p99(self.twice.accepted) / max(p99(self.half.accepted), 1e-9)

    @property
    def kept(self) -> float:
        """Per cent of the capacity that was left at twice the capacity."""
        return 100 * len(self.twice.accepted) / self.twice.seconds / self.capacity


async def measure_overload(
    services: Services,
    names: Sequence[str],
    photos: Sequence[Path],
    rounds: int,
    seconds: float,
    advance: Callable[[], None],
) -> dict[str, list[OverloadRound]]:
    """Measure the capacity of each detector of `names` in turn, then let half and twice as many photos come."""
    files = [path.read_bytes() for path in photos]
    found: dict[str, list[OverloadRound]] = {name: [] for name in names}
    async with AsyncExitStack() as channels:
        calls = {name: detect_call(await channels.enter_async_context(services.channel(name)), files) for name in names}
        for number in range(rounds):
            for name, call in calls.items():
                await closed_loop(call, _IN_FLIGHT, _WARM_UP_SECONDS)
                found[name].append(await _round(services, name, call, number, seconds, advance))
    return found


async def _round(
    services: Services, name: str, call: Call, number: int, seconds: float, advance: Callable[[], None]
) -> OverloadRound:
    meter = Meter(services.only(name))
    capacity = meter.stop(await closed_loop(call, _IN_FLIGHT, seconds)).rate
    advance()
    half = await open_loop(call, capacity / 2, _LONGER * seconds, seed=2 * number)
    advance()
    meter = Meter(services.only(name))
    twice = await open_loop(call, 2 * capacity, _LONGER * seconds, seed=2 * number + 1)
    spent = meter.stop(len(twice.accepted))
    advance()
    return OverloadRound(capacity, half, twice, spent.other_cores)


def overload_rows(rounds: Sequence[OverloadRound], remedy: str) -> list[Row]:
    """Return the claims about overload; `remedy` says what would change the latency."""
    slower, kept = [one.slower for one in rounds], [one.kept for one in rounds]
    silent = sum(one.twice.without_retry for one in rounds)
    failed = f"{silent} refusals did not say when to come again (no RetryInfo)." if silent else ""
    refusal = 1e3 * median(p99(one.twice.refused) for one in rounds)
    share = median(len(one.twice.refused) / (len(one.twice.refused) + len(one.twice.accepted)) for one in rounds)
    cost = f"{100 * share:.0f} % of the calls were refused, with a p99 of {refusal:.0f} ms until the refusal."
    return [
        Row("detector, p99 of accepted calls at twice the capacity, beside that at half of it",
            median(slower), _LATENCY_BAR, Sense.AT_MOST, "x", (min(slower), max(slower)), f"{cost} {remedy}", failed),
        Row("detector, photos/s at twice the capacity, beside its capacity",
            median(kept), _SPEED_BAR, Sense.AT_LEAST, " %", (min(kept), max(kept)),
            f"{cost} Receiving and refusing them costs CPU time that photos would need, here and there."),
    ]  # fmt: skip


def overload_table(variants: dict[str, Sequence[OverloadRound]]) -> Table:
    """Return the medians of each detector."""
    rows = tuple(zip(_MEASURES, *map(_cells, variants.values()), strict=True))
    return Table("Overload", ("", *variants), rows)


def _cells(rounds: Sequence[OverloadRound]) -> tuple[str, ...]:
    return (
        f"{median(one.capacity for one in rounds):.1f}",
        f"{1e3 * median(p99(one.half.accepted) for one in rounds):.0f}",
        f"{1e3 * median(p99(one.twice.accepted) for one in rounds):.0f}",
        f"{median(one.slower for one in rounds):.1f}x",
        f"{median(one.kept for one in rounds):.0f} %",
        f"{sum(len(one.twice.accepted) for one in rounds)}",
        f"{sum(len(one.twice.refused) for one in rounds)}",
        f"{1e3 * median(p99(one.twice.refused) for one in rounds):.0f}",
        f"{sum(one.twice.without_retry for one in rounds)}",
        f"{median(one.other_cores for one in rounds):.2f}",
    )
