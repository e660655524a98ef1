"""Pictures of one colour, as large as a service takes them."""

import io

from PIL import Image

_SIDE = 9984


def encoded(form: str, mode: str, side: int = _SIDE, **options: object) -> bytes:
    """Return a picture of one colour.

    Args:
        form: Pillow's name of the format.
        mode: Pillow's name of the pixel layout.
        side: width and height, in pixels.
        options: of Pillow's encoder.

    """
    file = io.BytesIO()
    Image.new(mode, (side, side)).save(file, form, **options)
    return file.getvalue()
