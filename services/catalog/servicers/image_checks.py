"""The call of ImageService that says which images are there."""

from collections.abc import Sequence

from albumen.catalog.v1 import image_service_pb2 as pb
from services.catalog.indexing.upload import check_sha256
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.parts import ImageParts
from services.catalog.records import ImageRecord
from services.catalog.servicers.resource_names import parse_library
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_CHECKED_IMAGES
from services.common.wire.context import Context


class ImageChecks:
    """Says which images are there.

    Args:
        libraries: leases them, and runs reads.

    """

    def __init__(self, libraries: LibraryCalls) -> None:
        self._libraries = libraries

    async def CheckImages(self, request: pb.CheckImagesRequest, context: Context) -> pb.CheckImagesResponse:
        """Say which of a client's files are in the library."""
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        hashes = checks.run(_hashes, request.hashes)
        checks.done()

        def read(opened: Library) -> list[pb.ImagePresence]:
            found = opened.find_images(set(hashes), ImageParts.STATEMENTS)
            return [_presence(found.get(sha256)) for sha256 in hashes]

        return pb.CheckImagesResponse(presences=await self._libraries.run(library, read))


def _presence(image: ImageRecord | None) -> pb.ImagePresence:
    if image is None:
        return pb.IMAGE_PRESENCE_ABSENT
    return pb.IMAGE_PRESENCE_PRESENT if image.delete_time is None else pb.IMAGE_PRESENCE_TRASHED


def _hashes(hashes: Sequence[str]) -> list[str]:
    if not 0 < len(hashes) <= MAX_CHECKED_IMAGES:
        raise InvalidArgumentError(
            Reason.TOO_MANY_IMAGES if hashes else Reason.IMAGES_EMPTY,
            f"One call asks about 1 to {MAX_CHECKED_IMAGES:,} hashes, not {len(hashes):,}. Use several.",
            field="hashes",
            metadata={"limit": str(MAX_CHECKED_IMAGES), "value": str(len(hashes))},
        )
    checks = Checks()
    for index, sha256 in enumerate(hashes):
        checks.run(check_sha256, sha256.lower(), field=f"hashes[{index}]")
    checks.done()
    return [sha256.lower() for sha256 in hashes]
