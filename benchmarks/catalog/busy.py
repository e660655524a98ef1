"""What readers and watchers meet while somebody indexes into the same library, each in a process of its own.

`python -m benchmarks.catalog.busy read|watch TARGET SECONDS FIRST` is one of them; see `parallel`.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Final

import grpc
import numpy as np

from albumen.catalog.v1.event_service_pb2 import WatchLibraryRequest
from albumen.catalog.v1.event_service_pb2_grpc import EventServiceStub
from albumen.catalog.v1.image_service_pb2 import ImageFilter, ListImagesRequest
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceStub
from benchmarks.catalog.measuring import Values, waits_of
from benchmarks.catalog.parallel import SECONDS, helper, indexing
from benchmarks.catalog.prepared import PARENT
from benchmarks.catalog.recipe import RANKS, label_names
from benchmarks.catalog.service import UPKEEP_SECONDS, RunningCatalog
from benchmarks.catalog.writes import index_photo
from services.common.wire.channel import DIRECT

READERS: Final = (1, 8)

_MODULE: Final = "benchmarks.catalog.busy"
_PAGE: Final = 50
_PAGES: Final = 3
_PAUSE_SECONDS: Final = 0.003
_CALL_SECONDS: Final = 60
# Conditions and orders that have little in common: of columns in memory, of texts in rows, of people, of both ways.
_LABELS: Final = [label_names()[rank] for rank in RANKS]
_QUERIES: Final = (
    ("", ""),
    ("", "capture_time desc"),
    ("", "file_name"),
    (f'objects:"{_LABELS[0]}"', ""),
    (f'objects."{_LABELS[1]}" >= 0.6 -objects:"{_LABELS[0]}"', "capture_time"),
    ("people:*", "create_time desc"),
    ("-people:* face_count = 1", "size_bytes desc"),
    ("camera.make = apple capture_time >= 2012", "capture_time desc"),
    ("within(-10, -20, 40, 60)", "capture_time"),
    ('file_name = "IMG_00001*.jpg"', "file_name desc"),
    ('source_uri:"/2015/" OR rating >= 4', ""),
    (f'(objects:"{_LABELS[2]}" OR favorite = true) -alone(nobody)', "size_bytes"),
)


def measure_readers(catalog: RunningCatalog, numbers: Iterator[int], rounds: int) -> Values:
    """Return the waits of pages of 50, of many filters and orders, beside one client that indexes.

    Args:
        catalog: with the library.
        numbers: of new photos.
        rounds: in which the same is done.

    """
    values: Values = {}
    for readers in READERS:
        waits, indexed = list[list[float]](), list[float]()
        for _ in range(rounds):
            catalog.wait_until_idle(UPKEEP_SECONDS)
            with ExitStack() as stack:
                index = stack.enter_context(indexing(catalog.target, next(numbers), 1))
                reads = [stack.enter_context(helper(_MODULE, "read", catalog.target, at)) for at in range(readers)]
                with ThreadPoolExecutor(1 + readers) as pool:
                    done = pool.submit(index)
                    waits.append([wait for found in pool.map(lambda read: read(), reads) for wait in found])
                indexed += done.result()
            _skip(numbers, len(indexed))
        name = f"readers_{readers}"
        values[f"{name}.p95"] = [float(np.percentile(found, 95)) for found in waits]
        values |= waits_of(name, [wait for found in waits for wait in found])
        values[f"{name}.rate"] = [len(indexed) / rounds / SECONDS]
    return values


def measure_watching(catalog: RunningCatalog, numbers: Iterator[int], rounds: int) -> Values:
    """Return how long after the answer to whoever indexed a watcher is told, and what watching costs who indexes."""
    delays, costs = list[float](), list[float]()
    for _ in range(rounds):
        costs.append(_indexing_cpu(catalog, numbers))
        with _watcher(catalog.target):
            costs[-1] = _indexing_cpu(catalog, numbers) / costs[-1]
        with helper(_MODULE, "watch", catalog.target, next(numbers)) as watch:
            found = watch()
        _skip(numbers, len(found))
        delays += found
    return {"watching.cost": costs, **waits_of("watching", delays)}


def _indexing_cpu(catalog: RunningCatalog, numbers: Iterator[int]) -> float:
    """Return CPU ms a photo that one client indexes."""
    catalog.wait_until_idle(UPKEEP_SECONDS)
    before = catalog.usage().cpu_seconds
    with indexing(catalog.target, next(numbers), 1) as index:
        indexed = len(index())
    _skip(numbers, indexed)
    return 1e3 * (catalog.usage().cpu_seconds - before) / indexed


def _skip(numbers: Iterator[int], used: int) -> None:
    """Pass over numbers of photos that were used."""
    for _ in range(used):
        next(numbers)


@contextmanager
def _watcher(target: str) -> Iterator[dict[str, float]]:
    """Watch the library while a block lasts; gives when each image was told of."""
    told: dict[str, float] = {}
    with grpc.insecure_channel(target, options=DIRECT) as channel:
        stream = EventServiceStub(channel).WatchLibrary(WatchLibraryRequest(name=PARENT))
        begun = threading.Event()

        def listen() -> None:
            try:
                for response in stream:
                    now = time.perf_counter()
                    told.update((event.resource, now) for event in response.events)
                    begun.set()
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.CANCELLED:
                    raise

        thread = threading.Thread(target=listen)
        thread.start()
        begun.wait(_CALL_SECONDS)
        yield told
        stream.cancel()
        thread.join()


def read_pages(target: str, seconds: float, first: int) -> list[float]:
    """Read the first pages of each query, from that at place `first` on, with short pauses; return the ms of each."""
    waits = list[float]()
    with grpc.insecure_channel(target, options=DIRECT) as channel:
        stub: ImageServiceStub = ImageServiceStub(channel)
        until = time.perf_counter() + seconds
        for at in count(first):
            expression, order_by = _QUERIES[at % len(_QUERIES)]
            request = ListImagesRequest(
                parent=PARENT, page_size=_PAGE, filter=ImageFilter(expression=expression), order_by=order_by
            )
            for _ in range(_PAGES):
                if (started := time.perf_counter()) > until:
                    return waits
                page = stub.ListImages(request, timeout=_CALL_SECONDS)
                waits.append(1e3 * (time.perf_counter() - started))
                time.sleep(_PAUSE_SECONDS)
                request.page_token = page.next_page_token
                if not page.next_page_token:
                    break
    return waits


def watch_indexing(target: str, seconds: float, first: int) -> list[float]:
    """Index new photos; return how many ms after each answer the event of the image came, 0 where it came before."""
    answered: dict[str, float] = {}
    with _watcher(target) as told, grpc.insecure_channel(target, options=DIRECT) as channel:
        stub: ImageServiceStub = ImageServiceStub(channel)
        until = time.perf_counter() + seconds
        for number in count(first):
            if time.perf_counter() > until:
                break
            name = index_photo(stub, number).image.name
            answered[name] = time.perf_counter()
        waited = time.perf_counter()
        while not answered.keys() <= told.keys() and time.perf_counter() < waited + _CALL_SECONDS:
            time.sleep(_PAUSE_SECONDS)
        return [1e3 * max(0.0, told[name] - at) for name, at in answered.items()]


def main(name: str, target: str, seconds: float, first: int) -> None:
    """Run one of the two."""
    work = {"read": read_pages, "watch": watch_indexing}[name]
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(work(target, seconds, first)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
