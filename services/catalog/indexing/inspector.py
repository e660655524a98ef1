"""What a file says of itself, as far as the catalog wants to know."""

from services.catalog.indexing.exif import exif_of
from services.catalog.vocabulary import Exif
from services.common.decoding.decoder import Decoders
from services.common.image_header import ImageHeader
from services.common.limits import ImageLimits


class Inspector:
    """Reads headers and EXIF blocks where a damaged one harms nobody. Takes long; safe to use from several threads.

    Args:
        decoders: open the files.
        limits: how large an image may be.

    """

    def __init__(self, decoders: Decoders, limits: ImageLimits) -> None:
        self._decoders = decoders
        self._limits = limits

    def check(self, image: bytes, *, field: str = "content") -> None:
        """Refuse what can't be indexed, without decoding it.

        Raises:
            InvalidArgumentError: the image is empty, too large or unreadable.
            AlbumenError: see `Decoders`.

        """
        with self._decoders.lend(image) as decoder:
            decoder.header(self._limits, field=field)

    def inspect(self, image: bytes) -> tuple[ImageHeader, Exif]:
        """Return what the file `image` says of itself, and what is known of the photo.

        Raises:
            InvalidArgumentError: the image is empty, too large or unreadable.
            AlbumenError: see `Decoders`.

        """
        with self._decoders.lend(image) as decoder:
            return decoder.header(self._limits), exif_of(decoder.camera_tags())
