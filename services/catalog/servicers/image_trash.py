"""Calls of ImageService that move images to the trash, and out of it again."""

from collections.abc import Sequence

from albumen.catalog.v1 import image_service_pb2 as pb
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.not_found import image_not_found
from services.catalog.records import ImageRecord
from services.catalog.servicers.image_message import image_message
from services.catalog.servicers.resource_names import parse_child, parse_each, parse_library, parse_own
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_PURGED_IMAGES
from services.common.wire.context import Context


class ImageTrash:
    """Deletes images, has them back, and erases them.

    Args:
        libraries: leases them, and runs writes.

    """

    def __init__(self, libraries: LibraryCalls) -> None:
        self._libraries = libraries

    async def DeleteImage(self, request: pb.DeleteImageRequest, context: Context) -> pb.DeleteImageResponse:
        """Move an image to the trash."""
        library, sha256 = parse_child(request.name, "images", field="name")

        def write(opened: Library) -> ImageRecord | None:
            opened.delete_image(sha256, etag=request.etag)
            return opened.find_image(sha256)

        image = await self._libraries.run(library, write, people=True)
        return pb.DeleteImageResponse(image=None if image is None else image_message(library, image))

    async def UndeleteImage(self, request: pb.UndeleteImageRequest, context: Context) -> pb.UndeleteImageResponse:
        """Take an image out of the trash."""
        library, sha256 = parse_child(request.name, "images", field="name")

        def write(opened: Library) -> ImageRecord:
            opened.trash.undelete(sha256, etag=request.etag)
            image = opened.find_image(sha256)
            if image is None:
                raise image_not_found(library, sha256)
            return image

        image = await self._libraries.run(library, write, people=True)
        return pb.UndeleteImageResponse(image=image_message(library, image))

    async def PurgeImages(self, request: pb.PurgeImagesRequest, context: Context) -> pb.PurgeImagesResponse:
        """Erase images that are in the trash."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        hashes = checks.run(_hashes, request.names, checks.known(library), everything=request.all_deleted)
        checks.done()

        def write(opened: Library) -> int:
            if request.all_deleted:
                return opened.trash.purge_all(validate_only=request.validate_only)
            return opened.trash.purge(hashes, validate_only=request.validate_only)

        return pb.PurgeImagesResponse(purged_count=await self._libraries.run(library, write))


def _hashes(names: Sequence[str], library: str | None, *, everything: bool) -> list[str]:
    if everything == bool(names):
        problem = "Images are named, and all in the trash are meant, too" if everything else "No image is named"
        raise InvalidArgumentError(
            Reason.PURGE_AMBIGUOUS if everything else Reason.IMAGES_EMPTY,
            f"{problem}. Name 1 to {MAX_PURGED_IMAGES:,} images, or set all_deleted.",
            field="names",
            metadata={"limit": str(MAX_PURGED_IMAGES), "value": str(len(names))},
        )
    return parse_each(
        names, parse_own, "images", library, field="names", most=MAX_PURGED_IMAGES, reason=Reason.TOO_MANY_IMAGES
    )
