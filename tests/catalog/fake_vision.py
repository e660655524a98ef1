"""Detector and embedder as the catalog sees them: real gRPC servers that answer from a script."""

import hashlib
import io
from typing import Any

import grpc
import numpy as np
from grpc_status import rpc_status
from PIL import Image

from albumen.detector.v1 import detector_service_pb2 as detector_pb
from albumen.detector.v1 import detector_service_pb2_grpc as detector_grpc
from albumen.embedder.v1 import embedder_service_pb2 as embedder_pb
from albumen.embedder.v1 import embedder_service_pb2_grpc as embedder_grpc
from albumen.types.v1 import detection_pb2, geometry_pb2
from services.common.errors import InvalidArgumentError, Reason
from services.common.wire.status import to_status

WIDTH, HEIGHT = 64, 48
RGB_BYTES = 160 * 160 * 3


class Script:
    """What is in which photo. A face is a name; faces of one name lie close together, of two names far apart.

    "anna~40" is a face 40 degrees away from Anna's, in a direction of its own.
    """

    def __init__(self) -> None:
        self._contents: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        self._names: list[str] = []
        self.space = "fake-space"
        self.blurred: set[str] = set()
        self.detections = 0
        # Pixels between the left edges of the faces of a photo.
        self.apart = 0
        # Who is wherever somebody draws a face, whether the detector sees them, and where it was asked to look.
        self.drawn = "zoe"
        self.sees_drawn = True
        self.looked_at: list[tuple[bytes, geometry_pb2.BoundingBox]] = []
        # Photos that only the detector finds to be broken, since it decodes them.
        self.broken: set[bytes] = set()

    def photo(self, *faces: str, objects: tuple[str, ...] = ()) -> bytes:
        """Return a new PNG that holds these faces and objects."""
        number = len(self._contents)
        file = io.BytesIO()
        Image.new("RGB", (WIDTH, HEIGHT), (number % 256, number // 256, 7)).save(file, "PNG")
        self._contents[hashlib.sha256(file.getvalue()).hexdigest()] = (faces, objects)
        return file.getvalue()

    def know(self, image: bytes, size: tuple[int, int], *faces: str, objects: tuple[str, ...] = ()) -> None:
        """Say what is in a photo of that upright size."""
        key = hashlib.sha256(image).hexdigest()
        self._contents[key], self._sizes[key] = (faces, objects), size

    def size(self, image: bytes) -> tuple[int, int]:
        return self._sizes.get(hashlib.sha256(image).hexdigest(), (WIDTH, HEIGHT))

    def contents(self, image: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self._contents[hashlib.sha256(image).hexdigest()]

    def crop(self, name: str) -> bytes:
        whole, _, degrees = name.partition("~")
        if whole not in self._names:
            self._names.append(whole)
        return bytes([self._names.index(whole), int(degrees or 0)]) + bytes(RGB_BYTES - 2)

    @staticmethod
    def embedding(rgb: bytes) -> bytes:
        vector = np.zeros(512, "<f4")
        angle = np.radians(rgb[1])
        vector[rgb[0]], vector[256 + rgb[0]] = np.cos(angle), np.sin(angle)
        return vector.tobytes()


class FakeDetectorServicer(detector_grpc.DetectorServiceServicer):
    def __init__(self, script: Script) -> None:
        self._script = script

    async def Detect(self, request: detector_pb.DetectRequest, context: Any) -> detector_pb.DetectResponse:  # noqa: N802
        self._script.detections += 1
        if request.content in self._script.broken:
            error = InvalidArgumentError(Reason.IMAGE_UNREADABLE, "The image is damaged.", field="content")
            status = rpc_status.to_status(to_status(error))
            await context.abort(status.code, status.details, status.trailing_metadata)
        if request.face_options.boxes:
            return self._look(request)
        faces, objects = self._script.contents(request.content)
        width, height = self._script.size(request.content)
        box = geometry_pb2.BoundingBox(left=4, top=6, width=20, height=30)
        points = [geometry_pb2.Point(x=8 + i, y=9 + i) for i in range(5)]
        return detector_pb.DetectResponse(
            image_size=geometry_pb2.PixelSize(width=width, height=height),
            objects=[
                detection_pb2.ObjectDetection(label=label, score=0.9 - 0.1 * rank, box=box)
                for rank, label in enumerate(objects)
            ],
            faces=[
                detector_pb.FaceDetection(
                    box=geometry_pb2.BoundingBox(left=4 + rank * self._script.apart, top=6, width=20, height=30),
                    landmarks=detection_pb2.FaceLandmarks(
                        left_eye=points[0],
                        right_eye=points[1],
                        nose=points[2],
                        mouth_left=points[3],
                        mouth_right=points[4],
                    ),
                    score=0.99 - 0.01 * rank,
                    crop=detector_pb.FaceCrop(rgb=self._script.crop(name), region=box),
                    quality=detector_pb.FaceQuality(score=0.1 if name in self._script.blurred else 1),
                )
                for rank, name in enumerate(faces)
            ],
            object_model="fake-objects",
            face_model="fake-faces",
        )

    def _look(self, request: detector_pb.DetectRequest) -> detector_pb.DetectResponse:
        script = self._script
        found = []
        for box in request.face_options.boxes:
            script.looked_at.append((request.content, box))
            face = detector_pb.FaceDetection(
                box=box,
                crop=detector_pb.FaceCrop(rgb=script.crop(script.drawn), region=box),
                quality=detector_pb.FaceQuality(score=0.9 if script.sees_drawn else 0.3),
            )
            if script.sees_drawn:
                face.score = 0.5
                for point in ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right"):
                    getattr(face.landmarks, point).CopyFrom(geometry_pb2.Point(x=box.left, y=box.top))
            found.append(face)
        return detector_pb.DetectResponse(faces=found, face_model="fake-faces")


class FakeEmbedderServicer(embedder_grpc.EmbedderServiceServicer):
    def __init__(self, script: Script) -> None:
        self._script = script

    async def Embed(self, request: embedder_pb.EmbedRequest, context: Any) -> embedder_pb.EmbedResponse:  # noqa: ARG002, N802
        results = [embedder_pb.EmbedResult(embedding=Script.embedding(face.rgb)) for face in request.faces]
        return embedder_pb.EmbedResponse(results=results, embedding_space=self._script.space)


async def serve_detector(script: Script, address: str = "127.0.0.1:0") -> tuple[grpc.aio.Server, str]:
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", -1)])
    servicer = FakeDetectorServicer(script)  # type: ignore[abstract] # the catalog calls Detect only
    detector_grpc.add_DetectorServiceServicer_to_server(servicer, server)
    return await _start(server, address)


async def serve_embedder(script: Script, address: str = "127.0.0.1:0") -> tuple[grpc.aio.Server, str]:
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", -1)])
    servicer = FakeEmbedderServicer(script)  # type: ignore[abstract] # the catalog calls Embed only
    embedder_grpc.add_EmbedderServiceServicer_to_server(servicer, server)
    return await _start(server, address)


async def _start(server: grpc.aio.Server, address: str) -> tuple[grpc.aio.Server, str]:
    port = server.add_insecure_port(address)
    await server.start()
    return server, f"127.0.0.1:{port}"
