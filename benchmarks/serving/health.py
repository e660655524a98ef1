"""Measures how long a health check takes while a service is overloaded."""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from albumen.embedder.v1.embedder_service_pb2_grpc import EmbedderServiceStub
from benchmarks.serving.detection import detect_call
from benchmarks.serving.embedding import embed_request
from benchmarks.serving.load import Call, closed_loop, p99
from benchmarks.serving.material import Material
from benchmarks.serving.prober import probing
from benchmarks.serving.row import Row, Sense
from benchmarks.serving.services import Services
from benchmarks.table import Table

SLICES: Final = 2

_CLIENTS: Final = 16
_FACES_A_CALL: Final = 8
_BAR_MS: Final = 50.0

Checks = Mapping[str, Sequence[Sequence[float]]]


async def measure_health(
    services: Services,
    material: Material,
    photos: Sequence[Path],
    rounds: int,
    seconds: float,
    advance: Callable[[], None],
) -> dict[str, list[list[float]]]:
    """Return the seconds of each Check, by service and round, with 16 calls under way all the time."""
    found: dict[str, list[list[float]]] = {"detector": [], "embedder": []}
    async with services.channel("detector") as detector, services.channel("embedder") as embedder:
        stub, request = EmbedderServiceStub(embedder), embed_request(material, _FACES_A_CALL)

        async def embed() -> int:
            await stub.Embed(request, timeout=60)
            return 1

        calls = {"detector": detect_call(detector, [path.read_bytes() for path in photos]), "embedder": embed}
        for _ in range(rounds):
            for name, call in calls.items():
                found[name].append(await _saturated(services.addresses[name], call, seconds))
                advance()
    return found


def health_rows(checks: Checks) -> list[Row]:
    """Return the claims about health checks."""
    rows = []
    for name, rounds in checks.items():
        slowest = [1e3 * p99(one) for one in rounds]
        middle = 1e3 * median(median(one) for one in rounds)
        cost = f"The median is {middle:.0f} ms: a Check waits for the event loop, and that for a core and for Python."
        claim = f"{name}, p99 of a health Check while 16 calls are under way"
        rows.append(Row(claim, median(slowest), _BAR_MS, Sense.AT_MOST, " ms", (min(slowest), max(slowest)), cost))
    return rows


def health_table(checks: Checks) -> Table:
    """Return the medians of the rounds."""
    rows = [
        (name, str(sum(map(len, rounds))), f"{1e3 * median(median(one) for one in rounds):.1f}",
         f"{1e3 * median(p99(one) for one in rounds):.1f}", f"{1e3 * max(max(one) for one in rounds):.1f}")
        for name, rounds in checks.items()
    ]  # fmt: skip
    return Table("Health checks under load", ("", "checks", "median ms", "p99 ms", "slowest ms"), tuple(rows))


async def _saturated(address: str, call: Call, seconds: float) -> list[float]:
    async with probing(address, seconds) as checks:
        # It goes on for as long as the prober lives: beside the load, that is slow to start.
        load = asyncio.create_task(closed_loop(call, _CLIENTS, math.inf))
        try:
            return await checks
        finally:
            load.cancel()
            await asyncio.gather(load, return_exceptions=True)
