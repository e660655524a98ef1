"""The core of the embedder: from face images to unit vectors."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.entries import Model
from services.common.decoding.decoder import Decoders
from services.common.decoding.thread_decoders import ThreadDecoders
from services.common.errors import AlbumenError
from services.common.inference import DEFAULT_PROVIDERS, ModelInfo, describe, open_model
from services.common.limits import DecodeLimits
from services.embedder.face_image import FACE_LIMITS, FaceImage

# Every batch has one of these sizes: ONNX Runtime's arena grows with each new shape, and larger ones are no faster.
BATCH_SIZES: Final = (8, 4, 2, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """The outcome for one face image.

    Attributes:
        outcome: the embedding, float32 [dimension] of unit length, or the reason why there is none.
        decode_seconds: time spent on decoding the image.

    """

    outcome: NDArray[np.float32] | AlbumenError
    decode_seconds: float


class Embedder:
    """Turns face images into embeddings. Keeps nothing of a face; safe to use from several threads.

    Args:
        session: an opened model: uint8 [n, 160, 160, 3] RGB to float32 [n, dimension] of unit length.
        model: the manifest's entry for that model.
        decoders: decode what comes as image files; in the thread that asks for it if there are none.

    """

    def __init__(self, session: onnxruntime.InferenceSession, model: Model, decoders: Decoders | None = None) -> None:
        self._session = session
        self._decoders = decoders or ThreadDecoders(DecodeLimits(FACE_LIMITS))
        self._input = model.input
        self._info = describe(model, session)

    @classmethod
    def open(
        cls,
        model: Model,
        weights: Path,
        *,
        providers: Sequence[str] = DEFAULT_PROVIDERS,
        threads: int = 1,
        decoders: Decoders | None = None,
    ) -> "Embedder":
        """Open the weights of the manifest's entry `model` in the folder `weights`; see `open_model`.

        Raises:
            UnavailableError: MODEL_UNAVAILABLE.

        """
        return cls(open_model(model, weights, providers=providers, threads=threads), model, decoders)

    @property
    def embedding_space(self) -> str:
        """Identifier of the embeddings' space; embeddings of different spaces must never be compared."""
        return self._info.embedding_space

    def model(self) -> ModelInfo:
        """Describe the model."""
        return self._info

    def warm_up(self) -> None:
        """Run every batch size once, so that the first request does not pay for lazy initialisation."""
        blank = np.zeros((self._input.height, self._input.width, 3), np.uint8)
        self.embed([blank] * sum(BATCH_SIZES))

    def embed_images(self, images: Sequence[FaceImage]) -> list[Embedded]:
        """Decode and embed face images; one that can't be decoded does not affect the others."""
        decoded: list[NDArray[np.uint8] | AlbumenError] = []
        seconds = []
        for image in images:
            started = time.perf_counter()
            try:
                decoded.append(image.pixels(self._decoders))
            except AlbumenError as error:
                decoded.append(error)
            seconds.append(time.perf_counter() - started)
        # Embed the faces that could be decoded, and put each vector back into its place.
        vectors = iter(self.embed([pixels for pixels in decoded if not isinstance(pixels, AlbumenError)]))
        embedded = []
        for result, decode_seconds in zip(decoded, seconds, strict=True):
            outcome = result if isinstance(result, AlbumenError) else next(vectors)
            embedded.append(Embedded(outcome, decode_seconds))
        return embedded

    def embed(self, faces: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Embed faces, each uint8 [160, 160, 3] in RGB.

        Returns:
            float32 [len(faces), dimension], each row of unit Euclidean length, in the order of `faces`.

        """
        result = np.empty((len(faces), self._info.embedding_dimension), np.float32)
        for batch in _batches(len(faces)):
            (result[batch],) = self._session.run(None, {self._input.name: np.stack(faces[batch])})
        return result


def _batches(count: int) -> Iterator[slice]:
    """Split `count` faces into batches of the allowed sizes, large ones first."""
    start = 0
    for size in BATCH_SIZES:
        while count - start >= size:
            yield slice(start, start + size)
            start += size
