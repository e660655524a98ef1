"""Runs the catalog: `python -m services.catalog`."""

import asyncio
import atexit
import gc
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import ModuleType
from typing import Final

import grpc
import structlog
from google.longrunning import operations_pb2, operations_pb2_grpc
from threadpoolctl import threadpool_limits

from albumen.catalog.v1 import album_service_pb2 as album_pb
from albumen.catalog.v1 import album_service_pb2_grpc as album_grpc
from albumen.catalog.v1 import backup_service_pb2 as backup_pb
from albumen.catalog.v1 import backup_service_pb2_grpc as backup_grpc
from albumen.catalog.v1 import event_service_pb2 as event_pb
from albumen.catalog.v1 import event_service_pb2_grpc as event_grpc
from albumen.catalog.v1 import folder_service_pb2 as folder_pb
from albumen.catalog.v1 import folder_service_pb2_grpc as folder_grpc
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import image_service_pb2_grpc as image_grpc
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import library_service_pb2_grpc as library_grpc
from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_edit_service_pb2_grpc as edits_grpc
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import people_service_pb2_grpc as people_grpc
from albumen.catalog.v1 import picture_service_pb2 as picture_pb
from albumen.catalog.v1 import picture_service_pb2_grpc as picture_grpc
from albumen.catalog.v1 import search_service_pb2 as search_pb
from albumen.catalog.v1 import search_service_pb2_grpc as search_grpc
from albumen.catalog.v1 import summary_service_pb2 as summary_pb
from albumen.catalog.v1 import summary_service_pb2_grpc as summary_grpc
from services.catalog.backup.backup_work import BackupWork
from services.catalog.backup.keeping import Keeping
from services.catalog.catalog import DEFAULT_LIBRARY, Catalog
from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.compactor import Compactor
from services.catalog.event_streams import EventStreams
from services.catalog.events import EventBounds, EventFeed
from services.catalog.following.changed_libraries import ChangedLibraries
from services.catalog.following.follower import Follower
from services.catalog.following.pace import Pace
from services.catalog.indexing.clients import DetectorClient, EmbedderClient
from services.catalog.indexing.drawn_face import DrawnFaceViewer
from services.catalog.indexing.indexer import Indexer
from services.catalog.indexing.inspector import Inspector
from services.catalog.indexing.photo_query import PhotoQuery
from services.catalog.libraries_folder import LibrariesFolderError
from services.catalog.library_calls import LibraryCalls
from services.catalog.library_resources import LibraryResources
from services.catalog.operations import library_work
from services.catalog.operations.kind import Kind
from services.catalog.operations.operation_table import OperationBounds
from services.catalog.operations.operations import Operations
from services.catalog.pictures.maker import PictureMaker
from services.catalog.pictures.originals import Originals
from services.catalog.servicers.albums import AlbumServicer
from services.catalog.servicers.backups import BackupServicer
from services.catalog.servicers.events import EventServicer
from services.catalog.servicers.folders import FolderServicer
from services.catalog.servicers.images import ImageServicer
from services.catalog.servicers.last_syncs import LastSyncs
from services.catalog.servicers.libraries import LibraryServicer
from services.catalog.servicers.operation_starts import OperationStarts
from services.catalog.servicers.operations import OperationsServicer
from services.catalog.servicers.people import PeopleServicer
from services.catalog.servicers.people_edits import PeopleEditServicer
from services.catalog.servicers.pictures import PictureServicer
from services.catalog.servicers.search import SearchServicer
from services.catalog.servicers.summaries import SummaryServicer
from services.catalog.settings import CatalogSettings
from services.catalog.syncing.feed import PhotoFeed
from services.catalog.syncing.folder_sync import SyncMeans, folder_sync
from services.catalog.watchers import Watchers
from services.catalog.write_queues import WriteQueues
from services.common.admission import Admission
from services.common.bounded_executor import BoundedExecutor
from services.common.byte_budget import ByteBudget
from services.common.decoding.choice import choose_decoders
from services.common.errors import UnavailableError
from services.common.limits import (
    MAX_CHUNK_MESSAGE_BYTES,
    MEBIBYTE,
    MESSAGE_OVERHEAD_BYTES,
    PICTURE_SENDING_BYTES,
    ImageLimits,
)
from services.common.roots import Roots
from services.common.start_error import StartError
from services.common.upkeep import Upkeep
from services.common.wire.channel import channel_options
from services.common.wire.method_bounds import MethodBounds
from services.common.wire.process import run
from services.common.wire.server import Application

# Threads that open libraries, and how many of them may be with something that takes longer: people, or a list.
_OPENING: Final = 4
_OPENING_SLOWLY: Final = 2

_log = structlog.get_logger("catalog")


