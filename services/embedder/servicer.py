"""EmbedderService: translates requests into items of the batcher, and embeddings into messages."""

from collections.abc import AsyncIterator
from typing import TypeAlias

from albumen.embedder.v1 import embedder_service_pb2 as pb
from albumen.embedder.v1 import embedder_service_pb2_grpc as pb_grpc
from albumen.types.v1 import timings_pb2
from services.common.byte_budget import ByteBudget
from services.common.errors import AlbumenError, InvalidArgumentError, Reason
from services.common.model_slot import ModelSlot
from services.common.paced import map_as_there_is_room
from services.common.wire.context import Context
from services.common.wire.model_message import model_message
from services.common.wire.status import to_status
from services.common.wire.timings_message import timings_message
from services.embedder.embedder import Embedded, Embedder
from services.embedder.face_image import FaceImage
from services.embedder.micro_batcher import Batched, MicroBatcher

Batcher: TypeAlias = MicroBatcher[FaceImage, Embedded]


class EmbedderServicer(pb_grpc.EmbedderServiceServicer):
    """Serves an embedder, in batches that calls share.

    Args:
        embedder: the embedder that `batcher` runs.
        batcher: collects the faces of all calls.
        images: bounds the bytes of faces of streams in hand.
        max_faces: maximum number of faces of one Embed call.
        window: maximum number of faces of one EmbedStream call in progress.

    """

    def __init__(
        self, embedder: ModelSlot[Embedder], batcher: Batcher, images: ByteBudget, *, max_faces: int, window: int
    ) -> None:
        self._embedder = embedder
        self._batcher = batcher
        self._images = images
        self._max_faces = max_faces
        self._window = window

    async def Embed(self, request: pb.EmbedRequest, context: Context) -> pb.EmbedResponse:
        """Embed a batch of faces."""
        space = (await self._embedder.ready()).embedding_space
        _check_face_count(len(request.faces), self._max_faces)
        # A face without an image fails alone; `of_images` are the results that the batch will fill.
        results = [pb.EmbedResult() for _ in request.faces]
        images: list[FaceImage] = []
        of_images: list[pb.EmbedResult] = []
        for index, (face, result) in enumerate(zip(request.faces, results, strict=True)):
            try:
                images.append(_image(face, f"faces[{index}]"))
                of_images.append(result)
            except InvalidArgumentError as error:
                result.error.CopyFrom(to_status(error))
        batched = await self._batcher.run(images)
        for result, embedded in zip(of_images, batched.results, strict=True):
            result.CopyFrom(_result(embedded))
        return pb.EmbedResponse(results=results, embedding_space=space, timings=_timings(batched))

    async def EmbedStream(
        self, request_iterator: AsyncIterator[pb.EmbedStreamRequest], context: Context
    ) -> AsyncIterator[pb.EmbedStreamResponse]:
        """Embed faces as they arrive."""
        space = (await self._embedder.ready()).embedding_space
        lane = self._batcher.lane()

        async def answer(request: pb.EmbedStreamRequest) -> pb.EmbedStreamResponse:
            try:
                (embedded,) = (await lane(_image(request.face, "face"))).results
                result = _result(embedded)
            except AlbumenError as error:
                result = pb.EmbedResult(error=to_status(error))
            return pb.EmbedStreamResponse(id=request.id, result=result, embedding_space=space)

        responses = map_as_there_is_room(
            request_iterator,
            answer,
            window=self._window,
            size=pb.EmbedStreamRequest.ByteSize,
            budget=self._images,
        )
        async for response in responses:
            yield response

    async def ListModels(self, request: pb.ListModelsRequest, context: Context) -> pb.ListModelsResponse:
        """List the models in use."""
        return pb.ListModelsResponse(models=[model_message((await self._embedder.ready()).model())])


def _check_face_count(faces: int, limit: int) -> None:
    if faces == 0:
        raise InvalidArgumentError(Reason.FACES_EMPTY, "There is no face to embed. Send at least one.", field="faces")
    if faces > limit:
        raise InvalidArgumentError(
            Reason.TOO_MANY_FACES,
            f"There are {faces} faces, more than the limit of {limit}. Send them in several requests.",
            field="faces",
            metadata={"limit": str(limit), "value": str(faces)},
        )


def _image(face: pb.FaceImage, field: str) -> FaceImage:
    match face.WhichOneof("source"):
        case "rgb":
            return FaceImage(face.rgb, is_file=False, field=f"{field}.rgb")
        case "content":
            return FaceImage(face.content, is_file=True, field=f"{field}.content")
        case _:
            raise InvalidArgumentError(
                Reason.FACE_IMAGE_MISSING, "The face has no image. Set rgb or content.", field=field
            )


def _result(embedded: Embedded) -> pb.EmbedResult:
    if isinstance(embedded.outcome, AlbumenError):
        return pb.EmbedResult(error=to_status(embedded.outcome))
    return pb.EmbedResult(embedding=embedded.outcome.astype("<f4", copy=False).tobytes())


def _timings(batched: Batched[Embedded]) -> timings_pb2.Timings:
    decode = sum(embedded.decode_seconds for embedded in batched.results)
    return timings_message(batched.queue_seconds, decode, max(0.0, batched.run_seconds - decode))
