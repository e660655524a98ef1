"""Runs the detector: `python -m services.detector`."""

import sys

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1 import detector_service_pb2_grpc as pb_grpc
from models.entries import Task
from models.manifest import load_manifest
from services.common.bounded_executor import BoundedExecutor
from services.common.limits import ImageLimits
from services.common.model_slot import ModelSlot
from services.common.server import Application, run
from services.detector.detection_model import DetectionModel
from services.detector.detector import Detector
from services.detector.servicer import DetectorServicer
from services.detector.settings import DetectorSettings


def build(settings: DetectorSettings) -> Application:
    """Put the detector together."""
    executor = BoundedExecutor("detector", workers=settings.workers, queue=settings.queue)
    limits = ImageLimits(settings.max_image_bytes, settings.max_image_pixels)

    def load() -> Detector:
        manifest = load_manifest()
        detector = Detector(
            DetectionModel.open(manifest.default(Task.OBJECT_DETECTION), settings.weights_dir),
            DetectionModel.open(manifest.default(Task.FACE_DETECTION), settings.weights_dir),
            limits=limits,
            max_objects=settings.max_objects,
            max_faces=settings.max_faces,
        )
        detector.warm_up()
        return detector

    slot = ModelSlot(load)
    servicer = DetectorServicer(slot, executor)

    async def start() -> None:
        await slot.start(executor)

    async def close() -> None:
        executor.close()

    name = pb.DESCRIPTOR.services_by_name["DetectorService"].full_name
    return Application(
        name="detector",
        services={name: lambda server: pb_grpc.add_DetectorServiceServicer_to_server(servicer, server)},
        start=start,
        close=close,
        max_receive_bytes=settings.max_image_bytes,
    )


if __name__ == "__main__":
    settings = DetectorSettings()
    sys.exit(run(settings, lambda: build(settings)))
