"""The detector and the embedder as the catalog reaches them: over gRPC, with deadlines, retries and typed errors."""

from collections.abc import Sequence
from typing import Any, Final, Self

import grpc
import numpy as np
import numpy.typing as npt

from albumen.detector.v1 import detector_service_pb2 as detector_pb
from albumen.embedder.v1 import embedder_service_pb2 as embedder_pb
from albumen.embedder.v1 import embedder_service_pb2_grpc as embedder_grpc
from albumen.types.v1 import detection_pb2, geometry_pb2
from services.catalog.indexing.vision import SeenFace, Sight
from services.catalog.vocabulary import EMBEDDING_DIMENSIONS, Box, DetectedObject
from services.common.errors import (
    AlbumenError,
    DeadlineExceededError,
    InternalError,
    Reason,
    UnavailableError,
)
from services.common.limits import MAX_FACES_PER_EMBED
from services.common.wire.answering import who_answers_on
from services.common.wire.channel import channel_options
from services.common.wire.status import from_rpc_error, from_status

_RETRY_SECONDS: Final = 1.0
_DETECT: Final = f"/{detector_pb.DESCRIPTOR.services_by_name['DetectorService'].full_name}/Detect"
# What a service that can be reached says of itself.
_TOLD: Final = frozenset({Reason.DECODER_UNAVAILABLE, Reason.MODEL_NOT_READY, Reason.MODEL_UNAVAILABLE})


class DetectorClient:
    """A detector service behind a channel.

    Args:
        channel: open channel to the service.
        seconds: deadline of a call, retries included.

    """

    def __init__(self, channel: grpc.aio.Channel, *, seconds: float) -> None:
        self._channel = channel
        # A call keeps its request beside the bytes that are sent; of a photo, those are enough.
        self._detect: Any = channel.unary_unary(_DETECT, response_deserializer=detector_pb.DetectResponse.FromString)
        self._seconds = seconds

    @classmethod
    def of(cls, target: str, *, max_image_bytes: int, seconds: float) -> Self:
        """Return a client of the detector at a gRPC target; images may have so many bytes."""
        options = channel_options(max_image_bytes=max_image_bytes)
        return cls(grpc.aio.insecure_channel(target, options=options), seconds=seconds)

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close(None)

    async def detect(self, image: bytes) -> Sight:
        """See `vision.Detector.detect`."""
        options = detector_pb.FaceOptions(include_crops=True)
        sending = self._send(detector_pb.DetectRequest(content=image, face_options=options).SerializeToString())
        # While the detector works on it, it is in memory as what is sent.
        del image
        response = await sending
        return Sight(
            width=response.image_size.width,
            height=response.image_size.height,
            objects=tuple(DetectedObject(item.label, item.score, _box(item.box)) for item in response.objects),
            faces=tuple(_face(face) for face in response.faces),
            object_model=response.object_model,
            face_model=response.face_model,
        )

    async def look_at(self, image: bytes, box: Box) -> SeenFace:
        """See `vision.Detector.look_at`."""
        sent = geometry_pb2.BoundingBox(left=box.left, top=box.top, width=box.width, height=box.height)
        request = detector_pb.DetectRequest(
            content=image,
            features=[detector_pb.FEATURE_FACES],
            face_options=detector_pb.FaceOptions(include_crops=True, boxes=[sent]),
        )
        sending = self._send(request.SerializeToString())
        del image, request
        faces = (await sending).faces
        # One that does not know of boxes finds the faces that it finds.
        if len(faces) != 1 or faces[0].box != sent:
            raise UnavailableError(
                Reason.DETECTOR_UNAVAILABLE,
                "The detector is of an older version, which can't be asked about a face by its box. Update it.",
                retried=True,
            )
        return _face(faces[0])

    async def _send(self, request: bytes) -> detector_pb.DetectResponse:
        """Send a request, which may be many megabytes, and let go of it as soon as it is on its way."""
        try:
            response: detector_pb.DetectResponse = await self._detect(request, timeout=self._seconds)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                found = await who_answers_on(self._channel)
                raise _misdirected(found, "detector", Reason.DETECTOR_UNAVAILABLE) from None
            raise _failure(error, "detector", Reason.DETECTOR_UNAVAILABLE, self._seconds) from None
        return response


