"""Turns what a caller sent as a face into the pixels that the model takes: 160 x 160, 8-bit RGB."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.common.decoding.decoder import Decoders
from services.common.errors import InvalidArgumentError, Reason
from services.common.image_pixels import upright
from services.common.limits import MAX_FACE_IMAGE_BYTES, MAX_FACE_IMAGE_PIXELS, ImageLimits

FACE_SIZE: Final = 160
FACE_BYTES: Final = FACE_SIZE * FACE_SIZE * 3

FACE_LIMITS: Final = ImageLimits(max_bytes=MAX_FACE_IMAGE_BYTES, max_pixels=MAX_FACE_IMAGE_PIXELS)


@dataclass(frozen=True, slots=True)
class FaceImage:
    """A face as a caller sent it.

    Attributes:
        data: pixels, row-major RGB without padding, or an image file.
        is_file: whether `data` is a file.
        field: path of the request's field that held it, for errors.

    """

    data: bytes
    is_file: bool
    field: str

    def pixels(self, decoders: Decoders) -> NDArray[np.uint8]:
        """Return uint8 [160, 160, 3], RGB; a file is decoded by one of `decoders`.

        Raises:
            AlbumenError: as `face_from_rgb` and `decode_face`.

        """
        if self.is_file:
            return decode_face(self.data, decoders, field=self.field)
        return face_from_rgb(self.data, field=self.field)


def face_from_rgb(data: bytes, *, field: str = "rgb") -> NDArray[np.uint8]:
    """View pixels, row-major RGB without padding, as uint8 [160, 160, 3].

    Raises:
        InvalidArgumentError: FACE_IMAGE_SIZE.

    """
    if len(data) != FACE_BYTES:
        raise InvalidArgumentError(
            Reason.FACE_IMAGE_SIZE,
            f"A face of {FACE_SIZE} x {FACE_SIZE} RGB pixels has {FACE_BYTES:,} bytes, but {len(data):,} were "
            "sent. Send the crop as the detector returns it, or an image file as `content`.",
            field=field,
            metadata={"limit": str(FACE_BYTES), "value": str(len(data))},
        )
    return np.frombuffer(data, np.uint8).reshape(FACE_SIZE, FACE_SIZE, 3)


def decode_face(data: bytes, decoders: Decoders, *, field: str = "content") -> NDArray[np.uint8]:
    """Decode an image file, turn it upright and stretch it to uint8 [160, 160, 3], RGB.

    Raises:
        InvalidArgumentError: IMAGE_EMPTY, IMAGE_TOO_LARGE, IMAGE_FORMAT_UNSUPPORTED, IMAGE_UNREADABLE,
            IMAGE_TOO_COSTLY, IMAGE_TOO_MANY_PIXELS or IMAGE_TOO_MUCH_MEMORY.
        AlbumenError: see `Decoders`.

    """
    with decoders.lend(data) as decoder:
        header = decoder.header(FACE_LIMITS, field=field)
        pixels = upright(decoder.pixels(header, field=field), header.orientation)
        image = Image.fromarray(np.ascontiguousarray(pixels))
        return np.asarray(image.resize((FACE_SIZE, FACE_SIZE), Image.Resampling.BILINEAR))
