"""A request that is wrong in two fields is refused once, with both, whatever the method and the fields."""

from typing import Any

import pytest
from google.longrunning import operations_pb2
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from albumen.catalog.v1 import album_service_pb2 as album_pb
from albumen.catalog.v1 import backup_service_pb2 as backup_pb
from albumen.catalog.v1 import event_service_pb2 as events_pb
from albumen.catalog.v1 import folder_service_pb2 as folder_pb
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import picture_service_pb2 as picture_pb
from albumen.catalog.v1 import search_service_pb2 as search_pb
from albumen.catalog.v1 import summary_service_pb2 as summary_pb
from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.folder_pb2 import Folder
from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.library_pb2 import ClusteringParameters, Library
from albumen.catalog.v1.person_pb2 import Person
from albumen.types.v1.geometry_pb2 import BoundingBox
from services.catalog.servicers.folder_request import FOLDER_UPDATABLE
from tests.catalog.asking import refusal
from tests.catalog.conftest import World
from tests.catalog.fake_vision import Script
from tests.planting import Faults, untold

PERSON = "libraries/default/people/x"
FACE = "libraries/default/faces/1"
IMAGE = f"libraries/default/images/{'0' * 64}"
ALBUM = "libraries/default/albums/x"
FOLDER = "libraries/default/folders/x"
EDIT = "libraries/default/edits/1"
OPERATION = "libraries/default/operations/x"
QUERY = search_pb.SearchQuery(face=FACE)