class EmbedderClient:
    """An embedder service behind a channel.

    Args:
        channel: open channel to the service.
        seconds: deadline of a call, retries included.

    """

    def __init__(self, channel: grpc.aio.Channel, *, seconds: float) -> None:
        self._channel = channel
        self._stub = embedder_grpc.EmbedderServiceStub(channel)
        self._seconds = seconds

    @classmethod
    def of(cls, target: str, *, seconds: float) -> Self:
        """Return a client of the embedder at a gRPC target."""
        # Crops are as large as they are, however small the images that are let in.
        return cls(grpc.aio.insecure_channel(target, options=channel_options()), seconds=seconds)

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close(None)

    async def embed(self, crops: Sequence[bytes]) -> tuple[npt.NDArray[np.float32], str]:
        """See `vision.Embedder.embed`; crops of one image may take several requests."""
        rows: list[npt.NDArray[np.float32]] = []
        space = ""
        for start in range(0, len(crops), MAX_FACES_PER_EMBED):
            response = await self._embed(crops[start : start + MAX_FACES_PER_EMBED])
            rows.extend(_embedding(result) for result in response.results)
            space = response.embedding_space
        if len(rows) != len(crops):
            raise InternalError(Reason.INTERNAL, f"The embedder answered {len(rows)} of {len(crops)} faces.")
        return np.stack(rows), space

    async def _embed(self, crops: Sequence[bytes]) -> embedder_pb.EmbedResponse:
        request = embedder_pb.EmbedRequest(faces=[embedder_pb.FaceImage(rgb=rgb) for rgb in crops])
        try:
            return await self._stub.Embed(request, timeout=self._seconds)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                found = await who_answers_on(self._channel)
                raise _misdirected(found, "embedder", Reason.EMBEDDER_UNAVAILABLE) from None
            raise _failure(error, "embedder", Reason.EMBEDDER_UNAVAILABLE, self._seconds) from None


def _misdirected(found: str, service: str, unavailable: Reason) -> AlbumenError:
    """Return the error for what was `found` where a `service` was looked for, and does not know its methods."""
    if found.endswith(service):
        why = f"The {service} lacks a method that the catalog needs, as one of another version does."
    else:
        why = f"The {service} can't be reached: {found} answers in its place."
    setting = f"ALBUMEN_CATALOG_{service.upper()}_TARGET"
    # Nothing gets better by waiting.
    return UnavailableError(unavailable, f"{why} Check {setting}, then restart the catalog.", retried=True)


def _failure(error: grpc.aio.AioRpcError, service: str, unavailable: Reason, seconds: float) -> AlbumenError:
    failure = from_rpc_error(error)
    if isinstance(failure, UnavailableError):
        ours = failure.reason in _TOLD
        why = failure.message if ours else "It can't be reached or is not serving."
        message = f"The {service} can't serve: {why} Retry, or see its log."
    elif isinstance(failure, DeadlineExceededError):
        message = f"The {service} did not answer within {seconds:g} seconds. Retry, or see its log."
    elif isinstance(failure, InternalError):
        return InternalError(Reason.INTERNAL, f"The {service} failed; its log has the details.")
    else:
        return failure
    return UnavailableError(unavailable, message, retry_after=failure.retry_after or _RETRY_SECONDS, retried=True)


def _box(box: geometry_pb2.BoundingBox) -> Box:
    return Box(box.left, box.top, box.width, box.height)


def _face(face: detector_pb.FaceDetection) -> SeenFace:
    return SeenFace(
        box=_box(face.box),
        landmarks=_landmarks(face.landmarks) if face.HasField("landmarks") else np.full((5, 2), np.nan, np.float32),
        score=face.score,
        rgb=face.crop.rgb,
        region=_box(face.crop.region),
        quality=face.quality.score,
    )


def _landmarks(points: detection_pb2.FaceLandmarks) -> npt.NDArray[np.float32]:
    ordered = (points.left_eye, points.right_eye, points.nose, points.mouth_left, points.mouth_right)
    return np.array([(point.x, point.y) for point in ordered], np.float32)


def _embedding(result: embedder_pb.EmbedResult) -> npt.NDArray[np.float32]:
    if result.HasField("error"):
        raise from_status(result.error)
    embedding = np.frombuffer(result.embedding, "<f4").astype(np.float32)
    if embedding.shape != (EMBEDDING_DIMENSIONS,):
        raise InternalError(
            Reason.INTERNAL, f"The embedder sent {embedding.size} dimensions, not {EMBEDDING_DIMENSIONS}."
        )
    return embedding
