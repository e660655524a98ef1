"""Messages of folders."""

from typing import Final

from albumen.catalog.v1 import folder_pb2
from services.catalog.folder_record import FolderRecord, SyncOutcome, SyncReport
from services.catalog.following.armed_watch import Following, FollowState
from services.catalog.servicers.messages import timestamp
from services.catalog.servicers.resource_names import child_name
from services.common.wire.status import to_status

_STATES: Final = {
    SyncOutcome.RUNNING: folder_pb2.FOLDER_SYNC_STATE_RUNNING,
    SyncOutcome.SUCCEEDED: folder_pb2.FOLDER_SYNC_STATE_SUCCEEDED,
    SyncOutcome.FAILED: folder_pb2.FOLDER_SYNC_STATE_FAILED,
    SyncOutcome.STOPPED: folder_pb2.FOLDER_SYNC_STATE_STOPPED,
}


_WATCH_STATES: Final = {
    FollowState.PENDING: folder_pb2.FOLDER_WATCH_STATE_PENDING,
    FollowState.WATCHING: folder_pb2.FOLDER_WATCH_STATE_WATCHING,
    FollowState.PERIODIC: folder_pb2.FOLDER_WATCH_STATE_PERIODIC,
    FollowState.AWAY: folder_pb2.FOLDER_WATCH_STATE_AWAY,
}


def folder_message(library: str, folder: FolderRecord, following: Following) -> folder_pb2.Folder:
    """Return the message of a folder; one that was only validated has neither name nor etag.

    Args:
        library: id of its library.
        folder: the folder.
        following: how its changes come to be known, if it is watched.

    """
    return folder_pb2.Folder(
        name=child_name(library, "folders", folder.id) if folder.id else "",
        display_name=folder.display_name,
        root_uri=folder.root_uri,
        include_patterns=folder.include,
        exclude_patterns=folder.exclude,
        trash_missing_days=folder.trash_missing_days,
        last_sync=None if folder.last_sync is None else _sync(library, folder.last_sync),
        create_time=timestamp(folder.create_time),
        update_time=timestamp(folder.update_time),
        etag=folder.etag if folder.id else "",
        watch=folder.watch,
        watch_state=_WATCH_STATES[following.state] if folder.watch else None,
        watch_note=following.note if folder.watch else "",
    )


def _sync(library: str, report: SyncReport) -> folder_pb2.FolderSync:
    counts = report.counts if report.end_time is not None else None
    return folder_pb2.FolderSync(
        state=_STATES[report.outcome],
        operation=child_name(library, "operations", report.operation),
        start_time=timestamp(report.start_time),
        end_time=timestamp(report.end_time) if report.end_time is not None else None,
        counts=None if counts is None else folder_pb2.FolderSyncCounts(**counts.by_name()),
        failures=[
            folder_pb2.FolderSyncFailure(uri=failure.uri, error=to_status(failure.error)) for failure in report.failures
        ],
        error=None if report.error is None else to_status(report.error),
    )
