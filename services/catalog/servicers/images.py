"""ImageService: translates between messages and the images of a library."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from albumen.catalog.v1 import image_pb2
from albumen.catalog.v1 import image_service_pb2 as pb
from albumen.catalog.v1 import image_service_pb2_grpc as pb_grpc
from services.catalog.image_writer import Forgotten
from services.catalog.indexing.indexer import Indexer
from services.catalog.indexing.inspector import Inspector
from services.catalog.indexing.upload import Announcement, Upload
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.not_found import image_not_found
from services.catalog.records import AddedImage, ImageRecord
from services.catalog.servicers.field_mask import ReadMask
from services.catalog.servicers.image_filter import image_filter_of, image_order_of
from services.catalog.servicers.image_message import IMAGE_DEFAULT, IMAGE_FIELDS, image_message
from services.catalog.servicers.messages import source_message
from services.catalog.servicers.modify_time import modify_time
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.resource_names import child_name, parse_child, parse_library
from services.catalog.source_uri import check_source_uri, check_uri_length
from services.catalog.vocabulary import Source
from services.common.admission import Admission
from services.common.bounded_executor import BoundedExecutor
from services.common.byte_budget import ByteBudget
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_FORGOTTEN_SOURCES, ImageLimits
from services.common.wire.context import Context

_MAX_PAGE: Final = 500
_MAX_LABELS: Final = 1_000
_MAX_SOURCES: Final = 1_000
# An image takes up to 0.3 MB of rows: 100 sources, 100 objects and 256 faces.
_READ_AT_ONCE: Final = 50


class ImageServicer(pb_grpc.ImageServiceServicer):
    """Indexes, lists and deletes images.

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

    async def GetImage(self, request: pb.GetImageRequest, context: Context) -> pb.GetImageResponse:
        """Get an image."""
        checks = Checks()
        name = checks.run(parse_child, request.name, "images", field="name")
        mask = checks.run(ReadMask, request.read_mask, image_pb2.Image, IMAGE_DEFAULT)
        checks.done()
        library, sha256 = name
        fields = IMAGE_FIELDS.select(mask)

        def read(opened: Library) -> ImageRecord:
            record = opened.find_image(sha256, fields.parts)
            if record is None:
                raise image_not_found(library, sha256)
            return record

        record = await self._libraries.run(library, read)
        return pb.GetImageResponse(image=fields.message(library, record))

    async def ListImages(self, request: pb.ListImagesRequest, context: Context) -> pb.ListImagesResponse:
        """List images, the first indexed first."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        image_filter = checks.run(image_filter_of, request.filter, checks.known(library), field="filter")
        order = checks.run(image_order_of, request.order_by, of_album=bool(request.filter.album), field="order_by")
        mask = checks.run(ReadMask, request.read_mask, image_pb2.Image, IMAGE_DEFAULT)
        page = PageRequest(
            checks, request, "images", library, image_filter, order, most=_MAX_PAGE, key_types=(int, int)
        )
        checks.done()

        fields = IMAGE_FIELDS.select(mask)

        def read(opened: Library) -> tuple[list[image_pb2.Image], str]:
            return page.fill(
                lambda after, limit: opened.list_images(
                    image_filter, order, after=after, limit=limit, parts=fields.parts
                ),
                lambda record: fields.message(library, record),
                at_once=_READ_AT_ONCE,
            )

        images, next_page_token = await self._libraries.run(library, read)
        return pb.ListImagesResponse(images=images, next_page_token=next_page_token)

    async def ListLabels(self, request: pb.ListLabelsRequest, context: Context) -> pb.ListLabelsResponse:
        """List the classes of objects, by name."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        page = PageRequest(checks, request, "labels", library, most=_MAX_LABELS, key_types=(str,))
        checks.done()

        def read(opened: Library) -> tuple[list[image_pb2.LabelCount], str]:
            return page.fill(
                lambda after, limit: opened.list_labels(after=after, limit=limit),
                lambda record: image_pb2.LabelCount(label=record.label, image_count=record.image_count),
            )

        labels, next_page_token = await self._libraries.run(library, read)
        return pb.ListLabelsResponse(labels=labels, next_page_token=next_page_token)

    async def DeleteImage(self, request: pb.DeleteImageRequest, context: Context) -> pb.DeleteImageResponse:
        """Delete an image and all that was known of it."""
        library, sha256 = parse_child(request.name, "images", field="name")

        def write(opened: Library) -> None:
            opened.delete_image(sha256, etag=request.etag)

        await self._libraries.run(library, write, people=True)
        return pb.DeleteImageResponse()

    async def ListSources(self, request: pb.ListSourcesRequest, context: Context) -> pb.ListSourcesResponse:
        """List the places of images, by uri."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        prefix = request.uri_prefix
        checks.run(check_uri_length, prefix, field="uri_prefix")
        page = PageRequest(checks, request, "sources", library, prefix, most=_MAX_SOURCES, key_types=(str,))
        checks.done()

        def read(opened: Library) -> tuple[list[image_pb2.Source], str]:
            return page.fill(
                lambda after, limit: opened.list_sources(uri_prefix=prefix, after=after, limit=limit),
                lambda record: source_message(library, record),
            )

        sources, next_page_token = await self._libraries.run(library, read)
        return pb.ListSourcesResponse(sources=sources, next_page_token=next_page_token)

    async def ForgetSources(self, request: pb.ForgetSourcesRequest, context: Context) -> pb.ForgetSourcesResponse:
        """Forget places whose files are gone."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        # A thousand long ones take a second.
        uris = await self._executor.run(checks.run, _checked_uris, request.uris)
        checks.done()

        def write(opened: Library) -> Forgotten:
            return opened.forget_sources(uris, validate_only=request.validate_only)

        forgotten = await self._libraries.run(library, write, people=True)
        return pb.ForgetSourcesResponse(
            forgotten_count=forgotten.count,
            deleted_images=[child_name(library, "images", sha256) for sha256 in forgotten.deleted],
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


def _checked_uris(uris: Sequence[str]) -> frozenset[str]:
    if not uris:
        raise InvalidArgumentError(Reason.SOURCES_EMPTY, "No place is given.", field="uris")
    if len(uris) > MAX_FORGOTTEN_SOURCES:
        raise InvalidArgumentError(
            Reason.TOO_MANY_SOURCES,
            f"{len(uris):,} places are more than the {MAX_FORGOTTEN_SOURCES:,} that one call may forget. Send them in "
            "several.",
            field="uris",
            metadata={"limit": str(MAX_FORGOTTEN_SOURCES), "value": str(len(uris))},
        )
    checks = Checks()
    for position, uri in enumerate(uris):
        checks.run(check_source_uri, uri, field=f"uris[{position}]")
    checks.done()
    return frozenset(uris)


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
