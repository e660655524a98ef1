"""Runs the embedder: `python -m services.embedder`."""

import sys
from typing import Final

from albumen.embedder.v1 import embedder_service_pb2 as pb
from albumen.embedder.v1 import embedder_service_pb2_grpc as pb_grpc
from models.entries import Task
from services.common import limits
from services.common.byte_budget import ByteBudget
from services.common.decoding.choice import choose_decoders
from services.common.model_choice import choose_model
from services.common.model_slot import ModelSlot
from services.common.wire.method_bounds import MethodBounds
from services.common.wire.model_message import log_models
from services.common.wire.process import run
from services.common.wire.server import Application
from services.embedder.embedder import BATCH_SIZES, Embedder
from services.embedder.face_image import FACE_LIMITS
from services.embedder.servicer import Batcher, EmbedderServicer
from services.embedder.settings import EmbedderSettings

_EMBED_BYTES: Final = limits.MAX_EMBED_BYTES + limits.MESSAGE_OVERHEAD_BYTES
# What is somewhat too large for a face is refused as that, in the stream.
_FACE_BYTES: Final = 2 * limits.MAX_FACE_IMAGE_BYTES + limits.MESSAGE_OVERHEAD_BYTES


def build(settings: EmbedderSettings) -> Application:
    """Build the embedder and what serves it."""
    # Faces come as pixels but for those of strangers: the processes start when they are needed first.
    decoders = choose_decoders(settings.decoders, settings.decode_limits(FACE_LIMITS))

    def load() -> Embedder:
        model = choose_model(Task.FACE_EMBEDDING, settings.model, settings.models_file)
        embedder = Embedder.open(model, settings.weights_dir, providers=settings.execution_providers, decoders=decoders)
        embedder.warm_up()
        log_models([embedder.model()])
        return embedder

    slot = ModelSlot(load, unload_after=settings.unload_after_seconds or None)
    batcher = Batcher(
        "embedder",
        lambda images: slot.get().embed_images(images),
        sizes=BATCH_SIZES,
        workers=settings.workers,
        queue=settings.queue,
        lane_queue=settings.stream_queue,
        unit="faces",
    )
    images = ByteBudget("embedder", settings.image_memory(limits.MAX_EMBED_BYTES))
    servicer = EmbedderServicer(slot, batcher, images, max_faces=settings.max_faces, window=settings.stream_window)

    def admit() -> None:
        images.check()
        batcher.check()

    async def close() -> None:
        decoders.close()
        batcher.close()
        await slot.close()

    name = pb.DESCRIPTOR.services_by_name["EmbedderService"].full_name
    return Application(
        services={name: lambda server: pb_grpc.add_EmbedderServiceServicer_to_server(servicer, server)},
        start=slot.start,
        close=close,
        reload=slot.reload,
        methods={
            f"/{name}/Embed": MethodBounds(_EMBED_BYTES, has_images=True, images=images, admit=admit),
            f"/{name}/EmbedStream": MethodBounds(_FACE_BYTES, has_images=True, room=images.room),
        },
        images=images,
        borrowed=decoders.borrowed,
        tidy=decoders.tidy,
    )


if __name__ == "__main__":
    sys.exit(run(EmbedderSettings, build))
