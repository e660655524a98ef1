"""LibraryService: translates between messages and the catalog's libraries."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Final, TypeVar

from google.longrunning import operations_pb2

from albumen.catalog.v1 import library_pb2
from albumen.catalog.v1 import library_service_pb2 as pb
from albumen.catalog.v1 import library_service_pb2_grpc as pb_grpc
from services.catalog.catalog import Catalog
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.operations import library_work
from services.catalog.reclustering import check_parameters
from services.catalog.servicers.edit_request import edit_request
from services.catalog.servicers.messages import library_message
from services.catalog.servicers.operation_starts import OperationStarts
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import parse_library
from services.catalog.shared_result import SharedResult
from services.catalog.stepped_run import SteppedRun
from services.common.bounded_executor import BoundedExecutor
from services.common.checks import Checks
from services.common.wire.context import Context

T = TypeVar("T")

_MAX_PAGE: Final = 1_000


class LibraryServicer(pb_grpc.LibraryServiceServicer):
    """Creates, lists and erases libraries.

    Args:
        catalog: the libraries.
        libraries: leases them.
        executor: runs reads and writes.
        opener: runs what opens libraries.
        starts: begins operations.

    """

    def __init__(
        self,
        catalog: Catalog,
        libraries: LibraryCalls,
        executor: BoundedExecutor,
        opener: BoundedExecutor,
        starts: OperationStarts,
    ) -> None:
        self._catalog = catalog
        self._libraries = libraries
        self._executor = executor
        self._opener = opener
        self._starts = starts

    async def CreateLibrary(self, request: pb.CreateLibraryRequest, context: Context) -> pb.CreateLibraryResponse:
        """Create an empty library."""
        record = await self._opener.run(
            self._catalog.create, request.library_id, display_name=request.library.display_name
        )
        return pb.CreateLibraryResponse(library=library_message(record))

    async def GetLibrary(self, request: pb.GetLibraryRequest, context: Context) -> pb.GetLibraryResponse:
        """Get a library."""
        library = parse_library(request.name, field="name")
        record = await self._libraries.run(library, Library.record)
        return pb.GetLibraryResponse(library=library_message(record))

    async def ListLibraries(self, request: pb.ListLibrariesRequest, context: Context) -> pb.ListLibrariesResponse:
        """List libraries by name."""
        checks = Checks()
        page = PageRequest(checks, request, "libraries", most=_MAX_PAGE, key_types=(str,))
        checks.done()

        def read() -> tuple[list[library_pb2.Library], str]:
            return page.fill(lambda after, limit: self._catalog.list(after=after, limit=limit), library_message)

        # Most of them may be closed, and those that wait for one of them come first.
        libraries, next_page_token = await self._opener.run_in_turn(read)
        return pb.ListLibrariesResponse(libraries=libraries, next_page_token=next_page_token)

    async def DeleteLibrary(self, request: pb.DeleteLibraryRequest, context: Context) -> pb.DeleteLibraryResponse:
        """Erase a library."""
        library = parse_library(request.name, field="name", default=False)
        record = await self._opener.run(
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

        async with self._libraries.lease(library) as opened:
            begin = partial(opened.reclustering.begin, eps=eps, min_samples=min_samples)
            run = await self._begin(begin)
            try:
                # Other parameters make other people.
                async with self._libraries.lease(library, people=True):
                    while (progress := await self._executor.run_in_turn(run.advance)) is not None:
                        yield pb.ReclusterLibraryResponse(
                            done_count=progress.done, total_count=progress.total, moved_face_count=progress.moved
                        )
            finally:
                await asyncio.shield(self._executor.run_in_turn(run.close))

    async def CompactLibrary(
        self, request: pb.CompactLibraryRequest, context: Context
    ) -> AsyncIterator[pb.CompactLibraryResponse]:
        """Write a library's file anew, a few thousand rows at a time, while others read and write."""
        library = parse_library(request.name, field="name")
        async with self._libraries.lease(library) as opened:
            run = await self._begin(opened.compaction.begin)
            try:
                while (progress := await self._executor.run_in_turn(run.advance)) is not None:
                    yield pb.CompactLibraryResponse(
                        done_count=progress.done, total_count=progress.total, freed_bytes=progress.freed
                    )
            finally:
                await asyncio.shield(self._executor.run_in_turn(run.close))

    async def StartReclustering(
        self, request: pb.StartReclusteringRequest, context: Context
    ) -> operations_pb2.Operation:
        """Begin to recluster a library, whoever waits for it."""
        eps = request.eps if request.HasField("eps") else None
        min_samples = request.min_samples if request.HasField("min_samples") else None
        checks = Checks()
        library = checks.run(parse_library, request.name, field="name")
        checks.run(check_parameters, eps, min_samples)
        checks.run(edit_request, request)
        checks.done()
        record = {"eps": eps, "min_samples": min_samples}
        return await self._starts.start(library, library_work.RECLUSTERING, record, request)

    async def StartCompaction(self, request: pb.StartCompactionRequest, context: Context) -> operations_pb2.Operation:
        """Begin to write a library's file anew, whoever waits for it."""
        checks = Checks()
        library = checks.run(parse_library, request.name, field="name")
        checks.run(edit_request, request)
        checks.done()
        return await self._starts.start(library, library_work.COMPACTION, {}, request)

    async def _begin(self, begin: Callable[[], SteppedRun[T]]) -> SteppedRun[T]:
        """Begin a run in a thread; if its caller is gone when it has begun, close it, for nobody else would."""
        beginning = SharedResult(begin, SteppedRun[T].close)
        beginning.join()
        try:
            return await self._executor.run(beginning.run)
        except BaseException:
            beginning.leave()
            raise
