"""A small library of one case's own, and what is seen of it."""

import hashlib
from pathlib import Path
from typing import Final

import grpc
from google.longrunning import operations_pb2 as lro
from google.longrunning.operations_pb2_grpc import OperationsStub
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import album_service_pb2 as album_pb
from albumen.catalog.v1 import album_service_pb2_grpc as album_grpc
from albumen.catalog.v1 import backup_service_pb2 as backup_pb
from albumen.catalog.v1 import backup_service_pb2_grpc as backup_grpc
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
from albumen.catalog.v1.album_pb2 import Album
from albumen.catalog.v1.folder_pb2 import Folder
from albumen.catalog.v1.image_service_pb2 import ImageFilter
from albumen.catalog.v1.person_pb2 import Person
from torture.limits import CALL_SECONDS
from torture.photos import ShownFace, make_photo
from torture.protobufs.values import HASHES, ROOTS

_ID: Final = "under-attack"
_NAME: Final = f"libraries/{_ID}"
_DEFAULT: Final = "libraries/default"
_PHOTOS: Final = ((1, 2), (1,), (2,), (2, 3), ())
# Folders on disk: one with photos, one without, and one that is not there.
_SYNCED, _EMPTY, _LACKING = "synced", "empty", "lacking"
_EVERYTHING: Final = FieldMask(paths=["*"])


