"""Holds a service against its ceilings while a case attacks it."""

from collections.abc import Iterator
from contextlib import contextmanager

from torture.limits import CATALOG_BYTES, CPU_SECONDS, DETECTOR_BYTES, EMBEDDER_BYTES, MEGABYTE
from torture.service import Service
from torture.tally import Tally


@contextmanager
def watched(service: Service, tally: Tally, case: str, *, calls: int = 1) -> Iterator[None]:
    """Check that the service lives after the block, and what it took meanwhile.

    Args:
        service: that is attacked.
        tally: takes what is found.
        case: of the attack.
        calls: how many the block makes; CPU time has a ceiling for each.

    """
    pid, meter = service.pid, service.meter
    before = meter.cpu_seconds()
    yield
    if service.alive and service.pid == pid:
        tally.check(case, f"{service.name} CPU", meter.cpu_seconds() - before, CPU_SECONDS * calls, "s")
        check_memory(service, tally, case)
    else:
        how = "was killed, as it took 4 GB" if meter.stopped else "died"
        tally.found(case, f"the {service.name} {how}")


def check_memory(service: Service, tally: Tally, case: str) -> None:
    """Check how much memory the service took since that was asked last."""
    peak = service.meter.take_peak()
    match service.name:
        case "detector":
            limit = DETECTOR_BYTES
        case "embedder":
            limit = EMBEDDER_BYTES
        case _:
            peak -= service.started_bytes
            limit = CATALOG_BYTES
    tally.check(case, f"{service.name} memory", peak / MEGABYTE, limit / MEGABYTE, "MB")
