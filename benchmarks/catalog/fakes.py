"""Detector and embedder that answer at once, in a process of their own: `python -m benchmarks.catalog.fakes FACES`.

FACES is a file of float32 [n, 512], the embeddings of photos 0 to n - 1. The process prints the two targets as a JSON
array, and ends when its input does. Answers are put together from bytes that were made before, so that two cores are
left to the catalog.
"""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc
import numpy as np
from PIL import Image

from albumen.detector.v1 import detector_service_pb2 as detector_pb
from albumen.embedder.v1 import embedder_service_pb2 as embedder_pb
from albumen.types.v1 import detection_pb2, geometry_pb2
from benchmarks.catalog.photo import SIDE, read_photo
from benchmarks.catalog.recipe import OBJECTS_A_PHOTO, label_chances, label_names
from benchmarks.catalog.rows import EMBEDDING_SPACE, FACE_MODEL, OBJECT_MODEL
from services.catalog.clustering.similarity import Vectors

_CROP_SIDE: Final = 160
_NUMBER_BYTES: Final = 8
_MARK: Final = b"number>>"
# So many that no two thumbnails of one block of a library's file are alike, and compress each other.
_VARIANTS: Final = 512
_THREADS: Final = 4

Answer = Callable[[bytes], bytes]


class FakeDetector:
    """Sees three objects on every photo, and a face on those that say so."""

    def __init__(self) -> None:
        generator = np.random.default_rng(0)
        labels = generator.choice(label_names(), (_VARIANTS, OBJECTS_A_PHOTO), p=label_chances())
        self._without = [_detection(names, None) for names in labels.tolist()]
        self._with = [
            _detection(names, _MARK + _crop(generator)[len(_MARK) :]).split(_MARK) for names in labels.tolist()
        ]

    def detect(self, request: bytes) -> bytes:
        """Answer a DetectRequest; the crop begins with the photo's number."""
        number, has_face = read_photo(request)
        if not has_face:
            return self._without[number % _VARIANTS]
        before, after = self._with[number % _VARIANTS]
        return before + number.to_bytes(_NUMBER_BYTES, "little") + after


class FakeEmbedder:
    """Gives each photo's face its embedding.

    Args:
        faces: float32 [n, 512], unit length.

    """

    def __init__(self, faces: Vectors) -> None:
        self._faces = faces.astype("<f4")

    def embed(self, request: bytes) -> bytes:
        """Answer an EmbedRequest."""
        results = []
        for face in embedder_pb.EmbedRequest.FromString(request).faces:
            number = int.from_bytes(face.rgb[:_NUMBER_BYTES], "little")
            results.append(embedder_pb.EmbedResult(embedding=self._faces[number % len(self._faces)].tobytes()))
        response = embedder_pb.EmbedResponse(results=results, embedding_space=EMBEDDING_SPACE)
        return response.SerializeToString()


def serve(service: str, method: str, answer: Answer) -> tuple[grpc.Server, str]:
    """Serve one method of one service, in bytes, on a free port; return the server and its target."""
    # They take whatever the catalog lets in.
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=[("grpc.max_receive_message_length", -1)])

    def handle(request: bytes, _: grpc.ServicerContext) -> bytes:
        return answer(request)

    handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(handle)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"127.0.0.1:{port}"


def _detection(labels: list[str], crop: bytes | None) -> bytes:
    box = geometry_pb2.BoundingBox(left=40, top=30, width=120, height=160)
    points = [geometry_pb2.Point(x=60 + 10 * at, y=60 + 15 * at) for at in range(5)]
    response = detector_pb.DetectResponse(
        image_size=geometry_pb2.PixelSize(width=SIDE, height=SIDE),
        objects=[
            detection_pb2.ObjectDetection(label=label, score=0.9 - 0.1 * rank, box=box)
            for rank, label in enumerate(labels)
        ],
        object_model=OBJECT_MODEL,
        face_model=FACE_MODEL,
    )
    if crop is not None:
        left_eye, right_eye, nose, mouth_left, mouth_right = points
        response.faces.add(
            box=box,
            landmarks=detection_pb2.FaceLandmarks(
                left_eye=left_eye, right_eye=right_eye, nose=nose, mouth_left=mouth_left, mouth_right=mouth_right
            ),
            score=0.95,
            crop=detector_pb.FaceCrop(rgb=crop, region=box),
            quality=detector_pb.FaceQuality(score=0.8),
        )
    return response.SerializeToString()


def _crop(generator: np.random.Generator) -> bytes:
    """Return pixels that make a thumbnail of a real one's size."""
    coarse = generator.integers(0, 255, (20, 20, 3), np.uint8)
    pixels = Image.fromarray(coarse).resize((_CROP_SIDE, _CROP_SIDE), Image.Resampling.BICUBIC)
    return pixels.tobytes()


def main(path: str) -> None:
    """Serve both until the input ends."""
    faces: Vectors = np.load(path)
    servers = [
        serve("albumen.detector.v1.DetectorService", "Detect", FakeDetector().detect),
        serve("albumen.embedder.v1.EmbedderService", "Embed", FakeEmbedder(faces).embed),
    ]
    print(json.dumps([target for _, target in servers]), flush=True)
    sys.stdin.read()
    for server, _ in servers:
        server.stop(None)


if __name__ == "__main__":
    main(sys.argv[1])