def build(settings: CatalogSettings) -> Application:
    """Put the catalog together."""
    # Requests bring the parallelism; BLAS threads on top of them cost several times what they gain.
    threadpool_limits(1, "blas")
    options = channel_options(max_image_bytes=settings.max_image_bytes)
    detector_channel = grpc.aio.insecure_channel(settings.detector_target, options=options)
    # Crops are as large as they are, however small the images that are let in.
    embedder_channel = grpc.aio.insecure_channel(settings.embedder_target, options=channel_options())
    detector = DetectorClient(detector_channel, seconds=settings.detect_seconds)
    embedder = EmbedderClient(embedder_channel, seconds=settings.embed_seconds)
    executor = BoundedExecutor("catalog", workers=settings.workers, queue=settings.queue)
    limits = ImageLimits(settings.max_image_bytes, settings.max_image_pixels)
    watchers = Watchers(settings.max_watchers)
    changed = ChangedLibraries()
    catalog = _open_catalog(settings, watchers, changed)
    opener = BoundedExecutor("catalog-open", workers=_OPENING, queue=settings.queue, in_turn=_OPENING_SLOWLY)
    calls = LibraryCalls(catalog.leases, executor, opener)
    writes = WriteQueues(workers=settings.workers, queue=settings.queue)
    decoders = choose_decoders(settings.decoders, settings.decode_limits(limits))
    inspector = Inspector(decoders, limits, settings.preview_pixels)
    indexer = Indexer(detector, embedder, calls, executor, writes, inspector)
    admission = Admission("catalog", limit=settings.max_indexing, parallel=settings.max_indexing)
    backing = _backing(settings, catalog)
    means = _syncing(settings, catalog, indexer, limits)
    operations = _operations(settings, catalog, watchers, [*backing.kinds, folder_sync(means)])
    starts = OperationStarts(operations, opener)
    follower = _follower(settings, catalog, operations, means.roots, changed)
    bytes_held = ByteBudget("catalog", settings.image_memory(settings.max_image_bytes))
    images = ImageServicer(calls, executor, indexer, inspector, admission, bytes_held, limits)
    # Apart, so that a page of thumbnails keeps nobody from reading and writing.
    drawing = BoundedExecutor("catalog-pictures", workers=settings.picture_workers, queue=settings.queue)
    originals = Originals(Roots([*settings.picture_roots, *settings.folder_roots]))
    maker = PictureMaker(decoders, originals, limits)
    edits = PeopleEditServicer(
        calls,
        executor,
        DrawnFaceViewer(detector, embedder, originals, inspector, reading=drawing, executor=executor),
        admission,
        bytes_held,
    )
    search = SearchServicer(calls, executor, PhotoQuery(detector, embedder, executor, inspector), admission)

    compactor = Compactor(catalog, after=settings.compact_after_seconds)
    # Apart, because a compaction may take minutes, and the drive of the backups may sleep, or be gone.
    upkeeps = [
        *(
            Upkeep(work, seconds=settings.upkeep_seconds)
            for work in (partial(_tidy, catalog, operations), compactor.work, backing.backups.expire_if_due)
        ),
        Upkeep(follower.work, seconds=Pace().look),
    ]

    async def start() -> None:
        await asyncio.to_thread(decoders.start)
        await _open_default(calls)
        means.feed.start()
        await asyncio.to_thread(operations.start)
        for upkeep in upkeeps:
            upkeep.start()

    async def close() -> None:
        decoders.close()
        compactor.stop()
        await asyncio.to_thread(follower.stop)
        await asyncio.gather(*(upkeep.stop() for upkeep in upkeeps), asyncio.to_thread(operations.stop))
        backing.backups.folder.close()
        await asyncio.gather(detector_channel.close(None), embedder_channel.close(None))
        executor.close()
        drawing.close()
        opener.close()
        writes.close()
        catalog.close()

    return Application(
        services=dict(
            [
                _served(
                    library_pb,
                    partial(
                        library_grpc.add_LibraryServiceServicer_to_server,
                        LibraryServicer(catalog, calls, executor, opener, starts),
                    ),
                ),
                _served(image_pb, partial(image_grpc.add_ImageServiceServicer_to_server, images)),
                _served(people_pb, partial(people_grpc.add_PeopleServiceServicer_to_server, PeopleServicer(calls))),
                _served(edits_pb, partial(edits_grpc.add_PeopleEditServiceServicer_to_server, edits)),
                _served(album_pb, partial(album_grpc.add_AlbumServiceServicer_to_server, AlbumServicer(calls))),
                _served(
                    folder_pb,
                    partial(
                        folder_grpc.add_FolderServiceServicer_to_server,
                        FolderServicer(calls, executor, starts, LastSyncs(operations), means.roots, follower),
                    ),
                ),
                _served(
                    picture_pb,
                    partial(
                        picture_grpc.add_PictureServiceServicer_to_server,
                        PictureServicer(calls, drawing, maker, originals, ByteBudget("catalog", PICTURE_SENDING_BYTES)),
                    ),
                ),
                _served(
                    event_pb,
                    partial(
                        event_grpc.add_EventServiceServicer_to_server,
                        EventServicer(calls, EventStreams(watchers, calls, executor)),
                    ),
                ),
                _served(
                    backup_pb,
                    partial(
                        backup_grpc.add_BackupServiceServicer_to_server,
                        BackupServicer(backing.backups, backing.restorer, starts, executor, opener),
                    ),
                ),
                _served(
                    operations_pb2,
                    partial(
                        operations_pb2_grpc.add_OperationsServicer_to_server,
                        OperationsServicer(operations, watchers, executor),
                    ),
                ),
                _served(search_pb, partial(search_grpc.add_SearchServiceServicer_to_server, search)),
                _served(summary_pb, partial(summary_grpc.add_SummaryServiceServicer_to_server, SummaryServicer(calls))),
            ]
        ),
        start=start,
        close=close,
        methods=_methods(settings, admission, bytes_held),
        images=bytes_held,
        end_streams=watchers.close,
        borrowed=decoders.borrowed,
        tidy=decoders.tidy,
    )


