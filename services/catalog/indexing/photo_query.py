"""A photo that is asked about, and not kept."""

from services.catalog.indexing.inspector import Inspector
from services.catalog.indexing.vision import Detector, Embedder
from services.catalog.search.query import SearchQuery
from services.common.bounded_executor import BoundedExecutor


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

    def check(self, image: bytes) -> None:
        """Refuse what no faces can be found in, without decoding it.

        Raises:
            InvalidArgumentError: the image is empty, too large or unreadable.

        """
        self._inspector.check(image, field="query.content")

    async def faces(self, image: bytes) -> tuple[list[SearchQuery], str]:
        """Return a query for each face of an encoded image, best score first, and their embedding space.

        Raises:
            InvalidArgumentError: the image is empty, too large or unreadable.
            UnavailableError: DETECTOR_UNAVAILABLE or EMBEDDER_UNAVAILABLE.
            ResourceExhaustedError: OVERLOADED.

        """
        await self._executor.run(self.check, image)
        seen = (await self._detector.detect(image)).faces
        if not seen:
            return [], ""
        embeddings, space = await self._embedder.embed([face.rgb for face in seen])
        queries = [SearchQuery(embeddings[row : row + 1], box=face.box) for row, face in enumerate(seen)]
        return queries, space
