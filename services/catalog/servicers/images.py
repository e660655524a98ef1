"""ImageService: translates between messages and the images of a library."""

from collections.abc import AsyncIterator
from typing import Final

from albumen.catalog.v1 import image_pb2
from albumen.catalog.v1 import image_service_pb2 as pb
from albumen.catalog.v1 import image_service_pb2_grpc as pb_grpc
from services.catalog.catalog import Catalog
from services.catalog.indexing.indexer import Indexer
from services.catalog.indexing.upload import Announcement, Upload
from services.catalog.library import AddedImage, Library
from services.catalog.not_found import image_not_found
from services.catalog.records import ImageRecord, Page
from services.catalog.servicers.field_mask import ReadMask
from services.catalog.servicers.messages import image_message
from services.catalog.servicers.page_size import page_size
from services.catalog.servicers.page_token import decode_page_token, encode_page_token
from services.catalog.servicers.resource_names import parse_child, parse_child_of, parse_library
from services.catalog.vocabulary import Source
from services.common.admission import Admission
from services.common.bounded_executor import BoundedExecutor
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import ImageLimits
from services.common.wire.context import Context

_MAX_PAGE: Final = 500


class ImageServicer(pb_grpc.ImageServiceServicer):
    """Indexes, lists and deletes images.

    Args:
        catalog: the libraries.
        indexer: brings images into them.
        executor: runs reads and writes.
        admission: bounds the images that are being indexed, and so held in memory.
        limits: how large an image may be.

    """

    def __init__(
        self,
        catalog: Catalog,
        indexer: Indexer,
        executor: BoundedExecutor,
        admission: Admission,
        limits: ImageLimits,
    ) -> None:
        self._catalog = catalog
        self._indexer = indexer
        self._executor = executor
        self._admission = admission
        self._limits = limits

    async def IndexImage(
        self, request_iterator: AsyncIterator[pb.IndexImageRequest], context: Context
    ) -> pb.IndexImageResponse:
        """Index an image sent in chunks."""
        with self._admission.place():
            first = await anext(request_iterator, None)
            if first is None or not first.HasField("header"):
                raise InvalidArgumentError(
                    Reason.IMAGE_HEADER_MISSING, "The first message must carry the header.", field="header"
                )
            announcement = _announcement(first.header)
            library = await self._open(announcement)
            known = await self._indexer.find(library, announcement)
            if known is not None:
                return _indexed(library.id, known)
            upload = Upload(announcement, self._limits)
            upload.add(first.content)
            async for request in request_iterator:
                if request.HasField("header"):
                    raise InvalidArgumentError(
                        Reason.IMAGE_HEADER_REPEATED, "Only the first message may carry a header.", field="header"
                    )
                upload.add(request.content)
            searched = bool(announcement.sha256)
            return _indexed(library.id, await self._indexer.index(library, upload, searched=searched))

    async def IndexImageBytes(self, request: pb.IndexImageBytesRequest, context: Context) -> pb.IndexImageBytesResponse:
        """Index an image sent in one message."""
        with self._admission.place():
            announcement = _announcement(request.header)
            library = await self._open(announcement)
            upload = Upload(announcement, self._limits)
            upload.add(request.content)
            added = await self._indexer.index(library, upload)
            image = image_message(library.id, added.image)
            return pb.IndexImageBytesResponse(image=image, already_indexed=added.already_indexed)

    async def GetImage(self, request: pb.GetImageRequest, context: Context) -> pb.GetImageResponse:
        """Get an image."""
        library, sha256 = parse_child(request.name, "images", field="name")
        mask = ReadMask(request.read_mask, image_pb2.Image)
        record = await self._executor.run(self._find, library, sha256)
        return pb.GetImageResponse(image=mask.apply(image_message(library, record)))

    async def ListImages(self, request: pb.ListImagesRequest, context: Context) -> pb.ListImagesResponse:
        """List images, the first indexed first."""
        library = parse_library(request.parent, field="parent")
        person = parse_child_of(request.filter.person, "people", library, field="filter.person")
        labels = tuple(sorted(set(request.filter.labels)))
        mask = ReadMask(request.read_mask, image_pb2.Image)
        limit = page_size(request.page_size, _MAX_PAGE)
        query = ("images", library, labels, person)
        key = decode_page_token(request.page_token, [int], *query)

        def read() -> Page[ImageRecord, int]:
            after = int(key[0]) if key else None
            return self._catalog.get(library).list_images(labels=labels, person_id=person, after=after, limit=limit)

        page = await self._executor.run(read)
        return pb.ListImagesResponse(
            images=[mask.apply(image_message(library, record)) for record in page.items],
            next_page_token=encode_page_token([page.next_key], *query) if page.next_key is not None else "",
        )

    async def DeleteImage(self, request: pb.DeleteImageRequest, context: Context) -> pb.DeleteImageResponse:
        """Delete an image and all that was known of it."""
        library, sha256 = parse_child(request.name, "images", field="name")
        await self._executor.run(self._delete, library, sha256)
        return pb.DeleteImageResponse()

    async def _open(self, announcement: Announcement) -> Library:
        announcement.check(self._limits)
        return await self._executor.run(self._catalog.get, announcement.library)

    def _find(self, library: str, sha256: str) -> ImageRecord:
        record = self._catalog.get(library).find_image(sha256)
        if record is None:
            raise image_not_found(library, sha256)
        return record

    def _delete(self, library: str, sha256: str) -> None:
        self._catalog.get(library).delete_image(sha256)


def _indexed(library: str, added: AddedImage) -> pb.IndexImageResponse:
    image = image_message(library, added.image)
    return pb.IndexImageResponse(image=image, already_indexed=added.already_indexed)


def _announcement(header: pb.ImageHeader) -> Announcement:
    return Announcement(
        library=parse_library(header.parent, field="header.parent"),
        source=Source(header.source_uri, header.file_name),
        sha256=header.sha256.lower(),
        size_bytes=header.size_bytes,
    )
