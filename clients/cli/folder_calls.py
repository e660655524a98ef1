"""Calls of a catalog's folders: those on its own disk that it keeps a library equal to."""

import uuid
from collections.abc import Iterator
from typing import Final

import grpc
from google.longrunning.operations_pb2 import Operation

from albumen.catalog.v1.folder_pb2 import Folder
from albumen.catalog.v1.folder_service_pb2 import (
    CreateFolderRequest,
    DeleteFolderRequest,
    GetFolderRequest,
    ListFoldersRequest,
    SyncFolderRequest,
    UpdateFolderRequest,
)
from albumen.catalog.v1.folder_service_pb2_grpc import FolderServiceStub
from clients.cli.paging import CALL_SECONDS, mask, pages

_PER_PAGE: Final = 100


class FolderCalls:
    """The folders of one library. Calls raise `grpc.RpcError`.

    Args:
        channel: to the catalog.
        parent: resource name of the library.

    """

    def __init__(self, channel: grpc.Channel, parent: str) -> None:
        self._folders = FolderServiceStub(channel)
        self._parent = parent

    def create(self, folder: Folder) -> Folder:
        """Create a folder."""
        request = CreateFolderRequest(parent=self._parent, folder=folder, request_id=str(uuid.uuid4()))
        return self._folders.CreateFolder(request, timeout=CALL_SECONDS).folder

    def get(self, name: str) -> Folder:
        """Return a folder as it is now."""
        return self._folders.GetFolder(GetFolderRequest(name=name), timeout=CALL_SECONDS).folder

    def list(self) -> Iterator[Folder]:
        """Yield the folders by name."""
        request = ListFoldersRequest(parent=self._parent, page_size=_PER_PAGE)
        for page in pages(self._folders.ListFolders, request):
            yield from page.folders

    def update(self, folder: Folder, *fields: str) -> Folder:
        """Change fields of a folder to what `folder` says."""
        request = UpdateFolderRequest(folder=folder, update_mask=mask(fields))
        return self._folders.UpdateFolder(request, timeout=CALL_SECONDS).folder

    def delete(self, folder: Folder, *, dry_run: bool) -> None:
        """Delete a folder, unless somebody else changed it meanwhile."""
        request = DeleteFolderRequest(name=folder.name, etag=folder.etag, validate_only=dry_run)
        self._folders.DeleteFolder(request, timeout=CALL_SECONDS)

    def sync(self, folder: Folder, *, verify: bool, even_if_empty: bool) -> Operation:
        """Begin to make the library equal to a folder."""
        request = SyncFolderRequest(
            name=folder.name, verify=verify, even_if_empty=even_if_empty, request_id=str(uuid.uuid4())
        )
        return self._folders.SyncFolder(request, timeout=CALL_SECONDS)
