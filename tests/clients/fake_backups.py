"""Backups of the fake catalog; what its operations come to, a test has put there."""

# ruff: noqa: N802, ARG002

from __future__ import annotations

from typing import TYPE_CHECKING

from google.longrunning.operations_pb2 import Operation

from albumen.catalog.v1 import backup_service_pb2 as pb
from albumen.catalog.v1.backup_service_pb2_grpc import BackupServiceServicer
from services.common.errors import FailedPreconditionError, NotFoundError, Reason
from tests.clients.fake_state import PARENT, Faults

if TYPE_CHECKING:
    import grpc
    from google.protobuf.message import Message

    from albumen.catalog.v1.backup_pb2 import Backup


class FakeBackupService(Faults, BackupServiceServicer):
    def BackupLibrary(self, request: pb.BackupLibraryRequest, context: grpc.ServicerContext) -> Operation:
        return self._begin(request, context)

    def RestoreLibrary(self, request: pb.RestoreLibraryRequest, context: grpc.ServicerContext) -> Operation:
        return self._begin(request, context)

    def ExportLibrary(self, request: pb.ExportLibraryRequest, context: grpc.ServicerContext) -> Operation:
        return self._begin(request, context)

    def VerifyLibrary(self, request: pb.VerifyLibraryRequest, context: grpc.ServicerContext) -> Operation:
        return self._begin(request, context)

    def ListBackups(self, request: pb.ListBackupsRequest, context: grpc.ServicerContext) -> pb.ListBackupsResponse:
        of = [one for one in self.state.backups.values() if request.library in ("", one.library)]
        found, token = self.page(of, request.page_token)
        return pb.ListBackupsResponse(backups=found, next_page_token=token)

    def GetBackup(self, request: pb.GetBackupRequest, context: grpc.ServicerContext) -> pb.GetBackupResponse:
        return pb.GetBackupResponse(backup=self._backup(request.name, context))

    def DeleteBackup(self, request: pb.DeleteBackupRequest, context: grpc.ServicerContext) -> pb.DeleteBackupResponse:
        backup = self._backup(request.name, context)
        if not request.validate_only:
            del self.state.backups[request.name]
        return pb.DeleteBackupResponse(backup=backup)

    def _backup(self, name: str, context: grpc.ServicerContext) -> Backup:
        with self.rich(context):
            if name not in self.state.backups:
                raise NotFoundError(Reason.BACKUP_NOT_FOUND, f"There is no {name}.")
        return self.state.backups[name]

    def _begin(self, request: Message, context: grpc.ServicerContext) -> Operation:
        with self.rich(context):
            if self.state.backup_result is None:
                raise FailedPreconditionError(Reason.BACKUPS_OFF, "This catalog keeps no backups.")
        self.state.backup_calls.append(request)
        operation = Operation(name=f"{PARENT}/operations/1")
        done = Operation(name=operation.name, done=True)
        if isinstance(self.state.backup_result, Operation):
            done.MergeFrom(self.state.backup_result)
        elif self.state.backup_result is not None:
            done.response.Pack(self.state.backup_result)
        self.state.operations[operation.name] = [operation, done]
        return operation
