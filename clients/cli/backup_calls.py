"""Calls of a catalog's backups, exports and checks."""

import uuid
from collections.abc import Iterator
from typing import Final

import grpc
from google.longrunning.operations_pb2 import Operation

from albumen.catalog.v1.backup_pb2 import Backup
from albumen.catalog.v1.backup_service_pb2 import (
    BackupLibraryRequest,
    DeleteBackupRequest,
    ExportLibraryRequest,
    GetBackupRequest,
    ListBackupsRequest,
    RestoreLibraryRequest,
    VerifyLibraryRequest,
)
from albumen.catalog.v1.backup_service_pb2_grpc import BackupServiceStub
from clients.cli.paging import CALL_SECONDS, pages

_PER_PAGE: Final = 100


class BackupCalls:
    """The backups of one library, and of all. Calls raise `grpc.RpcError`.

    Args:
        channel: to the catalog.
        parent: resource name of the library.

    """

    def __init__(self, channel: grpc.Channel, parent: str) -> None:
        self._backups = BackupServiceStub(channel)
        self._parent = parent

    @staticmethod
    def name(identifier: str) -> str:
        """Return the resource name of a backup, of which its id or its whole name was typed."""
        return identifier if identifier.startswith("backups/") else f"backups/{identifier}"

    def create(self) -> Operation:
        """Begin to back the library up."""
        request = BackupLibraryRequest(name=self._parent, request_id=str(uuid.uuid4()))
        return self._backups.BackupLibrary(request, timeout=CALL_SECONDS)

    def get(self, name: str) -> Backup:
        """Return a backup."""
        return self._backups.GetBackup(GetBackupRequest(name=name), timeout=CALL_SECONDS).backup

    def list(self, *, everywhere: bool = False) -> Iterator[Backup]:
        """Yield the backups of the library, or of all if `everywhere`, the newest first."""
        request = ListBackupsRequest(library="" if everywhere else self._parent, page_size=_PER_PAGE)
        for page in pages(self._backups.ListBackups, request):
            yield from page.backups

    def delete(self, name: str, *, dry_run: bool = False) -> Backup:
        """Delete a backup, and return it as it was."""
        request = DeleteBackupRequest(name=name, validate_only=dry_run)
        return self._backups.DeleteBackup(request, timeout=CALL_SECONDS).backup

    def restore(self, name: str, library_id: str) -> Operation:
        """Begin to make a library of a backup; an empty id is that of the backup's library."""
        request = RestoreLibraryRequest(backup=name, library_id=library_id, request_id=str(uuid.uuid4()))
        return self._backups.RestoreLibrary(request, timeout=CALL_SECONDS)

    def export(self, *, embeddings: bool, pictures: bool) -> Operation:
        """Begin to write the library as Parquet files."""
        request = ExportLibraryRequest(
            name=self._parent,
            include_embeddings=embeddings,
            include_pictures=pictures,
            request_id=str(uuid.uuid4()),
        )
        return self._backups.ExportLibrary(request, timeout=CALL_SECONDS)

    def verify(self, *, skip_people: bool) -> Operation:
        """Begin to look for faults of the library."""
        request = VerifyLibraryRequest(name=self._parent, skip_people=skip_people, request_id=str(uuid.uuid4()))
        return self._backups.VerifyLibrary(request, timeout=CALL_SECONDS)
