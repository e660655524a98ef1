"""Calls of a catalog's images and of their places."""

from collections.abc import Iterator, Sequence
from typing import Final

import grpc
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1.image_pb2 import Image, LabelCount, Source
from albumen.catalog.v1.image_service_pb2 import (
    BatchGetImagesRequest,
    CheckImagesRequest,
    DeleteImageRequest,
    ForgetSourcesRequest,
    GetImageRequest,
    ImageFilter,
    ImageHeader,
    ImagePresence,
    IndexImageRequest,
    ListImagesRequest,
    ListLabelsRequest,
    ListSourcesRequest,
    PurgeImagesRequest,
    UndeleteImageRequest,
    UpdateImageRequest,
)
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceStub
from clients.cli.paging import CALL_SECONDS, mask, pages
from services.common.errors import Reason
from services.common.limits import MAX_BATCH_IMAGES, MAX_CHECKED_IMAGES, MAX_PURGED_IMAGES, MAX_SOURCE_URI_CHARS
from services.common.wire.status import from_rpc_error

# Which images are in the trash.
TRASHED: Final = ImageFilter(expression="trashed = true")

_IMAGES_PER_PAGE: Final = 500
_LABELS_PER_PAGE: Final = 1000
_SOURCES_PER_PAGE: Final = 1000
# Whoever is left without faces goes too, which may move many people.
_FORGET_SECONDS: Final = 300.0


class ImageCalls:
    """The images of one library; lists come without their pages. Calls raise `grpc.RpcError`.

    Attributes:
        images: the service that has them.
        parent: resource name of the library.

    """

    def __init__(self, images: ImageServiceStub, parent: str) -> None:
        self.images = images
        self.parent = parent

    def image(self, name: str, *fields: str) -> Image:
        """Return the image with the resource name `name`, or only `fields` of it."""
        request = GetImageRequest(name=name, read_mask=mask(fields))
        return self.images.GetImage(request, timeout=CALL_SECONDS).image

    def has_image(self, sha256: str) -> bool:
        """Return whether the library holds an image of these bytes."""
        return self.presences([sha256]) != [ImagePresence.IMAGE_PRESENCE_ABSENT]

    def presences(self, hashes: Sequence[str]) -> list[ImagePresence]:
        """Return where the image of each SHA-256 is."""
        found: list[ImagePresence] = []
        for start in range(0, len(hashes), MAX_CHECKED_IMAGES):
            request = CheckImagesRequest(parent=self.parent, hashes=hashes[start : start + MAX_CHECKED_IMAGES])
            found += self.images.CheckImages(request, timeout=CALL_SECONDS).presences
        return found

    def list_images(
        self,
        *fields: str,
        image_filter: ImageFilter | None = None,
        order_by: str = "",
        page_size: int = _IMAGES_PER_PAGE,
    ) -> Iterator[Image]:
        """Yield the images that meet `image_filter`, first indexed first or by `order_by`; or only `fields` of them."""
        request = ListImagesRequest(
            parent=self.parent, page_size=page_size, filter=image_filter, order_by=order_by, read_mask=mask(fields)
        )
        for page in pages(self.images.ListImages, request):
            yield from page.images

    def update_image(self, image: Image, *fields: str) -> Image:
        """Change `fields` of an image to what `image` says; if it has an etag, unless it was changed meanwhile."""
        request = UpdateImageRequest(image=image, update_mask=mask(fields))
        return self.images.UpdateImage(request, timeout=CALL_SECONDS).image

    def delete_image(self, name: str) -> Image | None:
        """Move an image to the trash; return it as it is there, or None if it was erased at once."""
        deleted = self.images.DeleteImage(DeleteImageRequest(name=name), timeout=CALL_SECONDS)
        return deleted.image if deleted.HasField("image") else None

    def trashed(self, names: Sequence[str]) -> list[Image]:
        """Return those of a few images that are in the trash, with the times of that: others were erased."""
        found: list[Image] = []
        for start in range(0, len(names), MAX_BATCH_IMAGES):
            part = names[start : start + MAX_BATCH_IMAGES]
            fields = FieldMask(paths=["name", "delete_time", "purge_time"])
            request = BatchGetImagesRequest(parent=self.parent, names=part, read_mask=fields)
            results = self.images.BatchGetImages(request, timeout=CALL_SECONDS).results
            found += (result.image for result in results if result.image.HasField("purge_time"))
        return found

    def undelete_image(self, name: str) -> Image:
        """Take an image out of the trash."""
        return self.images.UndeleteImage(UndeleteImageRequest(name=name), timeout=CALL_SECONDS).image

    def purge_images(self, names: Sequence[str] = (), *, dry_run: bool = False) -> int:
        """Erase images that are in the trash, or all that are; return how many."""
        request = PurgeImagesRequest(parent=self.parent, validate_only=dry_run)
        if not names:
            request.all_deleted = True
            return self.images.PurgeImages(request, timeout=_FORGET_SECONDS).purged_count
        count = 0
        for start in range(0, len(names), MAX_PURGED_IMAGES):
            request.names[:] = names[start : start + MAX_PURGED_IMAGES]
            count += self.images.PurgeImages(request, timeout=_FORGET_SECONDS).purged_count
        return count

    def list_labels(self) -> Iterator[LabelCount]:
        """Yield the labels of the objects in the images, by name."""
        request = ListLabelsRequest(parent=self.parent, page_size=_LABELS_PER_PAGE)
        for page in pages(self.images.ListLabels, request):
            yield from page.labels

    def list_sources(
        self, uri_prefix: str = "", *, page_size: int = _SOURCES_PER_PAGE, missing_only: bool = False
    ) -> Iterator[Source]:
        """Yield the places that images were indexed from whose URIs begin with `uri_prefix`, in the order of URIs.

        If `missing_only`, those whose files the sync of a folder did not find.
        """
        if len(uri_prefix) > MAX_SOURCE_URI_CHARS:
            return  # No place can begin so.
        request = ListSourcesRequest(
            parent=self.parent, page_size=page_size, uri_prefix=uri_prefix, missing_only=missing_only
        )
        for page in pages(self.images.ListSources, request):
            yield from page.sources

    def source(self, uri: str) -> Source | None:
        """Return the place `uri`, or None if no image was indexed from it."""
        # Of all URIs that begin so, the shortest is the first.
        first = next(self.list_sources(uri, page_size=1), None)
        return first if first is not None and first.uri == uri else None

    def add_place(self, image: str, uri: str) -> None:
        """Say that an image is at `uri` too; nothing happens if the catalog does not know the image any more."""
        header = ImageHeader(parent=self.parent, source_uri=uri, sha256=image.rpartition("/")[2])
        try:
            self.images.IndexImage(iter([IndexImageRequest(header=header)]), timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            if from_rpc_error(error).reason is not Reason.IMAGE_EMPTY:
                raise

    def forget_sources(self, uris: Sequence[str], *, dry_run: bool = False) -> tuple[int, list[str]]:
        """Forget the places `uris`, with the images that have no other; return how many places, and which images."""
        places = 0
        images: list[str] = []
        for start in range(0, len(uris), _SOURCES_PER_PAGE):
            batch = uris[start : start + _SOURCES_PER_PAGE]
            request = ForgetSourcesRequest(parent=self.parent, uris=batch, validate_only=dry_run)
            forgotten = self.images.ForgetSources(request, timeout=_FORGET_SECONDS)
            places += forgotten.forgotten_count
            images += forgotten.deleted_images
        return places, images
