"""Groups the people of all galleries by every method."""

from pathlib import Path

import numpy as np
from rich.progress import Progress

from accuracy.data_source import DataSource
from accuracy.people.agreement import agreement
from accuracy.people.comparison import compare
from accuracy.people.distractors import distract, others_of
from accuracy.people.face_set import FaceSet, Labels
from accuracy.people.findings import PeopleFindings
from accuracy.people.gallery import Draws, Part, draw
from accuracy.people.grouping import Task, group_all
from accuracy.people.plan import Plan
from accuracy.people.rivals import AVERAGE_LINKAGE, DBSCAN, RIVALS
from accuracy.people.sweep import Figure, sweep
from benchmarks.progress import step


def measure_people(source: DataSource, faces: FaceSet, plan: Plan, folder: Path, progress: Progress) -> PeopleFindings:
    """Group the faces by every method.

    Args:
        source: the data that the faces are of. Only of the reference data is it known who was held out of fitting, so
            of other data only everyone is measured.
        faces: all faces.
        plan: how much is measured.
        folder: takes libraries, for as long as they are needed.
        progress: shows the steps.

    """
    parts = list(Part) if source.is_reference else [Part.EVERYONE]
    everything = [draw(faces, part, size, times) for part in parts for size, times in plan.sizes]
    distracted = next(one for one in everything if (one.part, one.size) == (parts[-1], plan.distracted))
    gallery = distracted.galleries[0]
    others = others_of(faces, gallery)
    added = sorted({min(number, len(others)) for number in plan.distractors})

    orders = [several for draws in everything for several in _orders(draws, plan)]
    tasks = [Task(faces.take(order), (len(order),)) for several in orders for order in several]
    crowd = faces.take(np.concatenate([gallery, others[: added[-1]]]))
    with_others = Task(crowd, tuple(len(gallery) + number for number in added))
    with step(progress, "Grouping people", len(tasks) + 1) as advance:
        *grouped, among = group_all([*tasks, with_others], folder, advance)
    figures = iter([agreement(labels, task.faces.people) for task, (labels,) in zip(tasks, grouped, strict=True)])
    layer = iter([[next(figures) for _ in several] for several in orders])

    with step(progress, "Clustering by rivals", len(orders) * len(RIVALS)) as advance:
        comparisons = tuple(
            compare(faces, draws, [next(layer) for _ in draws.galleries], sweep(faces, draws, RIVALS, advance))
            for draws in everything
        )
    (chosen,) = (one.sweeps for one in comparisons if one.draws is distracted)
    rivals = {one.rival: one.best(Figure.PAIRWISE)[0] for one in chosen if one.rival in {DBSCAN, AVERAGE_LINKAGE}}
    within = {number: labels[: len(gallery)] for number, labels in zip(added, among, strict=True)}
    return PeopleFindings(source, comparisons, distract(faces, gallery, others, within, rivals))


def _orders(draws: Draws, plan: Plan) -> list[list[Labels]]:
    """Return the orders in which the people layer gets each gallery: as drawn, and the first of a size in reverse."""
    again = [draws.galleries[0][::-1]] if draws.size == plan.reordered else []
    return [[gallery, *(again if place == 0 else [])] for place, gallery in enumerate(draws.galleries)]
