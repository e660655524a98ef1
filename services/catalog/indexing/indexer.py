"""The way of a photo: header, detector, embedder, library."""

from services.catalog.indexing.inspector import Inspector
from services.catalog.indexing.thumbnail import face_thumbnail
from services.catalog.indexing.upload import Announcement, Upload
from services.catalog.indexing.vision import Detector, Embedder, SeenFace
from services.catalog.library_calls import LibraryCalls
from services.catalog.records import AddedImage
from services.catalog.vocabulary import DetectedFace, ImageAnalysis, Source
from services.catalog.write_queues import WriteQueues
from services.common.bounded_executor import BoundedExecutor
from services.common.errors import NotFoundError


class Indexer:
    """Indexes images into libraries.

    Args:
        detector: sees objects and faces.
        embedder: turns faces into embeddings.
        libraries: leases them, for no longer than it takes to look something up or to store it.
        executor: runs what must not run on the event loop.
        writes: stores the images.
        inspector: reads what files say of themselves.

    """

    def __init__(
        self,
        detector: Detector,
        embedder: Embedder,
        libraries: LibraryCalls,
        executor: BoundedExecutor,
        writes: WriteQueues,
        inspector: Inspector,
    ) -> None:
        self._detector = detector
        self._embedder = embedder
        self._libraries = libraries
        self._executor = executor
        self._writes = writes
        self._inspector = inspector

    async def find(self, library_id: str, announcement: Announcement) -> AddedImage | None:
        """Return the announced image if it is indexed already, noting where it is this time."""
        if not announcement.sha256:
            return None
        return await self._find(library_id, announcement.sha256, announcement.source)

    async def index(self, library_id: str, upload: Upload, *, searched: bool = False) -> AddedImage:
        """Index an uploaded image.

        Args:
            library_id: where to.
            upload: the image, whole.
            searched: whether `find` has just looked for it in vain.

        When this returns, the image is durable and the people are up to date. If it raises, nothing is stored.

        Raises:
            NotFoundError: LIBRARY_NOT_FOUND, it was erased meanwhile.
            InvalidArgumentError: the image is empty, too large, unreadable or not what was announced.
            UnavailableError: DETECTOR_UNAVAILABLE or EMBEDDER_UNAVAILABLE.
            ResourceExhaustedError: OVERLOADED.
            FailedPreconditionError: EMBEDDING_SPACE_MISMATCH.

        """
        image, sha256 = upload.finish()
        source = upload.announcement.source
        if not searched:
            known = await self._find(library_id, sha256, source)
            if known is not None:
                return known
        found = await self._executor.run(self._inspector.inspect, image)
        size_bytes = len(image)
        seeing = self._detector.detect(image)
        # While it is with the detector, it is in memory as what is sent.
        del image
        sight = await seeing
        faces, space = await self._embed(sight.faces)
        analysis = ImageAnalysis(
            sha256=sha256,
            source=source,
            mime_type=found.header.mime_type,
            size_bytes=size_bytes,
            width=sight.width,
            height=sight.height,
            exif=found.exif,
            objects=sight.objects,
            faces=faces,
            object_model=sight.object_model,
            face_model=sight.face_model,
            embedding_space=space,
            preview=found.preview,
        )
        async with self._libraries.lease(library_id, people=bool(faces)) as library:
            return await self._writes.add(library, analysis)

    async def _find(self, library_id: str, sha256: str, source: Source) -> AddedImage | None:
        async with self._libraries.lease(library_id) as library:
            # Most photos that are looked for are new, and they need not wait for those that are being stored.
            if library.surely_lacks(sha256) or not await self._executor.run(library.has_image, sha256):
                return None
            try:
                image, replaced = await self._writes.run(library, library.add_source, sha256, source)
            except NotFoundError:
                return None
        return AddedImage(image, already_indexed=True, replaced=replaced)

    async def _embed(self, seen: tuple[SeenFace, ...]) -> tuple[tuple[DetectedFace, ...], str]:
        if not seen:
            return (), ""
        embeddings, space = await self._embedder.embed([face.rgb for face in seen])
        thumbnails = await self._executor.run(_thumbnails, seen)
        faces = tuple(
            DetectedFace(face.box, face.landmarks, face.score, embedding, thumbnail, face.quality)
            for face, embedding, thumbnail in zip(seen, embeddings, thumbnails, strict=True)
        )
        return faces, space


def _thumbnails(faces: tuple[SeenFace, ...]) -> list[bytes]:
    return [face_thumbnail(face.rgb, face.region.width, face.region.height) for face in faces]
