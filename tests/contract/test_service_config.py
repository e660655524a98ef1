"""Every method is either sent again by clients when a service is unavailable, or named here with why it is not."""

import importlib
import json
from collections.abc import Iterator
from types import ModuleType

from google.longrunning import operations_pb2

from services.common.wire.channel import SERVICE_CONFIG
from tools.protoc import ROOT

NOT_REPEATED = {
    "albumen.catalog.v1.ImageService/IndexImage": "a stream is sent again by its client, from its beginning",
    "albumen.catalog.v1.ImageService/UpdateImage": "an etag would not be the image's any more",
    "albumen.catalog.v1.ImageService/DeleteImage": "the second answer would be NOT_FOUND where no trash is kept",
    "albumen.catalog.v1.ImageService/UndeleteImage": "an etag would not be the image's any more",
    "albumen.catalog.v1.ImageService/PurgeImages": "the second answer would not count what the first one erased",
    "albumen.catalog.v1.ImageService/ForgetSources": "the second answer would not name the images that were deleted",
    "albumen.catalog.v1.AlbumService/CreateAlbum": "safe with a request_id only",
    "albumen.catalog.v1.AlbumService/UpdateAlbum": "with an etag, the second answer would be ETAG_MISMATCH",
    "albumen.catalog.v1.AlbumService/DeleteAlbum": "the second answer to a deletion would be NOT_FOUND",
    "albumen.catalog.v1.AlbumService/AddAlbumImages": "the second answer would say that the images were there before",
    "albumen.catalog.v1.AlbumService/RemoveAlbumImages": "the second answer would say that none was there",
    "albumen.catalog.v1.AlbumService/MoveAlbumImages": "it would undo what somebody else has moved meanwhile",
    "albumen.catalog.v1.BackupService/BackupLibrary": "safe with a request_id only",
    "albumen.catalog.v1.BackupService/DeleteBackup": "the second answer to a deletion would be NOT_FOUND",
    "albumen.catalog.v1.BackupService/RestoreLibrary": "safe with a request_id only",
    "albumen.catalog.v1.BackupService/ExportLibrary": "safe with a request_id only",
    "albumen.catalog.v1.BackupService/VerifyLibrary": "safe with a request_id only",
    "albumen.catalog.v1.LibraryService/UpdateLibrary": "with an etag, the second answer would be ETAG_MISMATCH",
    "albumen.catalog.v1.FolderService/CreateFolder": "safe with a request_id only",
    "albumen.catalog.v1.FolderService/UpdateFolder": "with an etag, the second answer would be ETAG_MISMATCH",
    "albumen.catalog.v1.FolderService/DeleteFolder": "the second answer to a deletion would be NOT_FOUND",
    "albumen.catalog.v1.FolderService/SyncFolder": "safe with a request_id only",
    "albumen.catalog.v1.LibraryService/CreateLibrary": "the second answer would be ALREADY_EXISTS",
    "albumen.catalog.v1.LibraryService/DeleteLibrary": "the second answer to a deletion would be NOT_FOUND",
    "albumen.catalog.v1.LibraryService/ReclusterLibrary": "the first run may go on",
    "albumen.catalog.v1.LibraryService/CompactLibrary": "the first run may go on",
    "albumen.catalog.v1.LibraryService/StartReclustering": "safe with a request_id only",
    "albumen.catalog.v1.LibraryService/StartCompaction": "safe with a request_id only",
    "google.longrunning.Operations/DeleteOperation": "the second answer to a deletion would be NOT_FOUND",
    "albumen.catalog.v1.PeopleService/UpdatePerson": "safe with a request_id only",
    "albumen.catalog.v1.PeopleEditService/MergePeople": "safe with a request_id only",
    "albumen.catalog.v1.PeopleEditService/SplitPerson": "safe with a request_id only",
    "albumen.catalog.v1.PeopleEditService/ReassignFaces": "safe with a request_id only",
    "albumen.catalog.v1.PeopleEditService/SeparatePeople": "safe with a request_id only",
    "albumen.catalog.v1.PeopleEditService/RejectFaces": "safe with a request_id only",
    "albumen.catalog.v1.PeopleEditService/AcceptFaces": "safe with a request_id only",
    "albumen.catalog.v1.PeopleEditService/CreateFace": "safe with a request_id only",
    "albumen.catalog.v1.PeopleEditService/UndoEdit": "the second answer would be that the edit is undone already",
}


def test_every_method_is_repeated_or_named_with_the_reason_why_not() -> None:
    methods, repeated = set(_methods()), set(_repeated())
    assert repeated | NOT_REPEATED.keys() == methods
    assert not repeated & NOT_REPEATED.keys()


def _methods() -> Iterator[str]:
    yield from _methods_of(operations_pb2)
    protos = ROOT / "protos"
    for path in (protos / "albumen").rglob("*_service.proto"):
        module = path.with_name(f"{path.stem}_pb2").relative_to(protos).as_posix().replace("/", ".")
        yield from _methods_of(importlib.import_module(module))


def _methods_of(module: ModuleType) -> Iterator[str]:
    for service in module.DESCRIPTOR.services_by_name.values():
        yield from (f"{service.full_name}/{method.name}" for method in service.methods)


def _repeated() -> Iterator[str]:
    """Yield the methods to which a retry policy applies; a service without a method stands for all of its own."""
    for config in json.loads(SERVICE_CONFIG)["methodConfig"]:
        for name in config["name"]:
            if "method" in name:
                yield f"{name['service']}/{name['method']}"
            else:
                yield from (method for method in _methods() if method.startswith(f"{name['service']}/"))
