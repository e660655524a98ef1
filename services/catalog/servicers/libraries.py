"""LibraryService: translates between messages and the catalog's libraries."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from albumen.catalog.v1 import library_pb2
from albumen.catalog.v1 import library_service_pb2 as pb
from albumen.catalog.v1 import library_service_pb2_grpc as pb_grpc
from services.catalog.catalog import Catalog
from services.catalog.reclustering import ReclusteringRun, check_parameters
from services.catalog.records import LibraryRecord
from services.catalog.servicers.messages import library_message
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import parse_library
from services.common.bounded_executor import BoundedExecutor
from services.common.checks import Checks
from services.common.wire.context import Context

_MAX_PAGE: Final = 1_000


class LibraryServicer(pb_grpc.LibraryServiceServicer):
    """Creates, lists and erases libraries."""

    def __init__(self, catalog: Catalog, executor: BoundedExecutor) -> None:
        self._catalog = catalog
        self._executor = executor

    async def CreateLibrary(self, request: pb.CreateLibraryRequest, context: Context) -> pb.CreateLibraryResponse:
        """Create an empty library."""
        record = await self._executor.run(
            self._catalog.create, request.library_id, display_name=request.library.display_name
        )
        return pb.CreateLibraryResponse(library=library_message(record))

    async def GetLibrary(self, request: pb.GetLibraryRequest, context: Context) -> pb.GetLibraryResponse:
        """Get a library."""
        library = parse_library(request.name, field="name")
        return pb.GetLibraryResponse(library=library_message(await self._executor.run(self._record, library)))

    async def ListLibraries(self, request: pb.ListLibrariesRequest, context: Context) -> pb.ListLibrariesResponse:
        """List libraries by name."""
        checks = Checks()
        page = PageRequest(checks, request, "libraries", most=_MAX_PAGE, key_types=(str,))
        checks.done()

        def read() -> tuple[list[library_pb2.Library], str]:
            return page.fill(lambda after, limit: self._catalog.list(after=after, limit=limit), library_message)

        libraries, next_page_token = await self._executor.run(read)
        return pb.ListLibrariesResponse(libraries=libraries, next_page_token=next_page_token)

    async def DeleteLibrary(self, request: pb.DeleteLibraryRequest, context: Context) -> pb.DeleteLibraryResponse:
        """Erase a library."""
        library = parse_library(request.name, field="name", default=False)
        record = await self._executor.run(
            self._catalog.delete,
            library,
            force=request.force,
            etag=request.etag or None,
            validate_only=request.validate_only,
        )
        return pb.DeleteLibraryResponse(library=library_message(record))

    async def ReclusterLibrary(
        self, request: pb.ReclusterLibraryRequest, context: Context
    ) -> AsyncIterator[pb.ReclusterLibraryResponse]:
        """Recluster a library, a few groups at a time, while others read and write."""
        eps = request.eps if request.HasField("eps") else None
        min_samples = request.min_samples if request.HasField("min_samples") else None
        checks = Checks()
        library = checks.run(parse_library, request.name, field="name")
        checks.run(check_parameters, eps, min_samples)
        checks.done()

        def begin() -> ReclusteringRun:
            return self._catalog.get(library).reclustering.begin(eps=eps, min_samples=min_samples)

        run = await self._executor.run(begin)
        try:
            while (progress := await self._executor.run_in_turn(run.advance)) is not None:
                yield pb.ReclusterLibraryResponse(
                    done_count=progress.done, total_count=progress.total, moved_face_count=progress.moved
                )
        finally:
            await asyncio.shield(self._executor.run_in_turn(run.close))

    def _record(self, library: str) -> LibraryRecord:
        return self._catalog.get(library).record()