def _served(
    module: ModuleType, add: Callable[[grpc.aio.Server], None]
) -> tuple[str, Callable[[grpc.aio.Server], None]]:
    """Return the full name of a module's one service, and what adds it to a server."""
    (service,) = module.DESCRIPTOR.services_by_name.values()
    return service.full_name, add


def _methods(settings: CatalogSettings, admission: Admission, bytes_held: ByteBudget) -> dict[str, MethodBounds]:
    images = image_pb.DESCRIPTOR.services_by_name["ImageService"].full_name
    search = search_pb.DESCRIPTOR.services_by_name["SearchService"].full_name
    edits = edits_pb.DESCRIPTOR.services_by_name["PeopleEditService"].full_name
    photo = MethodBounds(settings.max_image_bytes + MESSAGE_OVERHEAD_BYTES, has_images=True, images=bytes_held)

    def admit() -> None:
        bytes_held.check()
        admission.check()

    return {
        f"/{images}/IndexImage": MethodBounds(MAX_CHUNK_MESSAGE_BYTES, has_images=True),
        f"/{images}/IndexImageBytes": replace(photo, admit=admit),
        f"/{edits}/CreateFace": photo,
        f"/{search}/SearchFaces": photo,
        f"/{search}/SearchPeople": photo,
        # Two photos take no more together: each of them is in memory as long as the other is looked at.
        f"/{search}/VerifyFaces": photo,
    }


async def _open_default(calls: LibraryCalls) -> None:
    try:
        async with calls.lease(DEFAULT_LIBRARY, people=True):
            pass
    except UnavailableError as error:
        # Calls to this library say so; those to all others are served.
        _log.warning("library_unavailable", library=DEFAULT_LIBRARY, reason=str(error.reason))


def _tidy(catalog: Catalog, operations: Operations) -> None:
    operations.expire()
    catalog.maintain()


def _backing(settings: CatalogSettings, catalog: Catalog) -> BackupWork:
    keeping = Keeping(settings.backup_newest, settings.backup_days)
    return BackupWork(catalog, settings.libraries_dir, settings.backup_dir, keeping)


def _operations(settings: CatalogSettings, catalog: Catalog, watchers: Watchers, kinds: Iterable[Kind]) -> Operations:
    return Operations(
        catalog,
        settings.libraries_dir,
        [library_work.reclustering(catalog), library_work.compaction(catalog), *kinds],
        bounds=OperationBounds(settings.operations_kept, settings.operations_days),
        workers=settings.operation_workers,
        ended=watchers.announce,
    )


def _syncing(settings: CatalogSettings, catalog: Catalog, indexer: Indexer, limits: ImageLimits) -> SyncMeans:
    feed = PhotoFeed(indexer, limits, in_flight=settings.sync_in_flight)
    return SyncMeans(catalog, Roots(settings.folder_roots), feed, limits)


def _follower(
    settings: CatalogSettings, catalog: Catalog, operations: Operations, roots: Roots, changed: ChangedLibraries
) -> Follower:
    return Follower(
        catalog,
        operations,
        roots,
        changed,
        pace=Pace(resync=settings.resync_seconds),
        # So that what users begin need not wait for what nobody has asked for.
        at_once=max(1, settings.operation_workers - 1),
    )


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


if __name__ == "__main__":
    # All that was imported stays, and who looks for garbage when a library is closed need not look at it.
    gc.freeze()
    # DuckDB's binding complains of all that is still there at the end.
    atexit.register(gc.unfreeze)
    sys.exit(run(CatalogSettings, build))
