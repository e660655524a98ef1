"""A picture of the bytes of an image file."""

from PIL import Image

from services.catalog.pictures.form import PictureForm
from services.catalog.pictures.resizing import resized
from services.common.decoding.decoder import Decoder
from services.common.decoding.decoding_scale import SCALES
from services.common.image_header import ImageHeader
from services.common.image_pixels import upright


def rendered(
    decoder: Decoder, header: ImageHeader, form: PictureForm, extent: tuple[int, int] | None = None
) -> Image.Image:
    """Return the upright picture of a file, decoded at the smallest scale that has its pixels.

    Args:
        decoder: lent for the file.
        header: what the file says of itself.
        form: how the picture is to be.
        extent: width and height of the picture, by default those that the form gives a picture of the file; it is
            smaller where the file has fewer pixels, or where so many would not fit into memory.

    Raises:
        InvalidArgumentError: IMAGE_UNREADABLE, IMAGE_TOO_COSTLY or IMAGE_TOO_MUCH_MEMORY.
        AlbumenError: see `Decoders`.

    """
    # By the file's own extent, since that of decoded pixels is rounded.
    wanted = extent or form.extent(header.width, header.height)
    _, _, width, height = form.shown(header.width, header.height)
    scale = min((scale for scale in SCALES if scale >= max(wanted) / max(width, height)), default=1.0)
    stored = decoder.pixels(header, scale, srgb=True)
    pixels = upright(stored, header.orientation)
    left, top, width, height = form.shown(pixels.shape[1], pixels.shape[0])
    shown = pixels[top : top + height, left : left + width]
    if wanted[0] > width or wanted[1] > height:
        wanted = form.extent(pixels.shape[1], pixels.shape[0])
    return resized(shown, *wanted)
