"""Calls the detector over gRPC."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

import grpc

from accuracy.detections import Detections
from accuracy.people.cropped_face import CroppedFace
from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1.detector_service_pb2_grpc import DetectorServiceStub
from albumen.types.v1.geometry_pb2 import BoundingBox
from clients.cli.failure import CommandError
from services.common.wire.status import from_rpc_error

_IN_FLIGHT: Final = 4
_CALL_SECONDS: Final = 60.0

_R = TypeVar("_R")


class DetectorClient:
    """Asks the detector at the other end of a channel.

    Its methods take photos, ask for several at once, and yield the answers in the order of the photos; they raise
    `CommandError` if one is refused.

    Args:
        channel: to the detector.

    """

    def __init__(self, channel: grpc.Channel) -> None:
        self._stub = DetectorServiceStub(channel)

    def objects(
        self, photos: Sequence[Path], names: Sequence[str], min_score: float | None = None
    ) -> Iterator[tuple[Detections, str]]:
        """Yield the objects found in each photo, as indices into `names`, and the model's id.

        Without `min_score` the service's own threshold decides.
        """
        request = pb.DetectRequest(features=[pb.FEATURE_OBJECTS], object_options=pb.ObjectOptions(min_score=min_score))
        index = {name: position for position, name in enumerate(names)}

        def read(answer: pb.DetectResponse) -> tuple[Detections, str]:
            found = answer.objects
            boxes = [_corners(one.box) for one in found]
            classes = [index[one.label] for one in found]
            return Detections.from_arrays(boxes, [one.score for one in found], classes), answer.object_model

        return self._ask(photos, request, read)

    def faces(self, photos: Sequence[Path], min_score: float) -> Iterator[tuple[Detections, str]]:
        """Yield the faces found in each photo, as many as the service gives, and the model's id."""
        request = pb.DetectRequest(features=[pb.FEATURE_FACES], face_options=pb.FaceOptions(min_score=min_score))

        def read(answer: pb.DetectResponse) -> tuple[Detections, str]:
            boxes = [_corners(face.box) for face in answer.faces]
            return Detections.from_arrays(boxes, [face.score for face in answer.faces]), answer.face_model

        return self._ask(photos, request, read)

    def central_crops(self, photos: Sequence[Path]) -> Iterator[bytes | None]:
        """Yield the crop of the face nearest to the middle of each photo; None if no face was found."""
        request = pb.DetectRequest(features=[pb.FEATURE_FACES], face_options=pb.FaceOptions(include_crops=True))
        return self._ask(photos, request, _central_crop)

    def cropped_faces(self, photos: Sequence[Path]) -> Iterator[list[CroppedFace]]:
        """Yield all faces of each photo, cut out, at the service's own threshold."""
        request = pb.DetectRequest(features=[pb.FEATURE_FACES], face_options=pb.FaceOptions(include_crops=True))
        return self._ask(photos, request, _cropped_faces)

    def _ask(
        self, photos: Sequence[Path], request: pb.DetectRequest, read: Callable[[pb.DetectResponse], _R]
    ) -> Iterator[_R]:
        def ask(path: Path) -> _R:
            message = pb.DetectRequest(content=path.read_bytes())
            message.MergeFrom(request)
            try:
                return read(self._stub.Detect(message, timeout=_CALL_SECONDS))
            except grpc.RpcError as error:
                refusal = from_rpc_error(error)
                reason = str(refusal.reason)
                raise CommandError(f"The detector refuses {path.name}: {refusal.message}", reason=reason) from error

        with ThreadPoolExecutor(_IN_FLIGHT) as threads:
            yield from threads.map(ask, photos)


def _central_crop(answer: pb.DetectResponse) -> bytes | None:
    place = _most_central(answer)
    return None if place is None else answer.faces[place].crop.rgb


def _cropped_faces(answer: pb.DetectResponse) -> list[CroppedFace]:
    central = _most_central(answer)
    return [
        CroppedFace(
            face.crop.rgb,
            face.score,
            face.quality.score,
            (face.box.left, face.box.top, face.box.width, face.box.height),
            place == central,
        )
        for place, face in enumerate(answer.faces)
    ]


def _most_central(answer: pb.DetectResponse) -> int | None:
    middle = complex(answer.image_size.width, answer.image_size.height) / 2

    def distance(place: int) -> float:
        box = answer.faces[place].box
        return abs(complex(box.left + box.width / 2, box.top + box.height / 2) - middle)

    return min(range(len(answer.faces)), key=distance, default=None)


def _corners(box: BoundingBox) -> tuple[float, float, float, float]:
    return box.left, box.top, box.left + box.width, box.top + box.height
