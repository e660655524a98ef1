"""DetectorService: translates requests into calls of the detector, and detections into messages."""

import time
from collections.abc import AsyncIterator, Callable, Collection
from typing import Final, NamedTuple

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1 import detector_service_pb2_grpc as pb_grpc
from albumen.types.v1 import detection_pb2, geometry_pb2
from services.common.bounded_executor import BoundedExecutor
from services.common.byte_budget import ByteBudget
from services.common.checks import Checks
from services.common.errors import AlbumenError, InvalidArgumentError, Reason
from services.common.limits import MAX_DETECT_BOXES, MAX_DETECT_LABELS
from services.common.model_slot import ModelSlot
from services.common.paced import map_as_there_is_room
from services.common.wire.context import Context
from services.common.wire.model_message import model_message
from services.common.wire.status import to_status
from services.common.wire.timings_message import timings_message
from services.detector.detections import Box, Detections, FaceDetection, FaceQuality, Landmarks, ObjectDetection, Point
from services.detector.detector import Detector
from services.detector.options import DetectOptions, FaceOptions, ObjectOptions

_FEATURES: Final[frozenset[int]] = frozenset({pb.FEATURE_OBJECTS, pb.FEATURE_FACES})
# Each once, and as often again for clients that do not look.
_MAX_FEATURES: Final = 4


class DetectorServicer(pb_grpc.DetectorServiceServicer):
    """Serves a detector, one thread per photo.

    Args:
        detector: finds it.
        executor: runs the detector.
        images: bounds the bytes of photos of streams in hand.
        window: maximum number of photos of one DetectStream call in progress.

    """

    def __init__(
        self, detector: ModelSlot[Detector], executor: BoundedExecutor, images: ByteBudget, *, window: int
    ) -> None:
        self._detector = detector
        self._executor = executor
        self._images = images
        self._window = window

    async def Detect(self, request: pb.DetectRequest, context: Context) -> pb.DetectResponse:
        """Detect objects and faces in one photo."""
        work = _work(await self._detector.ready(), request)
        # While the photo waits for a thread, and is worked on, it is in memory once.
        del request
        return await self._executor.run(work)

    async def DetectStream(
        self, request_iterator: AsyncIterator[pb.DetectStreamRequest], context: Context
    ) -> AsyncIterator[pb.DetectStreamResponse]:
        """Detect objects and faces in photos as they arrive."""
        detector = await self._detector.ready()

        async def answer(photo: _StreamedPhoto) -> pb.DetectStreamResponse:
            try:
                response = await self._executor.run_in_turn(photo.work)
            except AlbumenError as error:
                return pb.DetectStreamResponse(id=photo.id, error=to_status(error))
            return pb.DetectStreamResponse(id=photo.id, response=response)

        async def photos() -> AsyncIterator[_StreamedPhoto]:
            async for item in request_iterator:
                yield _StreamedPhoto(item.id, item.ByteSize(), _work(detector, item.request))
                # While the next one is on its way, and this one is worked on, it is in memory once.
                del item

        responses = map_as_there_is_room(
            photos(), answer, window=self._window, size=lambda photo: photo.size_bytes, budget=self._images
        )
        async for response in responses:
            yield response

    async def ListModels(self, request: pb.ListModelsRequest, context: Context) -> pb.ListModelsResponse:
        """List the models in use."""
        detector = await self._detector.ready()
        return pb.ListModelsResponse(models=[model_message(info) for info in detector.models()])


class _StreamedPhoto(NamedTuple):
    """A photo of a stream: its id, the bytes of its message, and the work of a thread for it."""

    id: int
    size_bytes: int
    work: Callable[[], pb.DetectResponse]


def _work(detector: Detector, request: pb.DetectRequest) -> Callable[[], pb.DetectResponse]:
    """Check a request, and return the work of a thread for it, which measures how long it waited for one.

    It keeps the photo, and not the request, which would be the same bytes once more.
    """
    checks = Checks()
    options = checks.run(_options, detector, request)
    photo = request.content
    submitted = time.perf_counter()

    def work() -> pb.DetectResponse:
        started = time.perf_counter()
        # Else what is wrong with the photo is found on the way.
        if checks.failed:
            checks.run(detector.check_photo, photo)
        checks.done()
        found = detector.detect(photo, options)
        response = _response(found)
        infer = time.perf_counter() - started - found.decode_seconds
        response.timings.CopyFrom(timings_message(started - submitted, found.decode_seconds, infer))
        return response

    return work


