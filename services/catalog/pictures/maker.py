"""Pictures of indexed images, from the preview or the original."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from PIL import Image

from services.catalog.pictures.encoding import encoded
from services.catalog.pictures.form import PictureForm
from services.catalog.pictures.originals import Originals
from services.catalog.pictures.preview import PREVIEW_FORMAT
from services.catalog.pictures.rendering import rendered
from services.catalog.records import ImageRecord
from services.catalog.vocabulary import Box, Preview
from services.common.cancellation import current_cancellation
from services.common.decoding.decoder import Decoders
from services.common.decoding.decoding_memory import DecodingMemory
from services.common.drawing.annotation import Mark, annotate
from services.common.drawing.fonts import Fonts
from services.common.errors import FailedPreconditionError
from services.common.limits import PICTURE_MEMORY_BYTES, ImageLimits

# Of a picture with boxes: itself, a copy, what is drawn, and what an encoder holds.
BYTES_A_PIXEL: Final = 12


@dataclass(frozen=True, slots=True)
class MadePicture:
    """A picture.

    Attributes:
        content: the encoded file.
        width: pixels.
        height: pixels.

    """

    content: bytes
    width: int
    height: int


class PictureMaker:
    """Makes pictures; safe to use from several threads, each of which waits until there is memory for its picture.

    Args:
        decoders: decode previews and originals.
        originals: finds originals.
        limits: how large an original may be.
        memory_bytes: of all pictures that are being made; one of the largest must fit.

    """

    def __init__(
        self,
        decoders: Decoders,
        originals: Originals,
        limits: ImageLimits,
        memory_bytes: int = PICTURE_MEMORY_BYTES,
    ) -> None:
        self._decoders = decoders
        self._originals = originals
        self._limits = limits
        self._memory = DecodingMemory(memory_bytes)

    def make(
        self, image: ImageRecord, name: str, form: PictureForm, marks: Sequence[Mark] = (), *, at_any_size: bool = False
    ) -> MadePicture:
        """Return a picture of an image. Takes long.

        Args:
            image: read with its file, places and preview.
            name: its resource name, for messages.
            form: how the picture is to be.
            marks: to be drawn; their boxes are in pixels of the image.
            at_any_size: whether a preview that is too small serves where there is no original.

        Raises:
            FailedPreconditionError: PICTURE_UNAVAILABLE or IMAGE_CONTENT_CHANGED.
            InvalidArgumentError: the original can't be decoded.
            AlbumenError: see `Decoders`.

        """
        extent, preview = form.extent(image.width, image.height), image.preview
        if preview is not None and _serves(preview, form, extent):
            content = preview.content
            if (preview.width, preview.height) == extent and form.format is PREVIEW_FORMAT and not marks:
                return MadePicture(content, *extent)
        else:
            try:
                content = self._originals.read(image, name)
            except FailedPreconditionError:
                if preview is None or not at_any_size:
                    raise
                content = preview.content
        share = self._memory.share()
        share.grow(BYTES_A_PIXEL * extent[0] * extent[1], current_cancellation())
        try:
            with self._decoders.lend(content) as decoder:
                picture = rendered(decoder, decoder.header(self._limits), form, extent)
            if marks:
                picture = annotate(picture, _moved(marks, image, form, picture), self._fonts)
            return MadePicture(encoded(picture, form.format), picture.width, picture.height)
        finally:
            share.shrink(0)

    @cached_property
    def _fonts(self) -> Fonts:
        return Fonts()


def etag_of(image: ImageRecord, form: PictureForm, marks: Sequence[Mark], extent: tuple[int, int]) -> str:
    """Return the etag of a picture of that extent: it changes with what the picture shows."""
    drawn = [(mark.box.left, mark.box.top, mark.box.width, mark.box.height, mark.text, mark.color) for mark in marks]
    shown = (image.sha256, form.max_side, str(form.format), form.square, extent, drawn)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _serves(preview: Preview, form: PictureForm, extent: tuple[int, int]) -> bool:
    """Return whether a preview has the pixels for a picture of that extent."""
    _, _, width, height = form.shown(preview.width, preview.height)
    return width >= extent[0] and height >= extent[1]


def _moved(marks: Sequence[Mark], image: ImageRecord, form: PictureForm, picture: Image.Image) -> Iterator[Mark]:
    """Yield the marks of an image where they are in a picture of it; those that are beside it are left out."""
    left, top, width, _ = form.shown(image.width, image.height)
    scale = picture.width / width
    for mark in marks:
        box = mark.box
        moved = Box((box.left - left) * scale, (box.top - top) * scale, box.width * scale, box.height * scale)
        is_seen = moved.left < picture.width and moved.top < picture.height
        if is_seen and moved.left + moved.width > 0 and moved.top + moved.height > 0:
            yield replace(mark, box=moved)
