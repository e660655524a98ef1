"""EmbedderService: translates between messages and the embedder."""

import numpy as np
from numpy.typing import NDArray

from albumen.embedder.v1 import embedder_service_pb2 as pb
from albumen.embedder.v1 import embedder_service_pb2_grpc as pb_grpc
from services.common.bounded_executor import BoundedExecutor
from services.common.context import Context
from services.common.errors import AlbumenError, InvalidArgumentError, Reason
from services.common.model_message import model_message
from services.common.model_slot import ModelSlot
from services.common.status import to_status
from services.embedder.embedder import Embedder
from services.embedder.face_image import decode_face, face_from_rgb


class EmbedderServicer(pb_grpc.EmbedderServiceServicer):
    """Answers with what an embedder makes of faces, one thread a request."""

    def __init__(self, embedder: ModelSlot[Embedder], executor: BoundedExecutor, *, max_faces: int) -> None:
        self._embedder = embedder
        self._executor = executor
        self._max_faces = max_faces

    async def Embed(self, request: pb.EmbedRequest, context: Context) -> pb.EmbedResponse:
        """Embed a batch of faces."""
        embedder = self._embedder.get()
        _check_number(len(request.faces), self._max_faces)
        return await self._executor.run(_embed, embedder, request)

    async def ListModels(self, request: pb.ListModelsRequest, context: Context) -> pb.ListModelsResponse:
        """List the models in use."""
        return pb.ListModelsResponse(models=[model_message(self._embedder.get().model())])


def _check_number(faces: int, limit: int) -> None:
    if faces == 0:
        raise InvalidArgumentError(Reason.FACES_EMPTY, "There is no face to embed. Send at least one.", field="faces")
    if faces > limit:
        raise InvalidArgumentError(
            Reason.TOO_MANY_FACES,
            f"There are {faces} faces, more than the limit of {limit}. Send them in several requests.",
            field="faces",
            metadata={"limit": str(limit), "value": str(faces)},
        )


def _embed(embedder: Embedder, request: pb.EmbedRequest) -> pb.EmbedResponse:
    results = [pb.EmbedResult() for _ in request.faces]
    pixels: list[NDArray[np.uint8]] = []
    readable: list[pb.EmbedResult] = []
    for index, (face, result) in enumerate(zip(request.faces, results, strict=True)):
        try:
            pixels.append(_pixels(face, f"faces[{index}]"))
            readable.append(result)
        except AlbumenError as error:
            result.error.CopyFrom(to_status(error))
    if pixels:
        for result, embedding in zip(readable, embedder.embed(pixels), strict=True):
            result.embedding = embedding.astype("<f4", copy=False).tobytes()
    return pb.EmbedResponse(results=results, embedding_space=embedder.embedding_space)


def _pixels(face: pb.FaceImage, field: str) -> NDArray[np.uint8]:
    match face.WhichOneof("source"):
        case "rgb":
            return face_from_rgb(face.rgb, field=f"{field}.rgb")
        case "encoded":
            return decode_face(face.encoded, field=f"{field}.encoded")
        case _:
            raise InvalidArgumentError(
                Reason.FACE_IMAGE_MISSING, "The face has no image. Set rgb or encoded.", field=field
            )