def _options(detector: Detector, request: pb.DetectRequest) -> DetectOptions:
    """Return the options of a request.

    Raises:
        InvalidArgumentError: FEATURE_INVALID, SCORE_OUT_OF_RANGE, MAX_RESULTS_INVALID, LABEL_UNKNOWN, TOO_MANY_BOXES,
            BOX_INVALID.

    """
    checks = Checks()
    # Where it is unclear what is looked for, all options are checked.
    features = checks.known(checks.run(_features, request.features)) or _FEATURES
    objects: ObjectOptions | None = None
    faces: FaceOptions | None = None
    if pb.FEATURE_OBJECTS in features:
        objects = checks.run(_object_options, request.object_options)
        labels = checks.run(_labels, request.object_options.labels)
        checks.run(detector.check_labels, labels)
    if pb.FEATURE_FACES in features:
        faces = checks.run(_face_options, request.face_options)
    checks.done()
    return DetectOptions(objects=objects, faces=faces)


def _features(features: Collection[int]) -> frozenset[int]:
    if len(features) > _MAX_FEATURES or not _FEATURES.issuperset(features):
        raise InvalidArgumentError(
            Reason.FEATURE_INVALID,
            "FEATURE_OBJECTS and FEATURE_FACES can be asked for; leave features empty for both.",
            field="features",
        )
    return frozenset(features)


def _labels(labels: Collection[str]) -> frozenset[str]:
    if len(labels) > MAX_DETECT_LABELS:
        raise InvalidArgumentError(
            Reason.TOO_MANY_LABELS,
            f"{len(labels):,} labels are more than the limit of {MAX_DETECT_LABELS:,}. Name each label once.",
            field="object_options.labels",
            metadata={"limit": str(MAX_DETECT_LABELS), "value": str(len(labels))},
        )
    return frozenset(labels)


def _object_options(options: pb.ObjectOptions) -> ObjectOptions:
    return ObjectOptions(
        min_score=options.min_score if options.HasField("min_score") else None,
        labels=frozenset(options.labels[:MAX_DETECT_LABELS]),
        max_results=options.max_results,
    )


def _face_options(options: pb.FaceOptions) -> FaceOptions:
    return FaceOptions(
        min_score=options.min_score if options.HasField("min_score") else None,
        max_results=options.max_results,
        include_crops=options.include_crops,
        # Of too many, those that are looked at are enough to be refused.
        boxes=tuple(Box(box.left, box.top, box.width, box.height) for box in options.boxes[: MAX_DETECT_BOXES + 1]),
    )


def _response(found: Detections) -> pb.DetectResponse:
    return pb.DetectResponse(
        image_size=geometry_pb2.PixelSize(width=found.width, height=found.height),
        objects=[_object(item) for item in found.objects],
        faces=[_face(face) for face in found.faces],
        object_model=found.object_model,
        face_model=found.face_model,
    )


def _object(found: ObjectDetection) -> detection_pb2.ObjectDetection:
    return detection_pb2.ObjectDetection(label=found.label, score=found.score, box=_box(found.box))


def _face(face: FaceDetection) -> pb.FaceDetection:
    message = pb.FaceDetection(
        box=_box(face.box),
        landmarks=None if face.landmarks is None else _landmarks(face.landmarks),
        score=face.score,
        quality=_quality(face.quality),
    )
    if face.crop is not None:
        message.crop.rgb = face.crop.rgb.tobytes()
        message.crop.region.CopyFrom(_box(face.crop.region))
    return message


def _quality(quality: FaceQuality) -> pb.FaceQuality:
    return pb.FaceQuality(
        score=quality.score,
        sharpness=quality.sharpness,
        source_pixels=quality.source_pixels,
        yaw_degrees=quality.yaw,
        pitch_degrees=quality.pitch,
        roll_degrees=quality.roll,
        truncation=quality.truncation,
    )


def _landmarks(points: Landmarks) -> detection_pb2.FaceLandmarks:
    return detection_pb2.FaceLandmarks(
        left_eye=_point(points.left_eye),
        right_eye=_point(points.right_eye),
        nose=_point(points.nose),
        mouth_left=_point(points.mouth_left),
        mouth_right=_point(points.mouth_right),
    )


def _point(point: Point) -> geometry_pb2.Point:
    return geometry_pb2.Point(x=point.x, y=point.y)


def _box(box: Box) -> geometry_pb2.BoundingBox:
    return geometry_pb2.BoundingBox(left=box.left, top=box.top, width=box.width, height=box.height)
