"""Calls of ImageService that read images."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from albumen.catalog.v1 import image_pb2
from albumen.catalog.v1 import image_service_pb2 as pb
from services.catalog.expressions.order import OrderField, image_order
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.not_found import image_not_found
from services.catalog.parts import ImageParts
from services.catalog.records import ImageRecord
from services.catalog.servicers.field_mask import ReadMask
from services.catalog.servicers.image_filter import image_filter_of, order_of
from services.catalog.servicers.image_message import IMAGE_DEFAULT, IMAGE_FIELDS
from services.catalog.servicers.pages import PageRequest
from services.catalog.servicers.pages_both_ways import PageBothWays
from services.catalog.servicers.record_fields import Selection
from services.catalog.servicers.resource_names import child_name, parse_child, parse_each, parse_library, parse_own
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason, ResourceExhaustedError
from services.common.limits import MAX_BATCH_IMAGES, MAX_PAGE_BYTES
from services.common.wire.context import Context
from services.common.wire.status import to_status

_MAX_PAGE: Final = 500
_MAX_LABELS: Final = 1_000
# An image takes up to 0.3 MB of rows: 100 sources, 100 objects and 256 faces.
_READ_AT_ONCE: Final = 50


class ImageReading:
    """Gets and lists images and their labels.

    Args:
        libraries: leases them, and runs reads.

    """

    def __init__(self, libraries: LibraryCalls) -> None:
        self._libraries = libraries

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

    async def BatchGetImages(self, request: pb.BatchGetImagesRequest, context: Context) -> pb.BatchGetImagesResponse:
        """Get images, each or why there is none, in the order of their names."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        hashes = checks.run(_hashes, request.names, checks.known(library))
        mask = checks.run(ReadMask, request.read_mask, image_pb2.Image, IMAGE_DEFAULT)
        checks.done()
        fields = IMAGE_FIELDS.select(mask)

        def read(opened: Library) -> list[pb.ImageResult]:
            return list(_results(opened, library, hashes, fields))

        return pb.BatchGetImagesResponse(results=await self._libraries.run(library, read))

    async def ListImages(self, request: pb.ListImagesRequest, context: Context) -> pb.ListImagesResponse:
        """List images, the first indexed first."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        image_filter = checks.run(
            image_filter_of, request.filter, checks.known(library), field="filter", show_trashed=request.show_deleted
        )
        in_order = partial(image_order, of_album=bool(request.filter.album))
        order = checks.run(order_of, in_order, request.order_by, field="order_by")
        mask = checks.run(ReadMask, request.read_mask, image_pb2.Image, IMAGE_DEFAULT)
        named = request.order_by.strip().startswith(OrderField.FILE_NAME.value)
        page = PageBothWays(
            checks, request, "images", library, image_filter, order,
            most=_MAX_PAGE, key_types=(str if named else int, int),
        )  # fmt: skip
        checks.done()

        fields = IMAGE_FIELDS.select(mask)

        def read(opened: Library) -> tuple[list[image_pb2.Image], str, str]:
            return page.fill(
                lambda after, limit, *, backward: opened.list_images(
                    image_filter, order, after=after, limit=limit, parts=fields.parts, backward=backward
                ),
                lambda record: fields.message(library, record),
                at_once=_READ_AT_ONCE,
            )

        images, following, previous = await self._libraries.run(library, read)
        return pb.ListImagesResponse(images=images, next_page_token=following, previous_page_token=previous)

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


def _hashes(names: Sequence[str], library: str | None) -> list[str]:
    if not names:
        raise InvalidArgumentError(
            Reason.IMAGES_EMPTY,
            f"No image is named. Name 1 to {MAX_BATCH_IMAGES}.",
            field="names",
            metadata={"limit": str(MAX_BATCH_IMAGES), "value": "0"},
        )
    return parse_each(
        names, parse_own, "images", library, field="names", most=MAX_BATCH_IMAGES, reason=Reason.TOO_MANY_IMAGES
    )


def _results(
    opened: Library,
    library: str,
    hashes: Sequence[str],
    fields: Selection[image_pb2.Image, ImageRecord, ImageParts],
) -> Iterator[pb.ImageResult]:
    # A sixteenth is left for what tells why there is no image.
    room = MAX_PAGE_BYTES - MAX_PAGE_BYTES // 16
    for start in range(0, len(hashes), _READ_AT_ONCE):
        part = hashes[start : start + _READ_AT_ONCE]
        found = opened.find_images(part, fields.parts)
        for sha256 in part:
            if sha256 not in found:
                yield pb.ImageResult(error=to_status(image_not_found(library, sha256)))
                continue
            result = pb.ImageResult(image=fields.message(library, found[sha256]))
            if result.ByteSize() > room:
                result = pb.ImageResult(error=to_status(_does_not_fit(library, sha256)))
            else:
                room -= result.ByteSize()
            yield result


def _does_not_fit(library: str, sha256: str) -> ResourceExhaustedError:
    return ResourceExhaustedError(
        Reason.RESPONSE_TOO_LARGE,
        f"The response would pass {MAX_PAGE_BYTES:,} bytes with image {sha256}. Ask for it in another call.",
        resource=child_name(library, "images", sha256),
        metadata={"limit": str(MAX_PAGE_BYTES)},
    )
