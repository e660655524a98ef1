"""A photo that is asked about, and not kept."""

import hashlib

import numpy as np
import numpy.typing as npt

from services.catalog.indexing.inspector import Inspector
from services.catalog.indexing.vision import Detector, Embedder, SeenFace
from services.catalog.records import FaceRecord
from services.catalog.search.face_verification import OutsideFaces
from services.catalog.search.query import SearchQuery
from services.catalog.vocabulary import EMBEDDING_DIMENSIONS
from services.common.bounded_executor import BoundedExecutor
from services.common.errors import InvalidArgumentError


class PhotoQuery:
    """Turns the faces of photos into queries, the way that an indexed photo's faces become embeddings.

    Args:
        detector: sees faces.
        embedder: turns faces into embeddings.
        executor: runs what must not run on the event loop.
        inspector: reads what files say of themselves.

    """

    def __init__(self, detector: Detector, embedder: Embedder, executor: BoundedExecutor, inspector: Inspector) -> None:
        self._detector = detector
        self._embedder = embedder
        self._executor = executor
        self._inspector = inspector

    def check(self, image: bytes, *, field: str = "query.content") -> None:
        """Refuse what no faces can be found in, without decoding it; `field` is that of the request which has it.

        Raises:
            InvalidArgumentError: the image is empty, too large or unreadable.

        """
        self._inspector.check(image, field=field)

    async def faces(self, image: bytes) -> tuple[list[SearchQuery], str]:
        """Return a query for each face of an encoded image, best score first, and their embedding space.

        Raises:
            InvalidArgumentError: the image is empty, too large or unreadable.
            UnavailableError: DETECTOR_UNAVAILABLE or EMBEDDER_UNAVAILABLE.
            ResourceExhaustedError: OVERLOADED.

        """
        looking = self._look(image, field="query.content")
        # While it is with the detector, it is in memory as what is sent.
        del image
        seen, embeddings, space = await looking
        queries = [SearchQuery(embeddings[row : row + 1], box=face.box) for row, face in enumerate(seen)]
        return queries, space

    async def outsiders(self, image: bytes, *, field: str) -> OutsideFaces:
        """Return the faces of an encoded image, best score first, to be compared with others.

        Args:
            image: the whole file.
            field: of the request that has it.

        Raises:
            AlbumenError: as `faces`.

        """
        sha256 = await self._executor.run(_hash, image)
        looking = self._look(image, field=field)
        del image
        seen, embeddings, space = await looking
        faces = tuple(
            FaceRecord(
                id=0,
                image_sha256="",
                person_id=None,
                box=face.box,
                landmarks=tuple((float(x), float(y)) for x, y in face.landmarks),
                score=face.score,
                quality=face.quality,
                embedding_space=space,
                embedding=embedding.astype("<f4").tobytes(),
            )
            for face, embedding in zip(seen, embeddings, strict=True)
        )
        return OutsideFaces(faces, space, field, sha256)

    async def _look(self, image: bytes, *, field: str) -> tuple[tuple[SeenFace, ...], npt.NDArray[np.float32], str]:
        """Return the faces of an image, their embeddings, and the space of these."""
        await self._executor.run(self.check, image, field=field)
        seeing = self._detector.detect(image)
        del image
        try:
            seen = (await seeing).faces
        except InvalidArgumentError as error:
            # The detector names the field of its own request.
            raise InvalidArgumentError(error.reason, error.message, field=field, metadata=error.metadata) from None
        if not seen:
            return (), np.empty((0, EMBEDDING_DIMENSIONS), np.float32), ""
        embeddings, space = await self._embedder.embed([face.rgb for face in seen])
        return seen, embeddings, space


def _hash(image: bytes) -> str:
    return hashlib.sha256(image).hexdigest()
