"""Eight clients that index at once, and somebody who reads another library meanwhile, each in a process of its own.

`python -m benchmarks.catalog.parallel index TARGET SECONDS FIRST CLIENTS` or `... read TARGET SECONDS`: it prints
``ready``, begins when its input has a line, and prints what it found as JSON.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import IO, Final

import grpc
import numpy as np

from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceStub
from albumen.catalog.v1.library_service_pb2 import CreateLibraryRequest
from albumen.catalog.v1.library_service_pb2_grpc import LibraryServiceStub
from albumen.catalog.v1.people_service_pb2 import ListPeopleRequest
from albumen.catalog.v1.people_service_pb2_grpc import PeopleServiceStub
from benchmarks.catalog.measuring import Values
from benchmarks.catalog.service import UPKEEP_SECONDS, RunningCatalog
from benchmarks.catalog.writes import index_photo
from services.common.wire.channel import DIRECT

CLIENTS: Final = 8
SECONDS: Final = 5.0

_MODULE: Final = "benchmarks.catalog.parallel"
_OTHER: Final = "other"
_PAUSE_SECONDS: Final = 0.003


def measure_parallel(catalog: RunningCatalog, first: int, rounds: int) -> Values:
    """Return photos a second with eight clients, and the waits of reads of another library idle and beside them.

    Args:
        catalog: with the library to index into; a second, empty one is made.
        first: number of the first photo.
        rounds: in which the same is done.

    """
    LibraryServiceStub(catalog.channel).CreateLibrary(CreateLibraryRequest(library_id=_OTHER))
    rates, cpu, idle, beside, worst = [], [], [], [], []
    for _ in range(rounds):
        catalog.wait_until_idle(UPKEEP_SECONDS)
        with helper(_MODULE, "read", catalog.target) as read:
            idle.append(_p99(read()))
        before = catalog.usage().cpu_seconds
        with indexing(catalog.target, first, CLIENTS) as index:
            alone = index()
        cpu.append(1e3 * (catalog.usage().cpu_seconds - before) / len(alone))
        rates.append(len(alone) / SECONDS)
        first += len(alone) + CLIENTS
        with indexing(catalog.target, first, CLIENTS) as index, helper(_MODULE, "read", catalog.target) as read:
            with ThreadPoolExecutor(1) as pool:
                indexed = pool.submit(index)
                waits = read()
            first += len(indexed.result()) + CLIENTS
        beside.append(_p99(waits))
        worst.append(max(waits))
    return {
        "parallel.rate": rates, "parallel.cpu": cpu, "other_idle.p99": idle, "other_beside.p99": beside,
        "other_beside.max": worst, "other.ratio": [one / other for one, other in zip(beside, idle, strict=True)],
    }  # fmt: skip


def index_at_once(target: str, seconds: float, first: int, clients: int) -> list[float]:
    """Index new photos with some clients; return the ms of each."""
    numbers, lock, waits = count(first), threading.Lock(), list[float]()
    with grpc.insecure_channel(target, options=DIRECT) as channel:
        stub: ImageServiceStub = ImageServiceStub(channel)
        until = time.perf_counter() + seconds

        def client(_: int) -> None:
            while (started := time.perf_counter()) < until:
                with lock:
                    number = next(numbers)
                index_photo(stub, number)
                waits.append(1e3 * (time.perf_counter() - started))

        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(client, range(clients)))
    return waits


def read_other(target: str, seconds: float) -> list[float]:
    """List the people of the empty library again and again, with short pauses; return the ms of each call."""
    request, waits = ListPeopleRequest(parent=f"libraries/{_OTHER}"), []
    with grpc.insecure_channel(target, options=DIRECT) as channel:
        stub = PeopleServiceStub(channel)
        until = time.perf_counter() + seconds
        while (started := time.perf_counter()) < until:
            stub.ListPeople(request)
            waits.append(1e3 * (time.perf_counter() - started))
            time.sleep(_PAUSE_SECONDS)
    return waits


def indexing(target: str, first: int, clients: int) -> AbstractContextManager[Callable[[], list[float]]]:
    """Start a process that indexes new photos with some clients, numbered from `first` on; see `helper`."""
    return helper(_MODULE, "index", target, first, clients)


@contextmanager
def helper(module: str, name: str, target: str, *rest: object) -> Iterator[Callable[[], list[float]]]:
    """Start a module as a process; what is yielded lets it begin, and returns what it found."""
    command = [sys.executable, "-m", module, name, target, str(SECONDS), *map(str, rest)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        output: IO[str] = process.stdout
        begin = process.stdin
        output.readline()

        def go() -> list[float]:
            begin.write("go\n")
            begin.flush()
            waits: list[float] = json.loads(output.readline())
            return waits

        yield go


def _p99(waits: list[float]) -> float:
    return float(np.percentile(waits, 99))


def main(name: str, target: str, seconds: float, *numbers: str) -> None:
    """Run one of the two."""
    print("ready", flush=True)
    sys.stdin.readline()
    waits = index_at_once(target, seconds, *map(int, numbers)) if name == "index" else read_other(target, seconds)
    print(json.dumps(waits), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), *sys.argv[4:])
