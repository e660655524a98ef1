"""Fills many libraries in parallel, and reads their people."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accuracy.people.face_set import FaceSet, Labels
from accuracy.people.people_layer import PeopleLayer

_PROCESSES: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Faces that go into a library.

    Attributes:
        faces: in the order in which they are added.
        readings: after how many of them people are looked at, ascending.

    """

    faces: FaceSet
    readings: tuple[int, ...]


def group_all(tasks: Sequence[Task], folder: Path, advance: Callable[[], None]) -> list[list[Labels]]:
    """Return for each task and reading the person of each face added until then, int64 [reading]; -1 for nobody.

    Libraries go to `folder`, and are deleted again; `advance` is called for each task. The longest come first.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_PROCESSES, mp_context=context) as pool:
        order = sorted(range(len(tasks)), key=lambda place: -len(tasks[place].faces))
        futures = {place: pool.submit(group, tasks[place], folder / f"people-{place}.duckdb") for place in order}
        for future in as_completed(futures.values()):
            future.result()
            advance()
    return [futures[place].result() for place in range(len(tasks))]


def group(task: Task, path: Path) -> list[Labels]:
    """Do one task with the library at `path`, new."""
    found: list[Labels] = []
    try:
        with PeopleLayer(path) as layer:
            added = 0
            for reading in task.readings:
                layer.add(task.faces.take(slice(added, reading)))
                added = reading
                found.append(layer.labels())
    finally:
        path.unlink(missing_ok=True)
    return found
