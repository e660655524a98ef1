"""Whether people are those that a whole run of the clustering makes of the rows."""

import itertools
from collections.abc import Callable, Generator

import numpy as np

from services.catalog.clustering.snapshot import Snapshot
from services.catalog.copies.finding import Finding, Severity
from services.catalog.copies.kept_check import KIND
from services.catalog.people.grouping import Grouping
from services.catalog.reclustering import GROUPS_AT_ONCE, MAX_PASSES
from services.catalog.storage.database import Cursor
from services.catalog.storage.faces import read_all_faces
from services.catalog.storage.integrity import MAX_EXAMPLES
from services.catalog.storage.library_row import read_parameters
from services.catalog.storage.statements_of_people import read_said


class _NoRows:
    """A transaction of which nothing is ever rolled back: what it changes is in memory, and thrown away."""

    def on_rollback(self, action: Callable[[], object], /) -> None:
        """Forget it."""


def check_people(cursor: Cursor, kept: Snapshot | None, threads: int) -> Generator[int, None, tuple[Finding, ...]]:
    """Cluster all faces that `cursor` sees anew, as a reclustering would, and compare; nothing is changed.

    Args:
        cursor: of one snapshot.
        kept: the state of the clusters that was kept beside the library, if there is one.
        threads: of the clustering.

    Yields:
        How many groups each step looked at.

    Returns:
        What was found.

    """
    faces = read_all_faces(cursor)
    ids, before = faces.ids, faces.people
    grouping = Grouping(read_parameters(cursor), faces, read_said(cursor), threads=threads)
    try:
        findings = [*_clusters_differ(grouping.snapshot(), kept)]
        yield 1
        numbers = itertools.count(int(before.max(initial=0)) + 1)
        for _ in range(MAX_PASSES):
            groups, moved = grouping.groups(), 0
            for start in range(0, len(groups), GROUPS_AT_ONCE):
                few = groups[start : start + GROUPS_AT_ONCE]
                moved += len(grouping.regroup(few, _NoRows(), lambda: next(numbers)).faces)
                yield len(few)
            if not moved:
                break
        other = ids[np.array(grouping.people_of(ids.tolist()), np.int64) != before]
    finally:
        grouping.close()
    if len(other):
        findings.append(
            Finding(
                "PEOPLE_DIFFER",
                Severity.NOTICE,
                len(other),
                tuple(f"faces/{face}" for face in other[:MAX_EXAMPLES].tolist()),
                "A whole run of the clustering would move faces to other people, as photos come one after the other.",
                "Call StartReclustering, or leave it: what users said of people stays either way.",
            )
        )
    return tuple(findings)


def _clusters_differ(made: Snapshot, kept: Snapshot | None) -> Generator[Finding, None, None]:
    """Yield a finding if what was kept of the same faces, by the same parameters, is another state."""
    if kept is None or (float(kept.eps), int(kept.min_samples)) != (float(made.eps), int(made.min_samples)):
        return
    if not np.array_equal(kept.keys, made.keys):
        # Faces have come since; those that are gone were found before.
        return
    wrong = (kept.counts != made.counts) | (kept.cores != made.cores)
    if wrong.any():
        yield Finding(
            KIND, Severity.WARNING, int(wrong.sum()),
            tuple(f"faces/{face}" for face in made.keys[wrong][:MAX_EXAMPLES].tolist()),
            "What is kept beside the library's file counts other neighbours of faces than there are.",
            "Stop the service, remove the folder that begins with the file's name and .faces-, and start it again.",
        )  # fmt: skip
