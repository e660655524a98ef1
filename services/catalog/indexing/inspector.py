"""What a file says of itself, as far as the catalog wants to know."""

from dataclasses import dataclass

from services.catalog.indexing.exif import exif_of
from services.catalog.pictures.preview import make_preview
from services.catalog.vocabulary import Exif, Preview
from services.common.decoding.decoder import Decoders
from services.common.image_header import ImageHeader
from services.common.limits import ImageLimits


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file says of itself.

    Attributes:
        header: format and extent.
        exif: what the camera wrote.
        preview: a small picture of it; None if none is to be kept, or can be made.

    """

    header: ImageHeader
    exif: Exif
    preview: Preview | None


class Inspector:
    """Reads headers and EXIF blocks where a damaged one harms nobody. Takes long; safe to use from several threads.

    Args:
        decoders: open the files.
        limits: how large an image may be.
        preview_side: pixels of the longer side of previews; 0 makes none.

    """

    def __init__(self, decoders: Decoders, limits: ImageLimits, preview_side: int = 0) -> None:
        self._decoders = decoders
        self._limits = limits
        self._preview_side = preview_side

    def check(self, image: bytes, *, field: str = "content") -> None:
        """Refuse what can't be indexed, without decoding it.

        Raises:
            InvalidArgumentError: the image is empty, too large or unreadable.
            AlbumenError: see `Decoders`.

        """
        with self._decoders.lend(image) as decoder:
            decoder.header(self._limits, field=field)

    def inspect(self, image: bytes) -> Inspection:
        """Return what the file `image` says of itself, and its preview.

        Raises:
            InvalidArgumentError: the image is empty, too large or unreadable.
            AlbumenError: see `Decoders`.

        """
        with self._decoders.lend(image) as decoder:
            header, exif = decoder.header(self._limits), exif_of(decoder.camera_tags())
            preview = make_preview(decoder, header, self._preview_side) if self._preview_side else None
            return Inspection(header, exif, preview)
