"""Measures the memory of the services after many requests, beside that after the first ones."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Final

import grpc
import numpy as np

from albumen.catalog.v1.image_service_pb2 import (
    DeleteImageRequest,
    ImageHeader,
    IndexImageBytesRequest,
    ListImagesRequest,
)
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceStub
from albumen.catalog.v1.library_service_pb2 import GetLibraryRequest
from albumen.catalog.v1.library_service_pb2_grpc import LibraryServiceStub
from albumen.catalog.v1.people_service_pb2 import ListPeopleRequest
from albumen.catalog.v1.people_service_pb2_grpc import PeopleServiceStub
from albumen.embedder.v1.embedder_service_pb2_grpc import EmbedderServiceStub
from benchmarks.serving.detection import detect_call
from benchmarks.serving.embedding import embed_request
from benchmarks.serving.load import Call
from benchmarks.serving.material import Material
from benchmarks.serving.row import Row, Sense
from benchmarks.serving.services import Services
from benchmarks.table import Table

SETTLED: Final = 500

_CLIENTS: Final = 4
_MAX_FACES: Final = 40
_LARGE_EVERY: Final = 25
_INDEX_EVERY: Final = 50
_BAR: Final = 1.1
_MEGABYTE: Final = 1e6
_CALL_SECONDS: Final = 60
_LIBRARY: Final = "memory"
_PAGE: Final = 10
_KEPT: Final = SETTLED // _INDEX_EVERY


@dataclass(frozen=True, slots=True)
class Growth:
    """What a service held.

    Attributes:
        before: bytes after the first requests.
        after: bytes after the last one.
        first: how many requests the first ones were.
        requests: how many were sent in all.
        asked: how many should have been.

    """

    before: int
    after: int
    first: int
    requests: int
    asked: int

    @property
    def ratio(self) -> float:
        """How many times as much it held."""
        return self.after / self.before


async def measure_memory(
    services: Services, material: Material, requests: int, seconds: float, advance: Callable[[], None]
) -> dict[str, Growth]:
    """Send each service `requests` of 1 to 40 faces, or as many as it answers within `seconds`."""
    faces = _mixture(requests)
    kinds = sorted(set(faces))
    found = {}
    async with services.channel("detector") as channel:
        detects = {number: detect_call(channel, [material.crowd(number)], crops=True) for number in kinds}
        found["detector"] = await _growth(services, "detector", [detects[n] for n in faces], seconds, advance)
    async with services.channel("embedder") as channel:
        embeds = {number: _embed(channel, material, number) for number in kinds}
        found["embedder"] = await _growth(services, "embedder", [embeds[n] for n in faces], seconds, advance)
    with services.stack().library(_LIBRARY):
        async with services.channel("catalog") as channel:
            calls = _catalog_calls(channel, material, faces)
            found["catalog"] = await _growth(services, "catalog", calls, seconds, advance)
    return found


def memory_rows(growths: Mapping[str, Growth]) -> list[Row]:
    """Return the claims about memory."""
    rows = []
    for name, growth in growths.items():
        cost = (
            f"It held {growth.before / _MEGABYTE:.0f} MB after {growth.first:,} requests and "
            f"{growth.after / _MEGABYTE:.0f} MB after {growth.requests:,}."
        )
        claim = f"{name}, memory after {growth.requests:,} mixed requests beside that after {growth.first:,}"
        rows.append(
            Row(claim, growth.ratio, _BAR, Sense.AT_MOST, "x", (growth.ratio, growth.ratio), cost, _failed(growth))
        )
    return rows


def memory_table(growths: Mapping[str, Growth]) -> Table:
    """Return what each service held."""
    rows = [
        (name, f"{growth.first:,}", f"{growth.before / _MEGABYTE:.0f}", f"{growth.requests:,}",
         f"{growth.after / _MEGABYTE:.0f}", f"{growth.ratio:.2f}x")
        for name, growth in growths.items()
    ]  # fmt: skip
    return Table("Memory", ("", "requests", "MB after them", "requests in all", "MB after them", "ratio"), tuple(rows))


def _failed(growth: Growth) -> str:
    if growth.requests == growth.asked:
        return ""
    return f"Not shown: the time was up after {growth.requests:,} of {growth.asked:,} requests."


def _mixture(requests: int) -> list[int]:
    """Return how many faces each request has: every tenth 1 to 40, the others one or two; the same on every run."""
    random = np.random.default_rng(0)
    return [
        int(random.integers(1, _MAX_FACES + 1) if index % _LARGE_EVERY == 0 else random.integers(1, 3))
        for index in range(requests)
    ]


async def _growth(
    services: Services, name: str, calls: Sequence[Call], seconds: float, advance: Callable[[], None]
) -> Growth:
    """Make the calls, a few at once, and look at the memory after the first ones and after the last one."""
    until, remaining, done = time.perf_counter() + seconds, iter(calls), 0
    first = min(SETTLED, max(len(calls) // 2, 1))
    before = 0

    async def client() -> None:
        nonlocal done, before
        for call in remaining:
            await call()
            done += 1
            advance()
            if done == first:
                before = services.resident(name)
            if time.perf_counter() > until and before:
                return

    await asyncio.gather(*(client() for _ in range(_CLIENTS)))
    return Growth(before, services.resident(name), first, done, len(calls))


def _embed(channel: grpc.aio.Channel, material: Material, faces: int) -> Call:
    stub, request = EmbedderServiceStub(channel), embed_request(material, faces)

    async def call() -> int:
        await stub.Embed(request, timeout=_CALL_SECONDS)
        return faces

    return call


def _catalog_calls(channel: grpc.aio.Channel, material: Material, faces: Sequence[int]) -> list[Call]:
    """Return calls that read a library, and now and then index a new photo.

    From the first few on, each new photo takes the place of the oldest: what a library holds is no part of what leaks.
    """
    images, people, libraries = ImageServiceStub(channel), PeopleServiceStub(channel), LibraryServiceStub(channel)
    parent = f"libraries/{_LIBRARY}"
    indexed: deque[str] = deque()

    async def get_library() -> int:
        await libraries.GetLibrary(GetLibraryRequest(name=parent), timeout=_CALL_SECONDS)
        return 1

    async def list_images() -> int:
        await images.ListImages(ListImagesRequest(parent=parent, page_size=_PAGE), timeout=_CALL_SECONDS)
        return 1

    async def list_people() -> int:
        await people.ListPeople(ListPeopleRequest(parent=parent, page_size=_PAGE), timeout=_CALL_SECONDS)
        return 1

    def index(number: int) -> Call:
        async def call() -> int:
            header = ImageHeader(parent=parent, file_name="crowd.jpg")
            request = IndexImageBytesRequest(header=header, content=material.crowd(number))
            indexed.append((await images.IndexImageBytes(request, timeout=_CALL_SECONDS)).image.name)
            if len(indexed) > _KEPT:
                await images.DeleteImage(DeleteImageRequest(name=indexed.popleft()), timeout=_CALL_SECONDS)
            return 1

        return call

    reads = cycle((get_library, list_images, list_people))
    return [index(number) if at % _INDEX_EVERY == 0 else next(reads) for at, number in enumerate(faces)]
