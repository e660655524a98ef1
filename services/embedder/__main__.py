"""Runs the embedder: `python -m services.embedder`."""

import sys

from albumen.embedder.v1 import embedder_service_pb2 as pb
from albumen.embedder.v1 import embedder_service_pb2_grpc as pb_grpc
from models.entries import Task
from models.manifest import load_manifest
from services.common import limits
from services.common.bounded_executor import BoundedExecutor
from services.common.model_slot import ModelSlot
from services.common.server import Application, run
from services.embedder.embedder import Embedder
from services.embedder.servicer import EmbedderServicer
from services.embedder.settings import EmbedderSettings


def build(settings: EmbedderSettings) -> Application:
    """Put the embedder together."""
    executor = BoundedExecutor("embedder", workers=settings.workers, queue=settings.queue)

    def load() -> Embedder:
        embedder = Embedder.open(load_manifest().default(Task.FACE_EMBEDDING), settings.weights_dir)
        embedder.warm_up()
        return embedder

    slot = ModelSlot(load)
    servicer = EmbedderServicer(slot, executor, max_faces=settings.max_faces)

    async def start() -> None:
        await slot.start(executor)

    async def close() -> None:
        executor.close()

    name = pb.DESCRIPTOR.services_by_name["EmbedderService"].full_name
    return Application(
        name="embedder",
        services={name: lambda server: pb_grpc.add_EmbedderServiceServicer_to_server(servicer, server)},
        start=start,
        close=close,
        max_receive_bytes=settings.max_faces * limits.MAX_FACE_IMAGE_BYTES,
    )


if __name__ == "__main__":
    settings = EmbedderSettings()
    sys.exit(run(settings, lambda: build(settings)))