# A right request of each method.
REQUESTS: dict[str, Message] = {
    "images.IndexImage": image_pb.IndexImageRequest(header=image_pb.ImageHeader()),
    "images.IndexImageBytes": image_pb.IndexImageBytesRequest(content=Script().photo()),
    "images.GetImage": image_pb.GetImageRequest(name=IMAGE),
    "images.BatchGetImages": image_pb.BatchGetImagesRequest(names=[IMAGE]),
    "images.UpdateImage": image_pb.UpdateImageRequest(image=Image(name=IMAGE)),
    "images.ListImages": image_pb.ListImagesRequest(),
    "images.ListLabels": image_pb.ListLabelsRequest(),
    "images.DeleteImage": image_pb.DeleteImageRequest(name=IMAGE),
    "images.UndeleteImage": image_pb.UndeleteImageRequest(name=IMAGE),
    "images.PurgeImages": image_pb.PurgeImagesRequest(names=[IMAGE]),
    "images.ListSources": image_pb.ListSourcesRequest(),
    "images.ForgetSources": image_pb.ForgetSourcesRequest(uris=["file:///x"]),
    "images.CheckImages": image_pb.CheckImagesRequest(hashes=["0" * 64]),
    "folders.CreateFolder": folder_pb.CreateFolderRequest(folder=Folder(root_uri="file:///x")),
    "folders.GetFolder": folder_pb.GetFolderRequest(name=FOLDER),
    "folders.ListFolders": folder_pb.ListFoldersRequest(),
    "folders.UpdateFolder": folder_pb.UpdateFolderRequest(folder=Folder(name=FOLDER, display_name="x")),
    "folders.DeleteFolder": folder_pb.DeleteFolderRequest(name=FOLDER),
    "folders.SyncFolder": folder_pb.SyncFolderRequest(name=FOLDER),
    "libraries.CreateLibrary": library_pb.CreateLibraryRequest(library_id="a"),
    "libraries.UpdateLibrary": library_pb.UpdateLibraryRequest(
        library=Library(clustering=ClusteringParameters(eps=0.2, min_samples=2))
    ),
    "libraries.GetLibrary": library_pb.GetLibraryRequest(),
    "libraries.ListLibraries": library_pb.ListLibrariesRequest(),
    "libraries.DeleteLibrary": library_pb.DeleteLibraryRequest(name="libraries/a"),
    "libraries.ReclusterLibrary": library_pb.ReclusterLibraryRequest(),
    "libraries.CompactLibrary": library_pb.CompactLibraryRequest(),
    "libraries.StartReclustering": library_pb.StartReclusteringRequest(),
    "libraries.StartCompaction": library_pb.StartCompactionRequest(),
    "people.ListPeople": people_pb.ListPeopleRequest(),
    "people.GetPerson": people_pb.GetPersonRequest(name=PERSON),
    "people.BatchGetPeople": people_pb.BatchGetPeopleRequest(names=[PERSON]),
    "people.UpdatePerson": people_pb.UpdatePersonRequest(person=Person(name=PERSON)),
    "people.GetFace": people_pb.GetFaceRequest(name=FACE),
    "people.BatchGetFaces": people_pb.BatchGetFacesRequest(names=[FACE]),
    "people.ListFaces": people_pb.ListFacesRequest(),
    "edits.MergePeople": edits_pb.MergePeopleRequest(person=PERSON, others=[f"{PERSON}y"]),
    "edits.SplitPerson": edits_pb.SplitPersonRequest(person=PERSON, faces=[FACE]),
    "edits.ReassignFaces": edits_pb.ReassignFacesRequest(faces=[FACE], person=PERSON),
    "edits.SeparatePeople": edits_pb.SeparatePeopleRequest(people=[PERSON, f"{PERSON}y"]),
    "edits.RejectFaces": edits_pb.RejectFacesRequest(faces=[FACE]),
    "edits.AcceptFaces": edits_pb.AcceptFacesRequest(faces=[FACE]),
    "edits.CreateFace": edits_pb.CreateFaceRequest(image=IMAGE, box=BoundingBox(width=20, height=30)),
    "edits.SuggestMerges": edits_pb.SuggestMergesRequest(),
    "edits.GetEdit": edits_pb.GetEditRequest(name=EDIT),
    "edits.ListEdits": edits_pb.ListEditsRequest(),
    "edits.UndoEdit": edits_pb.UndoEditRequest(name=EDIT),
    "albums.CreateAlbum": album_pb.CreateAlbumRequest(album=Album(display_name="x")),
    "albums.GetAlbum": album_pb.GetAlbumRequest(name=ALBUM),
    "albums.ListAlbums": album_pb.ListAlbumsRequest(),
    "albums.UpdateAlbum": album_pb.UpdateAlbumRequest(album=Album(name=ALBUM, display_name="x")),
    "albums.DeleteAlbum": album_pb.DeleteAlbumRequest(name=ALBUM),
    "albums.AddAlbumImages": album_pb.AddAlbumImagesRequest(album=ALBUM, images=[IMAGE]),
    "albums.RemoveAlbumImages": album_pb.RemoveAlbumImagesRequest(album=ALBUM, images=[IMAGE]),
    "albums.MoveAlbumImages": album_pb.MoveAlbumImagesRequest(album=ALBUM, images=[IMAGE]),
    "pictures.GetThumbnail": picture_pb.GetThumbnailRequest(name=IMAGE),
    "pictures.GetImageContent": picture_pb.GetImageContentRequest(name=IMAGE),
    "backups.BackupLibrary": backup_pb.BackupLibraryRequest(),
    "backups.GetBackup": backup_pb.GetBackupRequest(name="backups/x"),
    "backups.ListBackups": backup_pb.ListBackupsRequest(),
    "backups.DeleteBackup": backup_pb.DeleteBackupRequest(name="backups/x"),
    "backups.RestoreLibrary": backup_pb.RestoreLibraryRequest(backup="backups/x"),
    "backups.ExportLibrary": backup_pb.ExportLibraryRequest(),
    "backups.VerifyLibrary": backup_pb.VerifyLibraryRequest(),
    "events.WatchLibrary": events_pb.WatchLibraryRequest(),
    "events.ListEvents": events_pb.ListEventsRequest(),
    "search.SearchFaces": search_pb.SearchFacesRequest(query=QUERY),
    "search.SearchPeople": search_pb.SearchPeopleRequest(query=QUERY),
    "search.VerifyFaces": search_pb.VerifyFacesRequest(
        first=search_pb.VerifiedFaces(face=FACE), second=search_pb.VerifiedFaces(face=FACE)
    ),
    "operations.GetOperation": operations_pb2.GetOperationRequest(name=OPERATION),
    "operations.ListOperations": operations_pb2.ListOperationsRequest(),
    "operations.CancelOperation": operations_pb2.CancelOperationRequest(name=OPERATION),
    "operations.DeleteOperation": operations_pb2.DeleteOperationRequest(name=OPERATION),
    "operations.WaitOperation": operations_pb2.WaitOperationRequest(name=OPERATION),
    "summaries.SummarizeImages": summary_pb.SummarizeImagesRequest(),
    "summaries.ListTimelineBuckets": summary_pb.ListTimelineBucketsRequest(),
}
SERVICES = {
    "images": image_pb.DESCRIPTOR.services_by_name["ImageService"],
    "libraries": library_pb.DESCRIPTOR.services_by_name["LibraryService"],
    "people": people_pb.DESCRIPTOR.services_by_name["PeopleService"],
    "edits": edits_pb.DESCRIPTOR.services_by_name["PeopleEditService"],
    "albums": album_pb.DESCRIPTOR.services_by_name["AlbumService"],
    "folders": folder_pb.DESCRIPTOR.services_by_name["FolderService"],
    "pictures": picture_pb.DESCRIPTOR.services_by_name["PictureService"],
    "backups": backup_pb.DESCRIPTOR.services_by_name["BackupService"],
    "events": events_pb.DESCRIPTOR.services_by_name["EventService"],
    "search": search_pb.DESCRIPTOR.services_by_name["SearchService"],
    "operations": operations_pb2.DESCRIPTOR.services_by_name["Operations"],
    "summaries": summary_pb.DESCRIPTOR.services_by_name["SummaryService"],
}
WRONG_NAMES = ["wrong", "libraries/default/wrong/1"]
FAULTS = Faults(
    values={
        "parent": "wrong",
        "name": "wrong",
        "person": "nobody",
        "image": "wrong",
        "album": "wrong",
        "cover_image": "wrong",
        "cover_face": "wrong",
        "birth_date": Date(year=2024, month=2, day=30),
        "before": "wrong",
        "after": "wrong",
        "images": WRONG_NAMES,
        "face": "wrong",
        "names": WRONG_NAMES,
        "faces": WRONG_NAMES,
        "others": WRONG_NAMES,
        "people": WRONG_NAMES,
        "labels": ["cat"] * 101,
        "left": float("nan"),
        "top": float("inf"),
        "width": 0.0,
        "height": -1.0,
        "hashes": ["wrong"],
        "root_uri": "no folder",
        "include_patterns": ["\\"],
        "exclude_patterns": ["\\"],
        "trash_missing_days": -1,
        "expression": "(",
        "filter": "beauty = 1",
        "timeout": Duration(seconds=-1),
        "order_by": "beauty",
        "rating": 6,
        "description": "d" * 2_001,
        "tags": ["t" * 101, ""],
        "library_id": "Wrong",
        "display_name": "n" * 201,
        "file_name": "folder/name",
        "source_uri": "no uri",
        "uris": ["no uri", "", "C:/cat.jpg"],
        "uri_prefix": "u" * 2_049,
        "modify_time": Timestamp(seconds=2**60),
        "sha256": "wrong",
        "size_bytes": -1,
        "content": b"no image",
        "embedding": b"short",
        "max_results": -1,
        "facets": [0, 99],
        "first_day": Date(year=2024, month=2, day=30),
        "last_day": Date(year=2024),
        "cell_degrees": 91.0,
        "granularity": 99,
        "max_side": 63,
        "format": 9,
        "max_distance": 3.0,
        "eps": -1.0,
        "min_samples": -1,
        "min_quality": -1.0,
        "backup": "wrong",
        "library": "wrong",
        "page_size": -1,
        "page_token": "wrong",
        "resume_token": "wrong",
        "read_mask": FieldMask(paths=["wrong"]),
        "update_mask": FieldMask(
            paths=["wrong", "display_name", "rating", "description", "tags", "birth_date", "cover_face"]
        ),
        "request_id": "wrong",
    },
    counted=frozenset({"labels"}),
    harmless=frozenset({"etag", "known_etag", "embedding_space"}),
)
# Answered before the bytes have come.
STREAMED = Faults(
    {key: value for key, value in FAULTS.values.items() if key != "content"},
    FAULTS.counted,
    FAULTS.harmless | {"content"},
)


