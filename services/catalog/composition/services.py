"""The services that the catalog serves, and the bounds of their methods."""

from dataclasses import replace
from functools import partial
from types import ModuleType

from google.longrunning import operations_pb2, operations_pb2_grpc

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
from services.catalog.composition.tools import Tools
from services.catalog.composition.work import Work
from services.catalog.event_streams import EventStreams
from services.catalog.indexing.drawn_face import DrawnFaceViewer
from services.catalog.indexing.photo_query import PhotoQuery
from services.catalog.pictures.maker import PictureMaker
from services.catalog.servicers.albums import AlbumServicer
from services.catalog.servicers.backups import BackupServicer
from services.catalog.servicers.events import EventServicer
from services.catalog.servicers.folders import FolderServicer
from services.catalog.servicers.images import ImageServicer
from services.catalog.servicers.last_syncs import LastSyncs
from services.catalog.servicers.libraries import LibraryServicer
from services.catalog.servicers.operations import OperationsServicer
from services.catalog.servicers.people import PeopleServicer
from services.catalog.servicers.people_edits import PeopleEditServicer
from services.catalog.servicers.pictures import PictureServicer
from services.catalog.servicers.search import SearchServicer
from services.catalog.servicers.summaries import SummaryServicer
from services.catalog.settings import CatalogSettings
from services.common.byte_budget import ByteBudget
from services.common.limits import MAX_CHUNK_MESSAGE_BYTES, MESSAGE_OVERHEAD_BYTES, PICTURE_SENDING_BYTES
from services.common.wire.method_bounds import MethodBounds
from services.common.wire.server import AddServicer


def make_services(tools: Tools, work: Work) -> dict[str, AddServicer]:
    """Return what adds each service to a server, by the service's full name."""
    calls, executor, opener = tools.calls, tools.executor, tools.opener
    library = LibraryServicer(tools.catalog, calls, executor, opener, work.starts)
    images = ImageServicer(
        calls, executor, tools.indexer, tools.inspector, tools.admission, tools.bytes_held, tools.limits
    )
    viewer = DrawnFaceViewer(
        tools.detector, tools.embedder, tools.originals, tools.inspector, reading=tools.drawing, executor=executor
    )
    edits = PeopleEditServicer(calls, executor, viewer, tools.admission, tools.bytes_held)
    last_syncs = LastSyncs(work.operations)
    folders = FolderServicer(calls, executor, work.starts, last_syncs, work.syncing.roots, work.follower)
    maker = PictureMaker(tools.decoders, tools.originals, tools.limits)
    sending = ByteBudget("catalog", PICTURE_SENDING_BYTES)
    pictures = PictureServicer(calls, tools.drawing, maker, tools.originals, sending)
    events = EventServicer(calls, EventStreams(tools.watchers, calls, executor))
    backups = BackupServicer(work.backing.backups, work.backing.restorer, work.starts, executor, opener)
    operations = OperationsServicer(work.operations, tools.watchers, executor)
    photos = PhotoQuery(tools.detector, tools.embedder, executor, tools.inspector)
    search = SearchServicer(calls, executor, photos, tools.admission)
    return dict(
        (
            _served(library_pb, partial(library_grpc.add_LibraryServiceServicer_to_server, library)),
            _served(image_pb, partial(image_grpc.add_ImageServiceServicer_to_server, images)),
            _served(people_pb, partial(people_grpc.add_PeopleServiceServicer_to_server, PeopleServicer(calls))),
            _served(edits_pb, partial(edits_grpc.add_PeopleEditServiceServicer_to_server, edits)),
            _served(album_pb, partial(album_grpc.add_AlbumServiceServicer_to_server, AlbumServicer(calls))),
            _served(folder_pb, partial(folder_grpc.add_FolderServiceServicer_to_server, folders)),
            _served(picture_pb, partial(picture_grpc.add_PictureServiceServicer_to_server, pictures)),
            _served(event_pb, partial(event_grpc.add_EventServiceServicer_to_server, events)),
            _served(backup_pb, partial(backup_grpc.add_BackupServiceServicer_to_server, backups)),
            _served(operations_pb2, partial(operations_pb2_grpc.add_OperationsServicer_to_server, operations)),
            _served(search_pb, partial(search_grpc.add_SearchServiceServicer_to_server, search)),
            _served(summary_pb, partial(summary_grpc.add_SummaryServiceServicer_to_server, SummaryServicer(calls))),
        )
    )


def make_bounds(settings: CatalogSettings, tools: Tools) -> dict[str, MethodBounds]:
    """Return the bounds of the methods that take photos, by the method's full name."""
    images = image_pb.DESCRIPTOR.services_by_name["ImageService"].full_name
    search = search_pb.DESCRIPTOR.services_by_name["SearchService"].full_name
    edits = edits_pb.DESCRIPTOR.services_by_name["PeopleEditService"].full_name
    photo = MethodBounds(settings.max_image_bytes + MESSAGE_OVERHEAD_BYTES, has_images=True, images=tools.bytes_held)

    def admit() -> None:
        tools.bytes_held.check()
        tools.admission.check()

    return {
        f"/{images}/IndexImage": MethodBounds(MAX_CHUNK_MESSAGE_BYTES, has_images=True),
        f"/{images}/IndexImageBytes": replace(photo, admit=admit),
        f"/{edits}/CreateFace": photo,
        f"/{search}/SearchFaces": photo,
        f"/{search}/SearchPeople": photo,
        # Two photos take no more together: each of them is in memory as long as the other is looked at.
        f"/{search}/VerifyFaces": photo,
    }


def _served(module: ModuleType, add: AddServicer) -> tuple[str, AddServicer]:
    """Return the full name of a module's one service, and what adds it to a server."""
    (service,) = module.DESCRIPTOR.services_by_name.values()
    return service.full_name, add
