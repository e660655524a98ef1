"""ImageService: translates between messages and the images of a library."""

from albumen.catalog.v1 import image_service_pb2_grpc as pb_grpc
from services.catalog.servicers.image_checks import ImageChecks
from services.catalog.servicers.image_indexing import ImageIndexing
from services.catalog.servicers.image_reading import ImageReading
from services.catalog.servicers.image_sources import ImageSources
from services.catalog.servicers.image_trash import ImageTrash
from services.catalog.servicers.image_updates import ImageUpdates


class ImageServicer(
    ImageIndexing, ImageReading, ImageUpdates, ImageTrash, ImageSources, ImageChecks, pb_grpc.ImageServiceServicer
):
    """Indexes, reads, changes and deletes images. It takes what `ImageIndexing` does, which is what the others need."""
