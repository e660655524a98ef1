"""DetectorService: translates between messages and the detector."""

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1 import detector_service_pb2_grpc as pb_grpc
from albumen.types.v1 import detection_pb2, geometry_pb2
from services.common.bounded_executor import BoundedExecutor
from services.common.context import Context
from services.common.errors import InvalidArgumentError, Reason
from services.common.model_message import model_message
from services.common.model_slot import ModelSlot
from services.detector.detections import Box, Detections, FaceDetection, Landmarks, ObjectDetection, Point
from services.detector.detector import Detector
from services.detector.options import DetectOptions, FaceOptions, ObjectOptions


class DetectorServicer(pb_grpc.DetectorServiceServicer):
    """Answers with what a detector finds, one thread a photo."""

    def __init__(self, detector: ModelSlot[Detector], executor: BoundedExecutor) -> None:
        self._detector = detector
        self._executor = executor

    async def Detect(self, request: pb.DetectRequest, context: Context) -> pb.DetectResponse:
        """Detect objects and faces in one photo."""
        detector = self._detector.get()
        found = await self._executor.run(detector.detect, request.image, _options(request))
        return _response(found)

    async def ListModels(self, request: pb.ListModelsRequest, context: Context) -> pb.ListModelsResponse:
        """List the models in use."""
        return pb.ListModelsResponse(models=[model_message(info) for info in self._detector.get().models()])


def _options(request: pb.DetectRequest) -> DetectOptions:
    features = set(request.features) or {pb.FEATURE_OBJECTS, pb.FEATURE_FACES}
    unknown = features - {pb.FEATURE_OBJECTS, pb.FEATURE_FACES}
    if unknown:
        raise InvalidArgumentError(
            Reason.FEATURE_INVALID,
            "FEATURE_OBJECTS and FEATURE_FACES can be asked for; leave features empty for both.",
            field="features",
        )
    return DetectOptions(
        objects=_object_options(request.object_options) if pb.FEATURE_OBJECTS in features else None,
        faces=_face_options(request.face_options) if pb.FEATURE_FACES in features else None,
    )


def _object_options(options: pb.ObjectOptions) -> ObjectOptions:
    return ObjectOptions(
        min_score=options.min_score if options.HasField("min_score") else None,
        labels=frozenset(options.labels),
        max_results=options.max_results,
    )


def _face_options(options: pb.FaceOptions) -> FaceOptions:
    return FaceOptions(
        min_score=options.min_score if options.HasField("min_score") else None,
        max_results=options.max_results,
        include_crops=options.include_crops,
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
    message = pb.FaceDetection(box=_box(face.box), landmarks=_landmarks(face.landmarks), score=face.score)
    if face.crop is not None:
        message.crop.rgb = face.crop.rgb.tobytes()
        message.crop.region.CopyFrom(_box(face.crop.region))
    return message


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
