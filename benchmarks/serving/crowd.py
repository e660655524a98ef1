"""Measures the detector while ten times as many clients call as it has room for, each of which obeys RetryInfo.

By itself, on the defaults: `python -m benchmarks.serving.crowd`.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.photos import make_photos
from benchmarks.serving.detection import detect_call
from benchmarks.serving.load import Arrivals, Call, closed_loop, p99
from benchmarks.serving.meter import Meter
from benchmarks.serving.prober import probing
from benchmarks.serving.row import Row, Sense
from benchmarks.serving.services import Services, running_services
from benchmarks.table import Table
from models.home import samples_dir
from services.common.errors import ResourceExhaustedError

SLICES: Final = 3
CLIENTS: Final = 40

_IN_FLIGHT: Final = 4
_LONGER: Final = 3  # the waits are part of what is measured, and clients begin all at once
_SPEED_BAR: Final = 90.0
_REFUSAL_BAR_MS: Final = 100.0
_HEALTH_BAR_MS: Final = 50.0
_MEASURES: Final = (
    "capacity, photos/s", "photos/s for the crowd", "of the capacity", "photos/s afterwards", "accepted", "refused",
    "p99 of refusals, ms", "refusals without RetryInfo", "health Checks", "p99 of them, ms", "others' cores",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CrowdRound:
    """One round.

    Attributes:
        capacity: photos a second of four clients, before.
        crowd: what became of the crowd's calls.
        checks: seconds of each health Check meanwhile.
        recovered: photos a second of four clients, afterwards.
        other_cores: cores that other programs kept busy meanwhile.

    """

    capacity: float
    crowd: Arrivals
    checks: Sequence[float]
    recovered: float
    other_cores: float

    @property
    def kept(self) -> float:
        """Per cent of the capacity, the mean of before and after, that the crowd was served."""
        return 100 * len(self.crowd.accepted) / self.crowd.seconds / ((self.capacity + self.recovered) / 2)


async def measure_crowd(
    services: Services, photos: Sequence[Path], rounds: int, seconds: float, advance: Callable[[], None]
) -> list[CrowdRound]:
    """Let four clients call, then forty, then four again."""
    files = [path.read_bytes() for path in photos]
    found = []
    async with AsyncExitStack() as channels:
        clients = [await channels.enter_async_context(services.channel("detector", own=True)) for _ in range(CLIENTS)]
        # Connecting is no part of a refusal.
        await asyncio.gather(*(channel.channel_ready() for channel in clients))
        calls = [detect_call(channel, files) for channel in clients]
        for _ in range(rounds):
            capacity = await _rate(services, calls, seconds)
            advance()
            async with probing(services.addresses["detector"], _LONGER * seconds) as checks:
                meter = Meter(services.only("detector"))
                crowd = await _crowd(calls, _LONGER * seconds)
                spent = meter.stop(len(crowd.accepted))
                asked = await checks
            advance()
            found.append(CrowdRound(capacity, crowd, asked, await _rate(services, calls, seconds), spent.other_cores))
            advance()
    return found


async def _rate(services: Services, calls: Sequence[Call], seconds: float) -> float:
    meter = Meter(services.only("detector"))
    return meter.stop(await closed_loop(calls[0], _IN_FLIGHT, seconds)).rate


async def _crowd(calls: Sequence[Call], seconds: float) -> Arrivals:
    """Let each client call again as soon as it is answered, or when it was told to come again."""
    result = Arrivals()
    began = time.perf_counter()
    until = began + seconds

    async def client(call: Call) -> None:
        while (started := time.perf_counter()) < until:
            try:
                await call()
            except ResourceExhaustedError as error:
                result.refused.append(time.perf_counter() - started)
                result.without_retry += error.retry_after is None
                await asyncio.sleep(min(error.retry_after or 0.0, max(until - time.perf_counter(), 0)))
            else:
                result.accepted.append(time.perf_counter() - started)

    await asyncio.gather(*map(client, calls))
    result.seconds = time.perf_counter() - began
    return result


def crowd_rows(rounds: Sequence[CrowdRound]) -> list[Row]:
    """Return the claims about the crowd."""
    kept = [one.kept for one in rounds]
    refusals = [1e3 * p99(one.crowd.refused) for one in rounds]
    checks = [1e3 * p99(one.checks) for one in rounds]
    silent = sum(one.crowd.without_retry for one in rounds)
    failed = f"{silent} refusals did not say when to come again (no RetryInfo)." if silent else ""
    share = median(len(one.crowd.refused) / max(len(one.crowd.refused) + len(one.crowd.accepted), 1) for one in rounds)
    cost = f"{100 * share:.0f} % of the calls were refused; clients and prober share the cores with the detector."
    who = f"detector, {CLIENTS} clients"
    return [
        Row(f"{who} that obey RetryInfo: photos/s beside its capacity",
            median(kept), _SPEED_BAR, Sense.AT_LEAST, " %", (min(kept), max(kept)), cost, failed),
        Row(f"{who}: p99 of refusals",
            median(refusals), _REFUSAL_BAR_MS, Sense.AT_MOST, " ms", (min(refusals), max(refusals)), cost),
        Row(f"{who}: p99 of a health Check meanwhile",
            median(checks), _HEALTH_BAR_MS, Sense.AT_MOST, " ms", (min(checks), max(checks)), cost),
    ]  # fmt: skip


def crowd_table(rounds: Sequence[CrowdRound]) -> Table:
    """Return the medians of the rounds."""
    cells = (
        f"{median(one.capacity for one in rounds):.1f}",
        f"{median(len(one.crowd.accepted) / one.crowd.seconds for one in rounds):.1f}",
        f"{median(one.kept for one in rounds):.0f} %",
        f"{median(one.recovered for one in rounds):.1f}",
        f"{sum(len(one.crowd.accepted) for one in rounds)}",
        f"{sum(len(one.crowd.refused) for one in rounds)}",
        f"{1e3 * median(p99(one.crowd.refused) for one in rounds):.0f}",
        f"{sum(one.crowd.without_retry for one in rounds)}",
        f"{sum(len(one.checks) for one in rounds)}",
        f"{1e3 * median(p99(one.checks) for one in rounds):.1f}",
        f"{median(one.other_cores for one in rounds):.2f}",
    )
    return Table(f"{CLIENTS} clients", ("", "detector"), tuple(zip(_MEASURES, cells, strict=True)))


def _nothing() -> None:
    """Show no progress."""


async def _alone(folder: Path, rounds: int, seconds: float) -> list[CrowdRound]:
    photos = make_photos(samples_dir(), folder / "photos", 8, _nothing)[1::2]
    with running_services(folder / "services", 3) as services:
        return await measure_crowd(services, photos, rounds, seconds, _nothing)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="albumen-crowd-") as name:
        measured = asyncio.run(_alone(Path(name), *(int(word) for word in (*sys.argv[1:3], "3", "5")[:2])))
    for line in (crowd_table(measured).to_markdown(), *(" | ".join(row.cells()) for row in crowd_rows(measured))):
        print(line)
