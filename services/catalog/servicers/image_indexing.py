"""Calls of ImageService that bring images into a library."""

from collections.abc import AsyncIterator

from albumen.catalog.v1 import image_service_pb2 as pb
from services.catalog.indexing.indexer import Indexer
from services.catalog.indexing.inspector import Inspector
from services.catalog.indexing.upload import Announcement, Upload
from services.catalog.library_calls import LibraryCalls
from services.catalog.records import AddedImage
from services.catalog.servicers.image_message import image_message
from services.catalog.servicers.modify_time import modify_time
from services.catalog.servicers.resource_names import child_name, parse_library
from services.catalog.vocabulary import Source
from services.common.admission import Admission
from services.common.bounded_executor import BoundedExecutor
from services.common.byte_budget import ByteBudget
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import ImageLimits
from services.common.wire.context import Context


class ImageIndexing:
    """Indexes images.

    Args:
        libraries: leases them, and runs reads and writes.
        executor: runs checks that take long.
        indexer: brings images into libraries.
        inspector: reads what files say of themselves.
        admission: bounds the images that are being indexed.
        bytes_held: bounds the bytes of images that come in chunks, those still on their way included.
        limits: how large an image may be.

    """

    def __init__(
        self,
        libraries: LibraryCalls,
        executor: BoundedExecutor,
        indexer: Indexer,
        inspector: Inspector,
        admission: Admission,
        bytes_held: ByteBudget,
        limits: ImageLimits,
    ) -> None:
        self._libraries = libraries
        self._executor = executor
        self._indexer = indexer
        self._inspector = inspector
        self._admission = admission
        self._bytes_held = bytes_held
        self._limits = limits

    async def IndexImage(
        self, request_iterator: AsyncIterator[pb.IndexImageRequest], context: Context
    ) -> pb.IndexImageResponse:
        """Index an image sent in chunks."""
        # A full house is told before the bytes are sent, but a place is taken only once they are here: a client that
        # stops sending holds none.
        self._admission.check()
        with self._bytes_held.hold() as held:
            first = await anext(request_iterator, None)
            if first is None or not first.HasField("header"):
                raise InvalidArgumentError(
                    Reason.IMAGE_HEADER_MISSING, "The first message must carry the header.", field="header"
                )
            announcement = _announcement(first.header, self._limits)
            library = await self._check(announcement)
            known = await self._indexer.find(library, announcement)
            if known is not None:
                return _indexed(library, known)
            upload = Upload(announcement, self._limits)
            upload.add(chunk := first.content)
            await held.add(len(chunk))
            async for request in request_iterator:
                if request.HasField("header"):
                    raise InvalidArgumentError(
                        Reason.IMAGE_HEADER_REPEATED, "Only the first message may carry a header.", field="header"
                    )
                upload.add(chunk := request.content)
                await held.add(len(chunk))
            searched = bool(announcement.sha256)
            async with self._admission.turn():
                return _indexed(library, await self._indexer.index(library, upload, searched=searched))

    async def IndexImageBytes(self, request: pb.IndexImageBytesRequest, context: Context) -> pb.IndexImageBytesResponse:
        """Index an image sent in one message."""
        with self._admission.place():
            checks = Checks()
            announcement = checks.run(_announcement, request.header, self._limits)
            if checks.failed:
                await self._executor.run(checks.run, self._inspector.check, request.content)
            checks.done()
            library = await self._check(announcement)
            upload = Upload(announcement, self._limits)
            upload.add(request.content)
            # While it waits for the detector, the image is in memory once.
            del request
            added = await self._indexer.index(library, upload)
            return pb.IndexImageBytesResponse(
                image=image_message(library, added.image),
                already_indexed=added.already_indexed,
                replaced_image=_replaced(library, added),
            )

    async def _check(self, announcement: Announcement) -> str:
        """Return the library's id, if images can be brought into it; it is not kept open until they are here."""
        async with self._libraries.lease(announcement.library):
            return announcement.library


def _indexed(library: str, added: AddedImage) -> pb.IndexImageResponse:
    return pb.IndexImageResponse(
        image=image_message(library, added.image),
        already_indexed=added.already_indexed,
        replaced_image=_replaced(library, added),
    )


def _replaced(library: str, added: AddedImage) -> str:
    return "" if added.replaced is None else child_name(library, "images", added.replaced)


def _announcement(header: pb.ImageHeader, limits: ImageLimits) -> Announcement:
    checks = Checks()
    library = checks.run(parse_library, header.parent, field="header.parent")
    # Checked even where it is ignored: what can't be a time is the client's mistake all the same.
    modified = None
    if header.HasField("modify_time"):
        modified = checks.run(modify_time, header.modify_time, field="header.modify_time")
    announcement = Announcement(
        library=library,
        source=Source(header.source_uri, header.file_name, modified),
        sha256=header.sha256.lower(),
        size_bytes=header.size_bytes,
    )
    checks.run(announcement.check, limits)
    checks.done()
    return announcement
