"""The small picture that a library may keep of each image."""

from typing import Final

from services.catalog.pictures.encoding import encoded
from services.catalog.pictures.form import PictureForm, PictureFormat
from services.catalog.pictures.rendering import rendered
from services.catalog.vocabulary import Preview
from services.common.decoding.decoder import Decoder
from services.common.errors import InvalidArgumentError
from services.common.image_header import ImageHeader

PREVIEW_FORMAT: Final = PictureFormat.JPEG


def make_preview(decoder: Decoder, header: ImageHeader, max_side: int) -> Preview | None:
    """Return a preview whose longer side has `max_side` pixels at most, or None if none can be made.

    Args:
        decoder: lent for the file.
        header: what the file says of itself.
        max_side: pixels.

    Raises:
        UnavailableError: DECODER_UNAVAILABLE.

    """
    try:
        picture = rendered(decoder, header, PictureForm(max_side, PREVIEW_FORMAT))
    except InvalidArgumentError:
        # Whether the image is refused is for the detector to say, which decodes it too.
        return None
    return Preview(picture.width, picture.height, encoded(picture, PREVIEW_FORMAT))
