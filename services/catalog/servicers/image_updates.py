"""Calls of ImageService that change what users say of images."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import image_pb2
from albumen.catalog.v1 import image_service_pb2 as pb
from services.catalog.image_statements import checked_description, checked_rating, checked_tags
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.not_found import image_not_found
from services.catalog.records import ImageRecord
from services.catalog.servicers.field_mask import fields_to_update, may_update
from services.catalog.servicers.image_message import image_message
from services.catalog.servicers.resource_names import parse_child
from services.common.bounded_executor import BoundedExecutor
from services.common.checks import Checks
from services.common.wire.context import Context

# What can be changed, and in which form it is stored.
_CHECKED: Final[dict[str, Callable[..., Any]]] = {
    "favorite": lambda favorite, *, field: favorite,  # noqa: ARG005 - either is right
    "rating": checked_rating,
    "description": checked_description,
    "tags": checked_tags,
}


class ImageUpdates:
    """Changes images.

    Args:
        libraries: leases them, and runs writes.
        executor: runs checks that take long.

    """

    def __init__(self, libraries: LibraryCalls, executor: BoundedExecutor) -> None:
        self._libraries = libraries
        self._executor = executor

    async def UpdateImage(self, request: pb.UpdateImageRequest, context: Context) -> pb.UpdateImageResponse:
        """Change what users say of an image."""
        checks = Checks()
        name = checks.run(parse_child, request.image.name, "images", field="image.name")
        fields = checks.run(fields_to_update, request.update_mask, request.image, _CHECKED)
        # A hundred long tags take some milliseconds.
        said = await self._executor.run(checks.run, _said, request.update_mask, request.image)
        checks.done()
        library, sha256 = name
        changes = {field: value for field, value in said.items() if field in fields}

        def write(opened: Library) -> ImageRecord:
            opened.statements.update(sha256, lambda before: replace(before, **changes), etag=request.image.etag)
            image = opened.find_image(sha256)
            if image is None:
                raise image_not_found(library, sha256)
            return image

        image = await self._libraries.run(library, write)
        return pb.UpdateImageResponse(image=image_message(library, image))


def _said(mask: FieldMask, image: image_pb2.Image) -> dict[str, Any]:
    """Return the values that an update may bring, whatever else is wrong with it."""
    checks = Checks()
    said: dict[str, Any] = {
        field: checks.run(check, getattr(image, field), field=f"image.{field}")
        for field, check in _CHECKED.items()
        if may_update(mask, field)
    }
    checks.done()
    return said
