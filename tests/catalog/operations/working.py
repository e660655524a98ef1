"""Operations of real catalogs, whose work is done when the test says so."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services.catalog.catalog import Catalog
from services.catalog.operations.kind import Kind, Progress, Steps, Task
from services.catalog.operations.operation import Operation, OperationKey
from services.catalog.operations.operation_table import OperationBounds
from services.catalog.operations.operations import Operations
from services.common.errors import FailedPreconditionError, Reason
from services.common.limits import MAX_OPERATION_RECORD_BYTES
from tests.catalog.leasing import LONG, Gate

# What is in the names of the files of operations, of a library a.
OF_A = "a.duckdb.operations"


class Work:
    """A kind of work that counts to what it is asked for, and stops at a gate after each step if it has one.

    Attributes:
        tasks: all that it was given.
        closed: how many generators were closed, be it at their end.

    """

    def __init__(self, name: str = "counting", gate: Gate | None = None, **others: Any) -> None:
        self.gate = gate
        self.tasks: list[Task] = []
        self.closed = 0
        self.kind = Kind(name, self._steps, subject=lambda request: str(request.get("subject", "")), **others)

    def _steps(self, task: Task) -> Steps:
        self.tasks.append(task)
        count = int(task.request.get("count", 2))
        try:
            for done in range(1, count + 1):
                if task.request.get("fails") == "typed":
                    raise FailedPreconditionError(
                        Reason.ALBUM_FULL, "It is full.", field="a.b", resource="r", metadata={"limit": "1"}
                    )
                if task.request.get("fails"):
                    raise ValueError("a fault of ours")
                yield Progress(done, count, "things")
                if self.gate is not None:
                    self.gate()
        finally:
            self.closed += 1
        return {"counted": RESULTS.get(str(task.request.get("result")), count)}


@contextmanager
def catalog_of(folder: Path) -> Iterator[Catalog]:
    catalog = Catalog(folder)
    try:
        yield catalog
    finally:
        catalog.close()


@contextmanager
def operating(
    folder: Path, *works: Work, libraries: tuple[str, ...] = ("a",), **others: Any
) -> Iterator[tuple[Catalog, Operations]]:
    """Give a catalog with libraries and its operations, begun, and stop them in good order."""
    with catalog_of(folder) as catalog:
        for library in libraries:
            if library not in catalog.ids():
                catalog.create(library)
        operations = Operations(catalog, folder, [work.kind for work in works], **others)
        operations.start()
        try:
            yield catalog, operations
        finally:
            for work in works:
                if work.gate is not None:
                    work.gate.open.set()
            operations.stop()


def begin(operations: Operations, library: str = "a", kind: str = "counting", **request: Any) -> OperationKey:
    return operations.begin(library, kind, request).key


def until(operations: Operations, key: OperationKey, holds: Callable[[Operation], bool]) -> Operation:
    end = time.monotonic() + LONG
    while not holds(found := operations.get(key)):
        assert time.monotonic() < end, found
        time.sleep(0.005)
    return found


def ended(operations: Operations, key: OperationKey) -> Operation:
    return until(operations, key, lambda one: one.done)


def listed(operations: Operations, library: str | None = "a") -> list[OperationKey]:
    return [one.key for one in operations.page(library, lambda _: True, limit=1_000).items]


def files(folder: Path, library: str = "a") -> list[str]:
    return sorted(file.name for file in (folder / f"{library}.duckdb.operations").glob("*"))


RESULTS: Mapping[str, Any] = {
    "long": "x" * MAX_OPERATION_RECORD_BYTES,
    "infinite": float("inf"),
    "no text": b"bytes",
}
KEEP_ONE = OperationBounds(count=1)
