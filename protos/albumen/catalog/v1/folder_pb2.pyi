import datetime

from google.api import field_behavior_pb2 as _field_behavior_pb2
from google.api import resource_pb2 as _resource_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FolderWatchState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FOLDER_WATCH_STATE_UNSPECIFIED: _ClassVar[FolderWatchState]
    FOLDER_WATCH_STATE_PENDING: _ClassVar[FolderWatchState]
    FOLDER_WATCH_STATE_WATCHING: _ClassVar[FolderWatchState]
    FOLDER_WATCH_STATE_PERIODIC: _ClassVar[FolderWatchState]
    FOLDER_WATCH_STATE_AWAY: _ClassVar[FolderWatchState]

class FolderSyncState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FOLDER_SYNC_STATE_UNSPECIFIED: _ClassVar[FolderSyncState]
    FOLDER_SYNC_STATE_RUNNING: _ClassVar[FolderSyncState]
    FOLDER_SYNC_STATE_SUCCEEDED: _ClassVar[FolderSyncState]
    FOLDER_SYNC_STATE_FAILED: _ClassVar[FolderSyncState]
    FOLDER_SYNC_STATE_STOPPED: _ClassVar[FolderSyncState]
FOLDER_WATCH_STATE_UNSPECIFIED: FolderWatchState
FOLDER_WATCH_STATE_PENDING: FolderWatchState
FOLDER_WATCH_STATE_WATCHING: FolderWatchState
FOLDER_WATCH_STATE_PERIODIC: FolderWatchState
FOLDER_WATCH_STATE_AWAY: FolderWatchState
FOLDER_SYNC_STATE_UNSPECIFIED: FolderSyncState
FOLDER_SYNC_STATE_RUNNING: FolderSyncState
FOLDER_SYNC_STATE_SUCCEEDED: FolderSyncState
FOLDER_SYNC_STATE_FAILED: FolderSyncState
FOLDER_SYNC_STATE_STOPPED: FolderSyncState

class Folder(_message.Message):
    __slots__ = ("name", "display_name", "root_uri", "include_patterns", "exclude_patterns", "trash_missing_days", "last_sync", "create_time", "update_time", "etag", "watch", "watch_state", "watch_note")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    ROOT_URI_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_PATTERNS_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_PATTERNS_FIELD_NUMBER: _ClassVar[int]
    TRASH_MISSING_DAYS_FIELD_NUMBER: _ClassVar[int]
    LAST_SYNC_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    WATCH_FIELD_NUMBER: _ClassVar[int]
    WATCH_STATE_FIELD_NUMBER: _ClassVar[int]
    WATCH_NOTE_FIELD_NUMBER: _ClassVar[int]
    name: str
    display_name: str
    root_uri: str
    include_patterns: _containers.RepeatedScalarFieldContainer[str]
    exclude_patterns: _containers.RepeatedScalarFieldContainer[str]
    trash_missing_days: int
    last_sync: FolderSync
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    etag: str
    watch: bool
    watch_state: FolderWatchState
    watch_note: str
    def __init__(self, name: _Optional[str] = ..., display_name: _Optional[str] = ..., root_uri: _Optional[str] = ..., include_patterns: _Optional[_Iterable[str]] = ..., exclude_patterns: _Optional[_Iterable[str]] = ..., trash_missing_days: _Optional[int] = ..., last_sync: _Optional[_Union[FolderSync, _Mapping]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ..., watch: bool = ..., watch_state: _Optional[_Union[FolderWatchState, str]] = ..., watch_note: _Optional[str] = ...) -> None: ...

class FolderSync(_message.Message):
    __slots__ = ("state", "operation", "start_time", "end_time", "counts", "failures", "error")
    STATE_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    state: FolderSyncState
    operation: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    counts: FolderSyncCounts
    failures: _containers.RepeatedCompositeFieldContainer[FolderSyncFailure]
    error: _status_pb2.Status
    def __init__(self, state: _Optional[_Union[FolderSyncState, str]] = ..., operation: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., counts: _Optional[_Union[FolderSyncCounts, _Mapping]] = ..., failures: _Optional[_Iterable[_Union[FolderSyncFailure, _Mapping]]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class FolderSyncCounts(_message.Message):
    __slots__ = ("file_count", "unchanged_count", "added_count", "changed_count", "moved_count", "returned_count", "failed_count", "missing_count", "trashed_count", "left_out_count", "other_count", "known_count")
    FILE_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_COUNT_FIELD_NUMBER: _ClassVar[int]
    ADDED_COUNT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_COUNT_FIELD_NUMBER: _ClassVar[int]
    MOVED_COUNT_FIELD_NUMBER: _ClassVar[int]
    RETURNED_COUNT_FIELD_NUMBER: _ClassVar[int]
    FAILED_COUNT_FIELD_NUMBER: _ClassVar[int]
    MISSING_COUNT_FIELD_NUMBER: _ClassVar[int]
    TRASHED_COUNT_FIELD_NUMBER: _ClassVar[int]
    LEFT_OUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    OTHER_COUNT_FIELD_NUMBER: _ClassVar[int]
    KNOWN_COUNT_FIELD_NUMBER: _ClassVar[int]
    file_count: int
    unchanged_count: int
    added_count: int
    changed_count: int
    moved_count: int
    returned_count: int
    failed_count: int
    missing_count: int
    trashed_count: int
    left_out_count: int
    other_count: int
    known_count: int
    def __init__(self, file_count: _Optional[int] = ..., unchanged_count: _Optional[int] = ..., added_count: _Optional[int] = ..., changed_count: _Optional[int] = ..., moved_count: _Optional[int] = ..., returned_count: _Optional[int] = ..., failed_count: _Optional[int] = ..., missing_count: _Optional[int] = ..., trashed_count: _Optional[int] = ..., left_out_count: _Optional[int] = ..., other_count: _Optional[int] = ..., known_count: _Optional[int] = ...) -> None: ...

class FolderSyncFailure(_message.Message):
    __slots__ = ("uri", "error")
    URI_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    uri: str
    error: _status_pb2.Status
    def __init__(self, uri: _Optional[str] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...