# A new album has no name yet.
CREATED = Faults(FAULTS.values, FAULTS.counted, FAULTS.harmless | {"album.name"})
# Of a new library only the name for people is read.
OF_PARAMETERS = {"library.clustering.eps", "library.clustering.min_samples", "library.clustering.min_quality"}
NEW_LIBRARY = Faults(FAULTS.values, FAULTS.counted, FAULTS.harmless | OF_PARAMETERS | {"library.name"})
# What the mask leaves out is not looked at.
LIBRARY_UPDATED = Faults(
    {**FAULTS.values, "update_mask": FieldMask(paths=["wrong", "display_name", "clustering"])},
    FAULTS.counted,
    FAULTS.harmless,
)
UPDATED = Faults(
    {
        **FAULTS.values,
        "update_mask": FieldMask(paths=["wrong", "display_name", "description", "filter", "order_by", "cover_image"]),
    },
    FAULTS.counted,
    FAULTS.harmless,
)
# A new folder has no name yet, nor has it been synced; and its root never changes.
_NEW_FOLDER = {"folder.name", "folder.last_sync"}
FOLDER_CREATED = Faults(FAULTS.values, FAULTS.counted, FAULTS.harmless | _NEW_FOLDER)
FOLDER_UPDATED = Faults(
    {
        **FAULTS.values,
        "update_mask": FieldMask(paths=["wrong", *sorted(FOLDER_UPDATABLE)]),
    },
    FAULTS.counted,
    FAULTS.harmless | {"folder.root_uri"},
)
OF_METHODS = {
    "images.IndexImage": STREAMED,
    "albums.CreateAlbum": CREATED,
    "albums.UpdateAlbum": UPDATED,
    "libraries.CreateLibrary": NEW_LIBRARY,
    "libraries.UpdateLibrary": LIBRARY_UPDATED,
    "folders.CreateFolder": FOLDER_CREATED,
    "folders.UpdateFolder": FOLDER_UPDATED,
}


