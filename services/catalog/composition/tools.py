"""What the calls of the catalog work with."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

import structlog

from services.catalog.catalog import Catalog
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.events import EventBounds, EventFeed
from services.catalog.following.changed_libraries import ChangedLibraries
from services.catalog.indexing.clients import DetectorClient, EmbedderClient
from services.catalog.indexing.indexer import Indexer
from services.catalog.indexing.inspector import Inspector
from services.catalog.libraries_folder import LibrariesFolderError
from services.catalog.library_calls import LibraryCalls
from services.catalog.library_names import DEFAULT_LIBRARY
from services.catalog.library_resources import LibraryResources
from services.catalog.pictures.originals import Originals
from services.catalog.settings import CatalogSettings
from services.catalog.watchers import Watchers
from services.catalog.write_queues import WriteQueues
from services.common.admission import Admission
from services.common.bounded_executor import BoundedExecutor
from services.common.byte_budget import ByteBudget
from services.common.decoding.choice import choose_decoders
from services.common.decoding.decoder import Decoders
from services.common.errors import UnavailableError
from services.common.limits import MEBIBYTE, ImageLimits
from services.common.roots import Roots
from services.common.start_error import StartError

# Threads that open libraries, and how many of them may be with something that takes longer: people, or a list.
_OPENING: Final = 4
_OPENING_SLOWLY: Final = 2

_log = structlog.get_logger("catalog")


@dataclass(frozen=True, slots=True)
class Tools:
    """What calls share.

    Attributes:
        watchers: who waits for events.
        changed: libraries whose folders may be others.
        catalog: the libraries.
        executor: runs reads, and checks that take long.
        opener: opens libraries, and begins operations.
        drawing: runs what makes pictures, apart, so that a page of thumbnails keeps nobody from reading and writing.
        writes: runs writes.
        calls: leases libraries to calls.
        detector: finds things and faces.
        embedder: turns faces into embeddings.
        limits: of images.
        decoders: read what files say of themselves, and decode them.
        inspector: looks at files.
        originals: finds the files of images.
        indexer: indexes photos.
        admission: bounds the photos that are being looked at.
        bytes_held: bounds their bytes.

    """

    watchers: Watchers
    changed: ChangedLibraries
    catalog: Catalog
    executor: BoundedExecutor
    opener: BoundedExecutor
    drawing: BoundedExecutor
    writes: WriteQueues
    calls: LibraryCalls
    detector: DetectorClient
    embedder: EmbedderClient
    limits: ImageLimits
    decoders: Decoders
    inspector: Inspector
    originals: Originals
    indexer: Indexer
    admission: Admission
    bytes_held: ByteBudget

    @classmethod
    def make(cls, settings: CatalogSettings) -> Self:
        """Open the catalog, and make what works with it.

        Raises:
            StartError: the folder of libraries can't be used.

        """
        detector = DetectorClient.of(
            settings.detector_target, max_image_bytes=settings.max_image_bytes, seconds=settings.detect_seconds
        )
        embedder = EmbedderClient.of(settings.embedder_target, seconds=settings.embed_seconds)
        limits = ImageLimits(settings.max_image_bytes, settings.max_image_pixels)
        watchers, changed = Watchers(settings.max_watchers), ChangedLibraries()
        catalog = _open_catalog(settings, watchers, changed)
        queue = settings.queue
        executor = BoundedExecutor("catalog", workers=settings.workers, queue=queue)
        opener = BoundedExecutor("catalog-open", workers=_OPENING, queue=queue, in_turn=_OPENING_SLOWLY)
        calls = LibraryCalls(catalog.leases, executor, opener)
        writes = WriteQueues(workers=settings.workers, queue=queue)
        decoders = choose_decoders(settings.decoders, settings.decode_limits(limits))
        inspector = Inspector(decoders, limits, settings.preview_pixels)
        return cls(
            watchers=watchers,
            changed=changed,
            catalog=catalog,
            executor=executor,
            opener=opener,
            drawing=BoundedExecutor("catalog-pictures", workers=settings.picture_workers, queue=queue),
            writes=writes,
            calls=calls,
            detector=detector,
            embedder=embedder,
            limits=limits,
            decoders=decoders,
            inspector=inspector,
            originals=Originals(Roots([*settings.picture_roots, *settings.folder_roots])),
            indexer=Indexer(detector, embedder, calls, executor, writes, inspector),
            admission=Admission("catalog", limit=settings.max_indexing, parallel=settings.max_indexing),
            bytes_held=ByteBudget("catalog", settings.image_memory(settings.max_image_bytes)),
        )

    async def start(self) -> None:
        """Have decoders, and the default library open."""
        await asyncio.to_thread(self.decoders.start)
        try:
            async with self.calls.lease(DEFAULT_LIBRARY, people=True):
                pass
        except UnavailableError as error:
            # Calls to this library say so; those to all others are served.
            _log.warning("library_unavailable", library=DEFAULT_LIBRARY, reason=str(error.reason))

    async def close(self) -> None:
        """Close the catalog, once nobody calls any more."""
        await asyncio.gather(self.detector.close(), self.embedder.close())
        for threads in (self.executor, self.drawing, self.opener, self.writes):
            threads.close()
        self.catalog.close()


def _open_catalog(settings: CatalogSettings, watchers: Watchers, changed: ChangedLibraries) -> Catalog:
    try:
        return Catalog(
            settings.libraries_dir,
            parameters=ClusteringParameters(
                settings.cluster_eps, settings.cluster_min_samples, settings.cluster_min_quality
            ),
            max_libraries=settings.max_libraries,
            memory=settings.memory_mib * MEBIBYTE,
            resources=LibraryResources(
                f"{min(settings.library_memory_mib, settings.memory_mib)}MiB", settings.search_threads
            ),
            trash=timedelta(days=settings.trash_days),
            feed=EventFeed(EventBounds(settings.events_kept, settings.events_days), watchers.announce, changed.add),
        )
    except LibrariesFolderError as error:
        raise StartError(f"ALBUMEN_CATALOG_LIBRARIES_DIR: {error}") from error
