"""Runs the prober (`benchmarks.serving.probe`) beside a load."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from typing import Final

_START_SECONDS: Final = 60


@contextlib.asynccontextmanager
async def probing(address: str, seconds: float) -> AsyncIterator[asyncio.Task[list[float]]]:
    """Ask for a service's health in a process of its own; the task has the seconds of each Check, once it is done.

    Args:
        address: of the service.
        seconds: how long to ask, from where the first answer has come.

    """
    prober = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.serving.probe", address, str(seconds), stdout=asyncio.subprocess.PIPE
    )

    async def result() -> list[float]:
        output, _ = await asyncio.wait_for(prober.communicate(), seconds + _START_SECONDS)
        checks: list[float] = json.loads(output)
        return checks

    task = asyncio.create_task(result())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if prober.returncode is None:
            prober.kill()
            await prober.wait()
