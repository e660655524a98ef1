"""The call of PeopleEditService that draws a face."""

import hashlib
import math
from functools import partial
from typing import Final

from albumen.catalog.v1 import people_edit_service_pb2 as pb
from services.catalog.edits.drawing import Canvas, clipped_box
from services.catalog.edits.record import EditOutcome
from services.catalog.edits.target import Target, ToAutomatic, ToPerson
from services.catalog.indexing.drawn_face import DrawnFaceViewer, PhotoPixels
from services.catalog.library import Library
from services.catalog.library_calls import LibraryCalls
from services.catalog.not_found import image_not_found
from services.catalog.parts import ImageParts
from services.catalog.records import ImageRecord
from services.catalog.servicers.edit_request import edit_request
from services.catalog.servicers.edit_target import edit_target
from services.catalog.servicers.face_message import face_message
from services.catalog.servicers.messages import edit_message, person_message
from services.catalog.servicers.resource_names import child_name, parse_library, parse_own
from services.catalog.vocabulary import Box, DetectedFace
from services.common.admission import Admission
from services.common.bounded_executor import BoundedExecutor
from services.common.byte_budget import ByteBudget
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, NotFoundError, Reason
from services.common.excerpt import excerpt
from services.common.number_text import float32_text
from services.common.wire.context import Context

_PARTS: Final = ImageParts.FILE | ImageParts.PLACES | ImageParts.PREVIEW


class FaceDrawing:
    """Draws faces.

    Args:
        libraries: leases them, and runs reads and writes.
        executor: runs checks that take long.
        viewer: looks at what is drawn.
        admission: bounds the photos that are being looked at.
        bytes_held: bounds the bytes of originals in hand; those of requests are counted as they come.

    """

    def __init__(
        self,
        libraries: LibraryCalls,
        executor: BoundedExecutor,
        viewer: DrawnFaceViewer,
        admission: Admission,
        bytes_held: ByteBudget,
    ) -> None:
        self._libraries = libraries
        self._executor = executor
        self._viewer = viewer
        self._admission = admission
        self._bytes_held = bytes_held

    async def CreateFace(self, request: pb.CreateFaceRequest, context: Context) -> pb.CreateFaceResponse:
        """Draw a face where the detector saw none."""
        content, validate_only = request.content, request.validate_only
        # With or without the photo, it is the same request.
        request.ClearField("content")
        checks = Checks()
        library = checks.run(parse_library, request.parent, field="parent")
        sha256 = checks.run(parse_own, request.image, "images", checks.known(library), field="image")
        drawn = checks.run(_box, request)
        target = checks.run(_target, request, checks.known(library))
        edit = checks.run(edit_request, request)
        if not checks.failed and edit.id:
            known = await self._libraries.run(library, lambda opened: opened.edits.drawing.answered(edit))
            if known is not None:
                return _response(library, known)
        missing: NotFoundError | None = None
        image: ImageRecord | None = None
        if checks.known(library) is not None and checks.known(sha256) is not None:
            try:
                image = await self._libraries.run(library, partial(_find, sha256))
            except NotFoundError as error:
                missing = error
        if image is not None:
            drawn = checks.run(clipped_box, drawn, image.width, image.height, field="box")
        if content and checks.known(sha256) is not None:
            await self._executor.run(checks.run, _check_content, content, sha256)
        elif content:
            await self._executor.run(checks.run, self._viewer.check, content)
        checks.done()
        if image is None:
            raise missing or image_not_found(library, sha256)

        canvas = Canvas(sha256, drawn)
        person = target.person_id if isinstance(target, ToPerson) else None
        await self._libraries.run(library, lambda opened: opened.edits.drawing.check(canvas, person))
        seeing = self._see(library, image, canvas, content)
        # A photo that is looked at waits for the detector: it must not be in memory twice.
        del content
        seen, space = await seeing

        def write(opened: Library) -> EditOutcome:
            return opened.edits.drawing.draw(canvas, seen, space, target, validate_only=validate_only, request=edit)

        return _response(library, await self._libraries.run(library, write, people=True))

    async def _see(self, library: str, image: ImageRecord, canvas: Canvas, content: bytes) -> tuple[DetectedFace, str]:
        with self._admission.place(), self._bytes_held.hold() as held:
            if content:
                pixels = PhotoPixels(content)
            else:
                await held.add(image.size_bytes)
                pixels = await self._viewer.pixels(image, child_name(library, "images", image.sha256))
            del content
            seeing = self._viewer.see(pixels, canvas.box)
            del pixels
            return await seeing


def _box(request: pb.CreateFaceRequest) -> Box:
    box, checks = request.box, Checks()
    for name in ("left", "top", "width", "height"):
        checks.run(_check_side, getattr(box, name), positive=name in ("width", "height"), field=f"box.{name}")
    checks.done()
    return Box(box.left, box.top, box.width, box.height)


def _check_side(value: float, *, positive: bool, field: str) -> None:
    if not math.isfinite(value) or (positive and value <= 0):
        raise InvalidArgumentError(
            Reason.BOX_INVALID,
            f"{field} is {float32_text(value)}. A box has a left and a top edge, and a width and a height above 0, in "
            "pixels of the upright image.",
            field=field,
            metadata={"value": float32_text(value)},
        )


def _target(request: pb.CreateFaceRequest, library: str | None) -> Target:
    return edit_target(request, library) or ToAutomatic()


def _check_content(content: bytes, sha256: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise InvalidArgumentError(
            Reason.SHA256_MISMATCH,
            f"The content has the SHA-256 {found}, and the image is {excerpt(sha256)}. Send the very bytes that were "
            "indexed; if the file has changed since, index it again first.",
            field="content",
            metadata={"limit": excerpt(sha256), "value": found},
        )


def _find(sha256: str, opened: Library) -> ImageRecord:
    image = opened.find_image(sha256, _PARTS)
    if image is None:
        raise image_not_found(opened.id, sha256)
    return image


def _response(library: str, outcome: EditOutcome) -> pb.CreateFaceResponse:
    return pb.CreateFaceResponse(
        edit=None if outcome.edit is None else edit_message(library, outcome.edit),
        face=None if outcome.face is None else face_message(library, outcome.face),
        person=None if outcome.person is None else person_message(library, outcome.person),
    )
