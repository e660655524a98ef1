"""FolderService: translates between messages and the folders of a library."""

from dataclasses import replace
from typing import Final

from google.longrunning import operations_pb2

from albumen.catalog.v1 import folder_pb2
from albumen.catalog.v1 import folder_service_pb2 as pb
from albumen.catalog.v1 import folder_service_pb2_grpc as pb_grpc
from services.catalog.folder_record import FolderRecord
from services.catalog.folders.wishes import checked_root, name_of_root, require_folder
from services.catalog.following.follower import Follower
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.servicers.edit_request import edit_request
from services.catalog.servicers.field_mask import ReadMask, fields_to_update, may_update
from services.catalog.servicers.folder_message import folder_message
from services.catalog.servicers.folder_request import FOLDER_UPDATABLE, folder_change
from services.catalog.servicers.last_syncs import LastSyncs
from services.catalog.servicers.operation_starts import OperationStarts
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import parse_child, parse_library
from services.catalog.syncing.folder_sync import FOLDER_SYNC
from services.common.bounded_executor import BoundedExecutor
from services.common.checks import Checks
from services.common.roots import Roots
from services.common.wire.context import Context

# A sync may have named a hundred files that failed.
_MAX_PAGE: Final = 250
_READ_AT_ONCE: Final = 50


class FolderServicer(pb_grpc.FolderServiceServicer):
    """Creates, lists, changes and syncs folders.

    Args:
        libraries: leases them, and runs reads and writes.
        executor: runs what looks at the disk.
        starts: begins operations.
        syncs: what became of the last ones.
        roots: the folders that may be read.
        follower: follows those that are watched.

    """

    def __init__(
        self,
        libraries: LibraryCalls,
        executor: BoundedExecutor,
        starts: OperationStarts,
        syncs: LastSyncs,
        roots: Roots,
        follower: Follower,
    ) -> None:
        self._libraries = libraries
        self._executor = executor
        self._starts = starts
        self._syncs = syncs
        self._roots = roots
        self._follower = follower

    async def CreateFolder(self, request: pb.CreateFolderRequest, context: Context) -> pb.CreateFolderResponse:
        """Create a folder."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        root = checks.run(checked_root, request.folder.root_uri, field="folder.root_uri")
        fields = FOLDER_UPDATABLE if request.folder.display_name else FOLDER_UPDATABLE - {"display_name"}
        change = checks.run(folder_change, request.folder, fields)
        identity = checks.run(edit_request, request)
        checks.done()
        if change.display_name is None:
            change = replace(change, display_name=name_of_root(root))
        await self._executor.run(require_folder, self._roots, root)

        def write(opened: Library) -> FolderRecord:
            made = opened.folders.write.create(root, change, request=identity, validate_only=request.validate_only)
            return self._settled(opened, library, made)

        record = await self._libraries.run(library, write)
        return pb.CreateFolderResponse(folder=self._message(library, record))

    async def GetFolder(self, request: pb.GetFolderRequest, context: Context) -> pb.GetFolderResponse:
        """Get a folder."""
        checks = Checks()
        name = checks.run(parse_child, request.name, "folders", field="name")
        mask = checks.run(ReadMask, request.read_mask, folder_pb2.Folder)
        checks.done()
        library, folder = name

        def read(opened: Library) -> FolderRecord:
            return self._settled(opened, library, opened.folders.read.get(folder))

        record = await self._libraries.run(library, read)
        return pb.GetFolderResponse(folder=mask.apply(self._message(library, record)))

    async def ListFolders(self, request: pb.ListFoldersRequest, context: Context) -> pb.ListFoldersResponse:
        """List folders by name."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        mask = checks.run(ReadMask, request.read_mask, folder_pb2.Folder)
        page = PageRequest(checks, request, "folders", library, most=_MAX_PAGE, key_types=(str, int))
        checks.done()

        def read(opened: Library) -> tuple[list[folder_pb2.Folder], str]:
            return page.fill(
                lambda after, limit: opened.folders.read.page(after=after, limit=limit),
                lambda record: mask.apply(self._message(library, self._settled(opened, library, record))),
                at_once=_READ_AT_ONCE,
            )

        folders, next_page_token = await self._libraries.run(library, read)
        return pb.ListFoldersResponse(folders=folders, next_page_token=next_page_token)

    async def UpdateFolder(self, request: pb.UpdateFolderRequest, context: Context) -> pb.UpdateFolderResponse:
        """Change a folder."""
        checks = Checks()
        name = checks.run(parse_child, request.folder.name, "folders", field="folder.name")
        fields = checks.run(fields_to_update, request.update_mask, request.folder, FOLDER_UPDATABLE)
        # What a wrong mask names beside is looked at all the same.
        meant = checks.known(fields) or {field for field in FOLDER_UPDATABLE if may_update(request.update_mask, field)}
        change = checks.run(folder_change, request.folder, meant)
        checks.done()
        library, folder = name

        def write(opened: Library) -> FolderRecord:
            changed = opened.folders.write.update(folder, change, etag=request.folder.etag)
            return self._settled(opened, library, changed)

        record = await self._libraries.run(library, write)
        return pb.UpdateFolderResponse(folder=self._message(library, record))

    async def DeleteFolder(self, request: pb.DeleteFolderRequest, context: Context) -> pb.DeleteFolderResponse:
        """Delete a folder."""
        library, folder = parse_child(request.name, "folders", field="name")

        def write(opened: Library) -> FolderRecord:
            deleted = opened.folders.write.delete(folder, etag=request.etag, validate_only=request.validate_only)
            return self._settled(opened, library, deleted)

        record = await self._libraries.run(library, write)
        return pb.DeleteFolderResponse(folder=self._message(library, record))

    async def SyncFolder(self, request: pb.SyncFolderRequest, context: Context) -> operations_pb2.Operation:
        """Begin to make a library equal to a folder."""
        checks = Checks()
        name = checks.run(parse_child, request.name, "folders", field="name")
        checks.run(edit_request, request)
        checks.done()
        library, folder = name
        await self._libraries.run(library, lambda opened: opened.folders.read.get(folder))
        record = {"folder": folder, "verify": request.verify, "even_if_empty": request.even_if_empty}
        return await self._starts.start(library, FOLDER_SYNC, record, request)

    def _settled(self, opened: Library, library: str, record: FolderRecord) -> FolderRecord:
        return self._syncs.settled(library, record, lambda: opened.folders.read.get(record.id))

    def _message(self, library: str, folder: FolderRecord) -> folder_pb2.Folder:
        return folder_message(library, folder, self._follower.following(library, folder.id))
