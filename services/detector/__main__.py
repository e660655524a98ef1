"""Runs the detector: `python -m services.detector`."""

import asyncio
import sys
from dataclasses import replace

import cv2

from albumen.detector.v1 import detector_service_pb2 as pb
from albumen.detector.v1 import detector_service_pb2_grpc as pb_grpc
from models.entries import Task
from services.common import limits
from services.common.bounded_executor import BoundedExecutor
from services.common.byte_budget import ByteBudget
from services.common.decoding.choice import choose_decoders
from services.common.heap import trim_heaps
from services.common.limits import ImageLimits
from services.common.model_choice import choose_model
from services.common.model_slot import ModelSlot
from services.common.wire.method_bounds import MethodBounds
from services.common.wire.model_message import log_models
from services.common.wire.process import run
from services.common.wire.server import Application
from services.detector.detection_model import DetectionModel
from services.detector.detector import Detector
from services.detector.servicer import DetectorServicer
from services.detector.settings import DetectorSettings


def build(settings: DetectorSettings) -> Application:
    """Build the detector and what serves it."""
    executor = BoundedExecutor(
        "detector", workers=settings.workers, queue=settings.queue, in_turn=settings.stream_queue
    )
    image_limits = ImageLimits(settings.max_image_bytes, settings.max_image_pixels)

    decoders = choose_decoders(settings.decoders, settings.decode_limits(image_limits))

    # Requests run in parallel already; OpenCV's own threads would only compete with them.
    cv2.setNumThreads(1)

    def open_model(task: Task, model_id: str | None) -> DetectionModel:
        model = choose_model(task, model_id, settings.models_file)
        return DetectionModel.open(model, settings.weights_dir, providers=settings.execution_providers)

    def load() -> Detector:
        detector = Detector(
            open_model(Task.OBJECT_DETECTION, settings.object_model),
            open_model(Task.FACE_DETECTION, settings.face_model),
            decoders=decoders,
            limits=image_limits,
            max_objects=settings.max_objects,
            max_faces=settings.max_faces,
        )
        detector.warm_up()
        # Opening a model takes several times what it holds.
        trim_heaps()
        log_models(detector.models())
        return detector

    slot = ModelSlot(load, unload_after=settings.unload_after_seconds or None)
    images = ByteBudget("detector", settings.image_memory(settings.max_image_bytes))
    servicer = DetectorServicer(slot, executor, images, window=settings.stream_window)
    photo = MethodBounds(settings.max_image_bytes + limits.MESSAGE_OVERHEAD_BYTES, has_images=True)

    def admit() -> None:
        images.check()
        executor.check()

    async def start() -> None:
        await asyncio.to_thread(decoders.start)
        await slot.start()

    async def close() -> None:
        decoders.close()
        executor.close()
        await slot.close()

    name = pb.DESCRIPTOR.services_by_name["DetectorService"].full_name
    return Application(
        services={name: lambda server: pb_grpc.add_DetectorServiceServicer_to_server(servicer, server)},
        start=start,
        close=close,
        reload=slot.reload,
        methods={
            f"/{name}/Detect": replace(photo, images=images, admit=admit),
            f"/{name}/DetectStream": replace(photo, room=images.room),
        },
        images=images,
        borrowed=decoders.borrowed,
        tidy=decoders.tidy,
    )


if __name__ == "__main__":
    sys.exit(run(DetectorSettings, build))
