"""PictureService: translates between messages and the pictures of a library's images."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Final

from albumen.catalog.v1 import picture_pb2
from albumen.catalog.v1 import picture_service_pb2 as pb
from albumen.catalog.v1 import picture_service_pb2_grpc as pb_grpc
from albumen.types.v1 import geometry_pb2
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.not_found import image_not_found
from services.catalog.parts import ImageParts
from services.catalog.person_record import PersonRecord
from services.catalog.pictures.form import PictureForm, PictureFormat
from services.catalog.pictures.maker import MadePicture, PictureMaker, etag_of
from services.catalog.pictures.marks import marks_of
from services.catalog.pictures.originals import Originals
from services.catalog.records import ImageRecord
from services.catalog.servicers.resource_names import child_name, parse_child
from services.common.bounded_executor import BoundedExecutor
from services.common.byte_budget import ByteBudget
from services.common.checks import Checks
from services.common.drawing.annotation import Mark
from services.common.errors import InvalidArgumentError, NotFoundError, Reason
from services.common.limits import MAX_PICTURE_SIDE, MAX_THUMBNAIL_SIDE, MIN_PICTURE_SIDE, PICTURE_CHUNK_BYTES
from services.common.wire.context import Context

_THUMBNAIL_SIDE: Final = 256
_PICTURE_SIDE: Final = 2_048
_FORMATS: Final = {
    picture_pb2.PICTURE_FORMAT_UNSPECIFIED: PictureFormat.JPEG,
    picture_pb2.PICTURE_FORMAT_JPEG: PictureFormat.JPEG,
    picture_pb2.PICTURE_FORMAT_WEBP: PictureFormat.WEBP,
}
# Of an original.
_FILE: Final = ImageParts.FILE | ImageParts.PLACES
_SEEN: Final = ImageParts.OBJECTS | ImageParts.FACES


class PictureServicer(pb_grpc.PictureServiceServicer):
    """Makes and sends pictures.

    Args:
        libraries: leases them, and runs reads.
        executor: makes pictures and reads originals.
        maker: of pictures.
        originals: finds originals.
        bytes_held: bounds the bytes of large pictures on their way to clients.

    """

    def __init__(
        self,
        libraries: LibraryCalls,
        executor: BoundedExecutor,
        maker: PictureMaker,
        originals: Originals,
        bytes_held: ByteBudget,
    ) -> None:
        self._libraries = libraries
        self._executor = executor
        self._maker = maker
        self._originals = originals
        self._bytes_held = bytes_held

    async def GetThumbnail(self, request: pb.GetThumbnailRequest, context: Context) -> pb.GetThumbnailResponse:
        """Make a small picture of an image."""
        checks = Checks()
        name = checks.run(parse_child, request.name, "images", field="name")
        side = checks.run(_side, request.max_side, _THUMBNAIL_SIDE, MAX_THUMBNAIL_SIDE, field="max_side")
        picture_format = checks.run(_format, request.format, field="format")
        checks.done()
        form = PictureForm(side, picture_format, request.square)
        # A full house is told before anything is read.
        self._executor.check()
        image, marks = await self._read(*name, annotated=request.annotated)
        if request.known_etag == etag_of(image, form, marks, form.extent(image.width, image.height)):
            return pb.GetThumbnailResponse(picture=picture_pb2.Picture(etag=request.known_etag), unchanged=True)
        made = await self._executor.run(self._maker.make, image, request.name, form, marks, at_any_size=True)
        picture = _made_message(image, form, marks, made)
        if request.known_etag == picture.etag:
            # Smaller than it was asked for, still: only now is it known that no original serves.
            return pb.GetThumbnailResponse(picture=picture_pb2.Picture(etag=picture.etag), unchanged=True)
        return pb.GetThumbnailResponse(content=made.content, picture=picture)

    async def GetImageContent(
        self, request: pb.GetImageContentRequest, context: Context
    ) -> AsyncIterator[pb.GetImageContentResponse]:
        """Send an original, or a large picture."""
        checks = Checks()
        name = checks.run(parse_child, request.name, "images", field="name")
        side = checks.run(_side, request.form.max_side, _PICTURE_SIDE, MAX_PICTURE_SIDE, field="form.max_side")
        picture_format = checks.run(_format, request.form.format, field="form.format")
        checks.done()
        self._executor.check()
        if not request.HasField("form"):
            async with aclosing(self._send_original(*name)) as responses:
                async for response in responses:
                    yield response
            return
        # To make one takes a second, and then it would have no place.
        self._bytes_held.check()
        form = PictureForm(side, picture_format)
        image, marks = await self._read(*name, annotated=request.form.annotated)
        made = await self._executor.run(self._maker.make, image, request.name, form, marks)
        # It waits in memory for its client, who may be slow.
        with self._bytes_held.hold() as held:
            await held.add(len(made.content))
            yield pb.GetImageContentResponse(picture=_made_message(image, form, marks, made))
            for start in range(0, len(made.content), PICTURE_CHUNK_BYTES):
                yield pb.GetImageContentResponse(content=made.content[start : start + PICTURE_CHUNK_BYTES])

    async def _send_original(self, library: str, sha256: str) -> AsyncGenerator[pb.GetImageContentResponse, None]:
        image = await self._libraries.run(library, partial(_find, library, sha256, _FILE))
        file = await self._executor.run(self._originals.open, image, child_name(library, "images", sha256))
        try:
            yield pb.GetImageContentResponse(
                picture=picture_pb2.Picture(
                    mime_type=image.mime_type,
                    size=geometry_pb2.PixelSize(width=image.width, height=image.height),
                    size_bytes=image.size_bytes,
                    sha256=image.sha256,
                    etag=image.sha256[:16],
                )
            )
            # Who has begun to send is not refused in the middle of it.
            while block := await self._executor.run_in_turn(file.read):
                yield pb.GetImageContentResponse(content=block)
        finally:
            file.close()

    async def _read(self, library: str, sha256: str, *, annotated: bool) -> tuple[ImageRecord, tuple[Mark, ...]]:
        """Return an image, and what is to be drawn on its picture."""
        parts = _FILE | ImageParts.PREVIEW | (_SEEN if annotated else ImageParts(0))

        def read(opened: Library) -> tuple[ImageRecord, tuple[Mark, ...]]:
            image = _find(library, sha256, parts, opened)
            name_of = partial(child_name, library, "people")
            return image, marks_of(image, partial(_find_person, opened), name_of) if annotated else ()

        return await self._libraries.run(library, read)


def _find(library: str, sha256: str, parts: ImageParts, opened: Library) -> ImageRecord:
    image = opened.find_image(sha256, parts)
    if image is None:
        raise image_not_found(library, sha256)
    return image


def _find_person(opened: Library, person_id: str) -> PersonRecord | None:
    try:
        return opened.get_person(person_id)
    except NotFoundError:
        # Somebody has changed the people since the faces were read.
        return None


def _made_message(
    image: ImageRecord, form: PictureForm, marks: tuple[Mark, ...], made: MadePicture
) -> picture_pb2.Picture:
    return picture_pb2.Picture(
        mime_type=form.format.mime_type,
        size=geometry_pb2.PixelSize(width=made.width, height=made.height),
        size_bytes=len(made.content),
        sha256=hashlib.sha256(made.content).hexdigest(),
        etag=etag_of(image, form, marks, (made.width, made.height)),
    )


def _side(requested: int, default: int, most: int, *, field: str) -> int:
    """Return the pixels of the longer side.

    Raises:
        InvalidArgumentError: PARAMETER_OUT_OF_RANGE.

    """
    if requested and not MIN_PICTURE_SIDE <= requested <= most:
        raise InvalidArgumentError(
            Reason.PARAMETER_OUT_OF_RANGE,
            f"The longer side has {MIN_PICTURE_SIDE} to {most:,} pixels, not {requested:,}; 0 means {default:,}.",
            field=field,
            metadata={"limit": str(most), "value": str(requested)},
        )
    return requested or default


def _format(requested: picture_pb2.PictureFormat, *, field: str) -> PictureFormat:
    """Return a format.

    Raises:
        InvalidArgumentError: PICTURE_FORMAT_INVALID.

    """
    if requested not in _FORMATS:
        raise InvalidArgumentError(
            Reason.PICTURE_FORMAT_INVALID,
            f"There is no picture format {requested}. Ask for PICTURE_FORMAT_JPEG or PICTURE_FORMAT_WEBP.",
            field=field,
            metadata={"value": str(requested)},
        )
    return _FORMATS[requested]
