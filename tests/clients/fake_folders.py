"""The folders of the fake catalog: what their syncs come to is what a test says."""

# ruff: noqa: N802, ARG002

from typing import Any
from urllib.parse import unquote

import grpc
from google.longrunning import operations_pb2

from albumen.catalog.v1 import folder_pb2
from albumen.catalog.v1 import folder_service_pb2 as pb
from albumen.catalog.v1.folder_pb2 import Folder
from albumen.catalog.v1.folder_service_pb2_grpc import FolderServiceServicer
from services.common.errors import AbortedError, FailedPreconditionError, Reason
from services.common.wire.status import to_status
from tests.clients.fake_state import PARENT, Faults


class FakeFolderService(Faults, FolderServiceServicer):
    def CreateFolder(self, request: pb.CreateFolderRequest, context: grpc.ServicerContext) -> pb.CreateFolderResponse:
        assert request.parent == PARENT
        assert request.request_id
        with self.rich(context):
            if "forbidden" in request.folder.root_uri:
                raise FailedPreconditionError(Reason.FOLDER_FORBIDDEN, "The folder may not be read.")
        folder = Folder()
        folder.CopyFrom(request.folder)
        folder.name, folder.etag = f"{PARENT}/folders/fo{len(self.state.folders):06}", "1"
        folder.display_name = folder.display_name or unquote(folder.root_uri.rpartition("/")[2])
        self.state.folders[folder.name] = folder
        return pb.CreateFolderResponse(folder=folder)

    def GetFolder(self, request: pb.GetFolderRequest, context: grpc.ServicerContext) -> pb.GetFolderResponse:
        return pb.GetFolderResponse(folder=self.state.folders[request.name])

    def ListFolders(self, request: pb.ListFoldersRequest, context: grpc.ServicerContext) -> pb.ListFoldersResponse:
        assert request.parent == PARENT
        found, token = self.page(list(self.state.folders.values()), request.page_token)
        return pb.ListFoldersResponse(folders=found, next_page_token=token)

    def UpdateFolder(self, request: pb.UpdateFolderRequest, context: grpc.ServicerContext) -> pb.UpdateFolderResponse:
        folder = self.state.folders[request.folder.name]
        request.update_mask.MergeMessage(request.folder, folder, replace_repeated_field=True)
        return pb.UpdateFolderResponse(folder=folder)

    def DeleteFolder(self, request: pb.DeleteFolderRequest, context: grpc.ServicerContext) -> pb.DeleteFolderResponse:
        folder = self.state.folders[request.name]
        with self.rich(context):
            if request.etag != folder.etag:
                raise AbortedError(Reason.ETAG_MISMATCH, "The folder has changed.")
        if not request.validate_only:
            del self.state.folders[request.name]
        return pb.DeleteFolderResponse(folder=folder)

    def SyncFolder(self, request: pb.SyncFolderRequest, context: grpc.ServicerContext) -> Any:
        assert request.request_id
        folder = self.state.folders[request.name]
        name = f"{PARENT}/operations/folder-sync-{folder.name[-1]}"
        operation = operations_pb2.Operation(name=name, done=True)
        sync = folder.last_sync
        sync.operation = name
        if self.state.folder_is_away is not None and not request.even_if_empty:
            error = FailedPreconditionError(self.state.folder_is_away, "It is away.", resource=folder.name)
            operation.error.CopyFrom(to_status(error))
            sync.error.CopyFrom(to_status(error))
            sync.counts.SetInParent()
            sync.state = folder_pb2.FOLDER_SYNC_STATE_FAILED
        else:
            sync.ClearField("error")
            sync.counts.CopyFrom(self.state.sync_counts)
            del sync.failures[:]
            sync.failures.extend(self.state.sync_failures)
            sync.state = folder_pb2.FOLDER_SYNC_STATE_SUCCEEDED
            operation.response.Pack(pb.SyncFolderResponse(counts=sync.counts))
        self.state.operations[name] = [operation]
        return operation
