"""Calls to recluster a library whose callers don't stay."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from albumen.catalog.v1 import library_service_pb2 as pb
from services.catalog.library_calls import LibraryCalls
from services.catalog.reclustering import Reclustering
from services.catalog.servicers.libraries import LibraryServicer
from services.common.bounded_executor import BoundedExecutor
from tests.catalog.clustering.synthetic import analysis, direction
from tests.catalog.leasing import LONG, Gate, leases_of

REQUEST = pb.ReclusterLibraryRequest(name="libraries/a", eps=0.3)


@pytest.fixture
def servicer(tmp_path: Path) -> Iterator[LibraryServicer]:
    """Serves the library a, of one photo."""
    leases = leases_of(tmp_path)
    with leases.lease("a") as library:
        library.add_image(analysis("photo", direction(0)))
    # One thread for both: what is asked next is done next.
    executor = BoundedExecutor("calls", workers=1, queue=8)
    yield LibraryServicer(Mock(), LibraryCalls(leases, executor, executor), executor, executor, Mock())
    executor.close()
    leases.close()


async def recluster(servicer: LibraryServicer) -> list[pb.ReclusterLibraryResponse]:
    return [step async for step in servicer.ReclusterLibrary(REQUEST, Mock())]


async def test_who_leaves_while_a_run_begins_keeps_nobody_from_another(
    servicer: LibraryServicer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, change = Gate(), Reclustering._change_parameters

    def change_slowly(self: Reclustering, eps: float | None, min_samples: int | None) -> None:
        gate()
        change(self, eps, min_samples)

    monkeypatch.setattr(Reclustering, "_change_parameters", change_slowly)
    gone = asyncio.create_task(recluster(servicer))
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    gone.cancel()
    await asyncio.wait([gone])
    gate.open.set()
    (step,) = await recluster(servicer)
    assert step.done_count == step.total_count == 1
