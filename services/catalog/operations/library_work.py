"""The kinds of operations that work on a library as a whole: reclustering and compaction."""

from functools import partial
from typing import Final

from services.catalog.catalog import Catalog
from services.catalog.operations.kind import Kind, Progress, Steps, Task
from services.catalog.operations.turn import in_turn

RECLUSTERING: Final = "reclustering"
COMPACTION: Final = "compaction"


def reclustering(catalog: Catalog) -> Kind:
    """Return what thinks again about everybody: of a request with the keys eps and min_samples, which may lack."""
    return Kind(RECLUSTERING, partial(_recluster, catalog))


def compaction(catalog: Catalog) -> Kind:
    """Return what writes a library's file anew; of an empty request."""
    return Kind(COMPACTION, partial(_compact, catalog))


def _recluster(catalog: Catalog, task: Task) -> Steps:
    what, moved = "people and single faces", 0
    with catalog.lease(task.library_id) as library:
        begin = partial(
            library.reclustering.begin, eps=task.request.get("eps"), min_samples=task.request.get("min_samples")
        )
        run = yield from in_turn(begin, what)
        try:
            # Other parameters make other people.
            with catalog.lease(task.library_id, people=True):
                while (progress := run.advance()) is not None:
                    moved = progress.moved
                    yield Progress(progress.done, progress.total, what)
        finally:
            run.close()
    return {"moved_face_count": moved}


def _compact(catalog: Catalog, task: Task) -> Steps:
    what, freed = "rows", 0
    with catalog.lease(task.library_id) as library:
        run = yield from in_turn(library.compaction.begin, what)
        try:
            while (progress := run.advance()) is not None:
                freed = progress.freed
                yield Progress(progress.done, progress.total, what)
        finally:
            run.close()
    return {"freed_bytes": freed}
