"""Detector and embedder of the catalog that is attacked: they answer at once, from what photos say of themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from albumen.detector.v1 import detector_service_pb2 as detector_pb
from albumen.embedder.v1 import embedder_service_pb2 as embedder_pb
from albumen.types.v1 import detection_pb2, geometry_pb2
from benchmarks.catalog.fakes import serve
from benchmarks.catalog.service import Vision
from torture.photos import SIDE, ShownFace, read_photo

_CROP_BYTES: Final = 160 * 160 * 3
_WIDTH: Final = 40
# On photos that do not say who is on them, such as damaged ones.
_SOMEBODY: Final = ShownFace(person=0, likeness=0.9, quality=0.9, salt=7)


@contextmanager
def serving_fakes() -> Iterator[Vision]:
    """Serve both in this process for as long as the block lasts."""
    detector, detector_target = serve("albumen.detector.v1.DetectorService", "Detect", detect)
    embedder, embedder_target = serve("albumen.embedder.v1.EmbedderService", "Embed", embed)
    try:
        yield Vision(detector_target, embedder_target)
    finally:
        detector.stop(None)
        embedder.stop(None)


def detect(request: bytes) -> bytes:
    """Answer a DetectRequest."""
    faces = read_photo(request)
    shown = [_SOMEBODY] if faces is None else faces
    box = geometry_pb2.BoundingBox(left=1, top=2, width=90, height=80)
    response = detector_pb.DetectResponse(
        image_size=geometry_pb2.PixelSize(width=SIDE, height=SIDE),
        objects=[detection_pb2.ObjectDetection(label="cat", score=0.8, box=box)],
        faces=[_detection(face, place) for place, face in enumerate(shown)],
        object_model="torture-objects",
        face_model="torture-faces",
    )
    return response.SerializeToString()


def embed(request: bytes) -> bytes:
    """Answer an EmbedRequest."""
    results = [
        embedder_pb.EmbedResult(embedding=ShownFace.from_bytes(face.rgb).embedding().astype("<f4").tobytes())
        for face in embedder_pb.EmbedRequest.FromString(request).faces
    ]
    return embedder_pb.EmbedResponse(results=results, embedding_space="torture").SerializeToString()


def _detection(face: ShownFace, place: int) -> detector_pb.FaceDetection:
    left = 10 + (_WIDTH + 10) * place
    box = geometry_pb2.BoundingBox(left=left, top=20, width=_WIDTH, height=_WIDTH)
    points = [geometry_pb2.Point(x=left + 5 * at, y=30 + 3 * at) for at in range(5)]
    return detector_pb.FaceDetection(
        box=box,
        landmarks=detection_pb2.FaceLandmarks(
            left_eye=points[0], right_eye=points[1], nose=points[2], mouth_left=points[3], mouth_right=points[4]
        ),
        score=0.95 - 0.05 * place,
        crop=detector_pb.FaceCrop(rgb=face.to_bytes().ljust(_CROP_BYTES, b"\0"), region=box),
        quality=detector_pb.FaceQuality(score=face.quality),
    )