def faults_of(method: str) -> Faults:
    return OF_METHODS.get(method, FAULTS)


async def told(world: World, method: str, request: Message) -> list[str]:
    service, name = method.split(".")
    contract = SERVICES[service].methods_by_name[name]
    ask: Any = getattr(getattr(world, service), name)
    call = ask(iter([request]) if contract.client_streaming else request)
    return (await refusal(call.read() if contract.server_streaming else call)).fields


def test_every_method_of_the_catalog_is_tried() -> None:
    known = {f"{key}.{method.name}": method for key, service in SERVICES.items() for method in service.methods}
    assert REQUESTS.keys() == known.keys()
    assert {key: request.DESCRIPTOR for key, request in REQUESTS.items()} == {
        key: method.input_type for key, method in known.items()
    }


@pytest.mark.parametrize("method", REQUESTS)
def test_every_field_of_a_request_has_a_fault_or_none(method: str) -> None:
    assert faults_of(method).unknown(REQUESTS[method]) == []


@pytest.mark.parametrize("method", REQUESTS)
async def test_the_second_fault_of_a_request_is_not_kept_for_the_next_try(world: World, method: str) -> None:
    assert await untold(faults_of(method), REQUESTS[method], lambda request: told(world, method, request)) == []


async def test_many_wrong_names_leave_room_for_the_fault_of_another_field(world: World) -> None:
    wrong = edits_pb.SplitPersonRequest(person="wrong", faces=["wrong"] * 10_000, request_id="wrong")
    fields = (await refusal(world.edits.SplitPerson(wrong))).fields
    assert fields[:5] == ["person", "faces[0]", "request_id", "faces[1]", "faces[2]"]
