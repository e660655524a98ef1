"""BackupService: translates between messages and the backups of libraries."""

import asyncio
from typing import Final

from google.longrunning import operations_pb2

from albumen.catalog.v1 import backup_pb2
from albumen.catalog.v1 import backup_service_pb2 as pb
from albumen.catalog.v1 import backup_service_pb2_grpc as pb_grpc
from services.catalog.backup.backups import Backups
from services.catalog.backup.exporting import EXPORT
from services.catalog.backup.making import BACKUP
from services.catalog.backup.restoring import RESTORE, Restorer
from services.catalog.backup.verifying import VERIFICATION
from services.catalog.servicers.backup_message import backup_message
from services.catalog.servicers.edit_request import edit_request
from services.catalog.servicers.operation_starts import OperationStarts
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import parse_backup, parse_library
from services.common.bounded_executor import BoundedExecutor
from services.common.checks import Checks
from services.common.library_id import check_library_id
from services.common.wire.context import Context

_MAX_PAGE: Final = 1_000


class BackupServicer(pb_grpc.BackupServiceServicer):
    """Makes, lists, restores and deletes backups, exports libraries, and looks for their faults.

    Args:
        backups: of the libraries.
        restorer: makes libraries of them.
        starts: begins operations.
        executor: runs reads and writes.
        opener: runs what opens libraries.

    """

    def __init__(
        self,
        backups: Backups,
        restorer: Restorer,
        starts: OperationStarts,
        executor: BoundedExecutor,
        opener: BoundedExecutor,
    ) -> None:
        self._backups = backups
        self._restorer = restorer
        self._starts = starts
        self._executor = executor
        self._opener = opener

    async def BackupLibrary(self, request: pb.BackupLibraryRequest, context: Context) -> operations_pb2.Operation:
        """Begin to back a library up."""
        checks = Checks()
        library = checks.run(parse_library, request.name, field="name")
        checks.run(edit_request, request)
        checks.done()
        await self._executor.run(self._backups.folder.require)
        return await self._starts.start(library, BACKUP, {}, request)

    async def GetBackup(self, request: pb.GetBackupRequest, context: Context) -> pb.GetBackupResponse:
        """Get a backup."""
        backup = parse_backup(request.name, field="name")
        record = await self._executor.run(self._backups.get, backup)
        return pb.GetBackupResponse(backup=backup_message(record))

    async def ListBackups(self, request: pb.ListBackupsRequest, context: Context) -> pb.ListBackupsResponse:
        """List backups, the newest first."""
        checks = Checks()
        library = checks.run(parse_library, request.library, field="library") if request.library else None
        query = ("backups", checks.known(library))
        page = PageRequest(checks, request, *query, most=_MAX_PAGE, key_types=(str, str))
        checks.done()

        def read() -> tuple[list[backup_pb2.Backup], str]:
            return page.fill(lambda after, limit: self._backups.list(library, after=after, limit=limit), backup_message)

        # Each of them is a small file to read, on a drive that may sleep.
        backups, next_page_token = await self._executor.run_in_turn(read)
        return pb.ListBackupsResponse(backups=backups, next_page_token=next_page_token)

    async def DeleteBackup(self, request: pb.DeleteBackupRequest, context: Context) -> pb.DeleteBackupResponse:
        """Delete a backup."""
        backup = parse_backup(request.name, field="name")

        def delete() -> pb.DeleteBackupResponse:
            record = self._backups.delete(backup, validate_only=request.validate_only)
            return pb.DeleteBackupResponse(backup=backup_message(record))

        return await asyncio.shield(self._executor.run(delete))

    async def RestoreLibrary(self, request: pb.RestoreLibraryRequest, context: Context) -> operations_pb2.Operation:
        """Begin to make a library of a backup."""
        checks = Checks()
        backup = checks.run(parse_backup, request.backup, field="backup")
        if request.library_id:
            checks.run(check_library_id, request.library_id)
        checks.run(edit_request, request)
        checks.done()
        library = request.library_id or (await self._executor.run(self._backups.manifest, backup)).library
        known = self._starts.known(library, request)
        if known is not None:
            # What it made must not be in its own way.
            return known
        await self._opener.run(self._restorer.check, backup, library)
        return await self._starts.start(library, RESTORE, {"backup": backup}, request)

    async def ExportLibrary(self, request: pb.ExportLibraryRequest, context: Context) -> operations_pb2.Operation:
        """Begin to write a library as Parquet files."""
        checks = Checks()
        library = checks.run(parse_library, request.name, field="name")
        checks.run(edit_request, request)
        checks.done()
        await self._executor.run(self._backups.folder.require)
        record = {"embeddings": request.include_embeddings, "pictures": request.include_pictures}
        return await self._starts.start(library, EXPORT, record, request)

    async def VerifyLibrary(self, request: pb.VerifyLibraryRequest, context: Context) -> operations_pb2.Operation:
        """Begin to look for faults of a library."""
        checks = Checks()
        library = checks.run(parse_library, request.name, field="name")
        checks.run(edit_request, request)
        checks.done()
        return await self._starts.start(library, VERIFICATION, {"skip_people": request.skip_people}, request)
