"""Begins an operation in library a, or goes on with it, and is killed in the middle of it; see test_restarts.py."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from services.catalog.catalog import Catalog
from services.catalog.operations import library_work
from services.catalog.operations.kind import Kind, Progress, Steps, Task
from services.catalog.operations.operations import Operations
from services.catalog.reclustering import Reclustering
from services.catalog.storage.fresh_copy import FreshCopy


def die(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def count(_: Task) -> Steps:
    yield Progress(1, 5, "things")
    if "cancelled" in sys.argv:
        # Whoever cancels it is answered, and then it dies.
        time.sleep(60)
    die()


def main(folder: Path, kind: str) -> None:
    Reclustering._regroup = die  # type: ignore[method-assign, assignment]
    FreshCopy.finish = die  # type: ignore[method-assign, assignment]
    catalog = Catalog(folder)
    if "a" not in catalog.ids():
        catalog.create("a")
    kinds = {
        "counting": Kind("counting", count),
        library_work.RECLUSTERING: library_work.reclustering(catalog),
        library_work.COMPACTION: library_work.compaction(catalog),
    }
    operations = Operations(catalog, folder, kinds.values())
    operations.start()
    if not operations.page("a", lambda _: True, limit=1).items:
        key = operations.begin("a", kind, {"count": 5} if kind == "counting" else {}).key
        if "cancelled" in sys.argv:
            while operations.get(key).progress is None:
                time.sleep(0.01)
            operations.cancel(key)
            die()
    time.sleep(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
