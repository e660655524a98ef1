"""The operation that makes a library equal to a folder on the server's disk."""

import contextlib
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from services.catalog.catalog import Catalog
from services.catalog.folder_record import SyncOutcome, SyncReport
from services.catalog.operations.kind import Kind, Progress, Record, Steps, Task
from services.catalog.syncing.feed import PhotoFeed
from services.catalog.syncing.files import SyncedFiles
from services.catalog.syncing.run import SyncRun
from services.common.errors import AlbumenError
from services.common.limits import ImageLimits
from services.common.roots import Roots

FOLDER_SYNC: Final = "folder-sync"


@dataclass(frozen=True, slots=True)
class SyncMeans:
    """What a sync works with.

    Attributes:
        catalog: leases libraries.
        roots: the folders that may be read.
        feed: indexes photos.
        limits: how large an image may be.

    """

    catalog: Catalog
    roots: Roots
    feed: PhotoFeed
    limits: ImageLimits


def folder_sync(means: SyncMeans) -> Kind:
    """Return what syncs a folder: of a request with the id of the `folder`, and whether `verify`, `even_if_empty`.

    After a death it begins anew: what was stored is known then, and nothing is indexed twice.
    """
    return Kind(FOLDER_SYNC, partial(_sync, means), subject=_subject)


def _subject(request: Record) -> str:
    return f"folders/{request['folder']}"


def _sync(means: SyncMeans, task: Task) -> Steps:
    folder_id = str(task.request["folder"])
    report = SyncReport(task.operation_id, SyncOutcome.RUNNING, datetime.now(UTC))
    with means.catalog.lease(task.library_id) as library:
        folder = library.folders.syncs.note(folder_id, report)
    run = SyncRun(
        means.catalog,
        task.library_id,
        folder,
        SyncedFiles(means.roots, means.limits),
        means.roots,
        means.feed,
        verify=bool(task.request.get("verify")),
        even_if_empty=bool(task.request.get("even_if_empty")),
    )
    outcome, failure = SyncOutcome.STOPPED, None
    try:
        yield from _steps(run)
        outcome = SyncOutcome.SUCCEEDED
    except AlbumenError as error:
        outcome, failure = SyncOutcome.FAILED, error
        raise
    finally:
        ended = SyncReport(
            task.operation_id,
            outcome,
            report.start_time,
            datetime.now(UTC),
            run.counts,
            tuple(run.failures),
            failure,
        )
        # Whoever ended the service, or the library, hears of it otherwise.
        with contextlib.suppress(AlbumenError), means.catalog.lease(task.library_id) as library:
            library.folders.syncs.note(folder_id, ended, identity=run.identity)
    return {"counts": run.counts.by_name()}


def _steps(run: SyncRun) -> Generator[Progress, None, None]:
    with contextlib.closing(run.steps()) as steps:
        yield from steps