class AttackedLibrary:
    """A library of five photos, one of them in the trash, two albums, two people, one of whom has a name, and a folder.

    The folder has two photos and is synced, with an operation; there is a backup.

    Args:
        channel: to the catalog.
        disk: in which the catalog may sync folders.

    """

    def __init__(self, channel: grpc.Channel, disk: Path) -> None:
        self._disk = disk
        self._folders = folder_grpc.FolderServiceStub(channel)
        self._backups = backup_grpc.BackupServiceStub(channel)
        self._libraries = library_grpc.LibraryServiceStub(channel)
        self._images = image_grpc.ImageServiceStub(channel)
        self._people = people_grpc.PeopleServiceStub(channel)
        self._edits = edits_grpc.PeopleEditServiceStub(channel)
        self._albums = album_grpc.AlbumServiceStub(channel)
        self._operations = OperationsStub(channel)

    def renew(self, fresh: str) -> str:
        """Make sure that it is as it was made, and that there is no other.

        Args:
            fresh: its digest when it was made the last time; empty if it never was.

        Returns:
            Its digest as it is now.

        """
        left = False
        request = library_pb.ListLibrariesRequest(page_size=1000)
        for library in self._libraries.ListLibraries(request, timeout=CALL_SECONDS).libraries:
            if library.name == _NAME and fresh and self.digest() == fresh:
                left = True
            elif library.image_count or library.name != _DEFAULT:
                erase = library_pb.DeleteLibraryRequest(name=library.name, force=True)
                self._libraries.DeleteLibrary(erase, timeout=CALL_SECONDS)
        if left:
            return fresh
        self._libraries.CreateLibrary(library_pb.CreateLibraryRequest(library_id=_ID), timeout=CALL_SECONDS)
        self._fill()
        return self.digest()

    def names(self) -> dict[str, list[str]]:
        """Return the names of what is in it, by kind; empty where it is gone."""
        try:
            return {
                "Library": [_NAME],
                "Image": [image.name for image in self._list_images().images],
                "Face": [face.name for face in self._list_faces().faces],
                "Person": [person.name for person in self._list_people().people],
                "Edit": [edit.name for edit in self._list_edits().edits],
                "Album": [album.name for album in self._list_albums().albums],
                "Folder": [folder.name for folder in self._list_folders().folders],
                "Operation": [operation.name for operation in self._list_operations("").operations],
                "Backup": [backup.name for backup in self._list_backups().backups],
                HASHES: [image.name.rpartition("/")[2] for image in self._list_images().images],
                ROOTS: [(self._disk / name).as_uri() for name in (_SYNCED, _EMPTY, _LACKING)],
            }
        except grpc.RpcError:
            return {"Library": [_NAME]}

    def digest(self) -> str:
        """Return a hash of all that can be seen of it; empty where it is gone."""
        digest = hashlib.sha256()
        try:
            self._settle()
            sources = self._images.ListSources(image_pb.ListSourcesRequest(parent=_NAME), timeout=CALL_SECONDS)
            library = self._libraries.GetLibrary(library_pb.GetLibraryRequest(name=_NAME), timeout=CALL_SECONDS)
            # A sync that comes by itself is noted, and changes nothing else.
            library.library.ClearField("file_bytes")
            library.library.ClearField("faces_folder_bytes")
            for answer in (
                library,
                sources,
                self._list_images(),
                self._list_faces(),
                self._list_people(),
                self._list_edits(),
                self._list_albums(),
                self._folders_as_wanted(),
            ):
                digest.update(answer.SerializeToString(deterministic=True))
        except grpc.RpcError:
            return ""
        return digest.hexdigest()

    def _settle(self) -> None:
        """Wait for what goes on by itself, which changes it later than the call that began it."""
        for operation in self._list_operations("done = false").operations:
            self._operations.WaitOperation(lro.WaitOperationRequest(name=operation.name), timeout=CALL_SECONDS)

    def _fill(self) -> None:
        for number, people in enumerate(_PHOTOS):
            faces = [ShownFace(person, 0.95, 0.9, 10 * number + person) for person in people]
            header = image_pb.ImageHeader(parent=_NAME, source_uri=f"file:///{number}.jpg", file_name=f"{number}.jpg")
            request = image_pb.IndexImageBytesRequest(header=header, content=make_photo(str(number), faces))
            self._images.IndexImageBytes(request, timeout=CALL_SECONDS)
        for person in self._list_people().people[:1]:
            named = Person(name=person.name, display_name="Ann")
            self._people.UpdatePerson(people_pb.UpdatePersonRequest(person=named), timeout=CALL_SECONDS)

        images = [image.name for image in self._list_images().images]
        for album in (Album(display_name="Best"), Album(display_name="Smart", filter=ImageFilter(expression="a"))):
            made = self._albums.CreateAlbum(
                album_pb.CreateAlbumRequest(parent=_NAME, album=album), timeout=CALL_SECONDS
            )
            if not album.HasField("filter"):
                added = album_pb.AddAlbumImagesRequest(album=made.album.name, images=images[:3])
                self._albums.AddAlbumImages(added, timeout=CALL_SECONDS)
        self._images.DeleteImage(image_pb.DeleteImageRequest(name=images[-1]), timeout=CALL_SECONDS)
        self._fill_folder()
        if not self._list_backups().backups:
            self._backups.BackupLibrary(backup_pb.BackupLibraryRequest(name=_NAME), timeout=CALL_SECONDS)
        self._settle()

    def _fill_folder(self) -> None:
        """Have a folder on disk, synced, of which a sync finds nothing new whenever it comes, and an empty one."""
        for name in (_SYNCED, _EMPTY):
            (self._disk / name).mkdir(exist_ok=True)
        for number in range(2):
            photo = make_photo(f"disk-{number}", [ShownFace(3, 0.95, 0.9, 90 + number)])
            (self._disk / _SYNCED / f"{number}.jpg").write_bytes(photo)
        folder = Folder(root_uri=(self._disk / _SYNCED).as_uri())
        request = folder_pb.CreateFolderRequest(parent=_NAME, folder=folder)
        made = self._folders.CreateFolder(request, timeout=CALL_SECONDS).folder
        self._folders.SyncFolder(folder_pb.SyncFolderRequest(name=made.name), timeout=CALL_SECONDS)

    def _list_images(self) -> image_pb.ListImagesResponse:
        request = image_pb.ListImagesRequest(parent=_NAME, read_mask=_EVERYTHING, show_deleted=True)
        return self._images.ListImages(request, timeout=CALL_SECONDS)

    def _list_albums(self) -> album_pb.ListAlbumsResponse:
        return self._albums.ListAlbums(album_pb.ListAlbumsRequest(parent=_NAME), timeout=CALL_SECONDS)

    def _list_folders(self) -> folder_pb.ListFoldersResponse:
        return self._folders.ListFolders(folder_pb.ListFoldersRequest(parent=_NAME), timeout=CALL_SECONDS)

    def _folders_as_wanted(self) -> folder_pb.ListFoldersResponse:
        """Return the folders without what syncs say, which come by themselves where one is watched."""
        found = self._list_folders()
        for folder in found.folders:
            for field in ("last_sync", "watch_state", "watch_note"):
                folder.ClearField(field)
        return found

    def _list_operations(self, only: str) -> lro.ListOperationsResponse:
        request = lro.ListOperationsRequest(name=_NAME, filter=only)
        return self._operations.ListOperations(request, timeout=CALL_SECONDS)

    def _list_backups(self) -> backup_pb.ListBackupsResponse:
        return self._backups.ListBackups(backup_pb.ListBackupsRequest(), timeout=CALL_SECONDS)

    def _list_faces(self) -> people_pb.ListFacesResponse:
        request = people_pb.ListFacesRequest(parent=_NAME, read_mask=_EVERYTHING)
        return self._people.ListFaces(request, timeout=CALL_SECONDS)

    def _list_people(self) -> people_pb.ListPeopleResponse:
        request = people_pb.ListPeopleRequest(parent=_NAME, show_hidden=True, read_mask=_EVERYTHING)
        return self._people.ListPeople(request, timeout=CALL_SECONDS)

    def _list_edits(self) -> edits_pb.ListEditsResponse:
        return self._edits.ListEdits(edits_pb.ListEditsRequest(parent=_NAME), timeout=CALL_SECONDS)
