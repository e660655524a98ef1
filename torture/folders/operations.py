"""What clients of folders do: each operation draws what it needs, calls, and notes what is acknowledged."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from google.longrunning import operations_pb2 as lro
from google.protobuf.empty_pb2 import Empty
from google.protobuf.field_mask_pb2 import FieldMask

from albumen.catalog.v1 import backup_service_pb2 as backup_pb
from albumen.catalog.v1 import folder_service_pb2 as folder_pb
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1.folder_pb2 import Folder
from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.image_service_pb2 import IMAGE_PRESENCE_PRESENT
from services.common.errors import Reason
from torture.folders.client import OPERATIONS, FolderClient
from torture.kills.client import LIBRARY, RefusedError

_SECONDS: Final = 10
# Who is not alone may come second, and who asks for what others end may come late.
_EXPLAINED: Final = frozenset({
    Reason.OVERLOADED, Reason.OPERATION_IN_PROGRESS, Reason.OPERATION_NOT_DONE, Reason.RECLUSTERING_IN_PROGRESS,
    Reason.COMPACTION_IN_PROGRESS, Reason.BACKUP_IN_PROGRESS, Reason.TOO_MANY_OPERATIONS,
})  # fmt: skip


def sync(client: FolderClient) -> None:
    """Begin to sync the folder, and perhaps wait for the end."""
    request = folder_pb.SyncFolderRequest(
        name=client.account.folder.name, verify=client.generator.random() < 0.2, request_id=client.new_id()
    )
    operation = client.begin("FolderService/SyncFolder", request)
    if client.generator.random() < 0.5:
        client.wait(operation.name, _SECONDS)


def check(client: FolderClient) -> None:
    """Ask which photos are there."""
    hashes = client.disk.protected[client.number :: 2]
    some = client.generator.sample(hashes, min(len(hashes), 50))
    client.account.present |= set(present(client, some))


def present(client: FolderClient, hashes: list[str]) -> list[str]:
    """Return those of up to a thousand hashes that are there."""
    if not hashes:
        return []
    request = image_pb.CheckImagesRequest(parent=LIBRARY, hashes=hashes)
    answer = client.call("ImageService/CheckImages", request, image_pb.CheckImagesResponse)
    pairs = zip(hashes, answer.presences, strict=True)
    return [digest for digest, presence in pairs if presence == IMAGE_PRESENCE_PRESENT]


def rate(client: FolderClient) -> None:
    """Say how good one of the client's photos is."""
    if client.account.present:
        digest = client.generator.choice(sorted(client.account.present))
        rating = client.generator.randint(1, 5)
        client.account.ratings.setdefault(digest, {0}).add(rating)
        request = image_pb.UpdateImageRequest(
            image=Image(name=f"{LIBRARY}/images/{digest}", rating=rating), update_mask=FieldMask(paths=["rating"])
        )
        client.call("ImageService/UpdateImage", request, image_pb.UpdateImageResponse)
        client.account.ratings[digest] = {rating}


def change_folder(client: FolderClient) -> None:
    """Name the folder, or say whether it is watched."""
    if client.number == 0:
        account, draw = client.account, client.generator
        wanted = Folder(
            name=account.folder.name,
            display_name=f"Photos {draw.randrange(9)}",
            watch=draw.random() < 0.6,
            trash_missing_days=draw.choice((0, 1, 30)),
        )
        account.wanted = wanted
        request = folder_pb.UpdateFolderRequest(
            folder=wanted, update_mask=FieldMask(paths=["display_name", "watch", "trash_missing_days"])
        )
        account.folder = client.call("FolderService/UpdateFolder", request, folder_pb.UpdateFolderResponse).folder
        account.wanted = None


def create_folder(client: FolderClient) -> None:
    """Create another folder, of which there is nothing on disk but itself."""
    root = Path(f"{client.disk.root}-{client.number}-{client.generator.getrandbits(40)}")
    root.mkdir()
    client.account.naming = root.as_uri()
    request = folder_pb.CreateFolderRequest(
        parent=LIBRARY,
        folder=Folder(root_uri=root.as_uri(), watch=client.generator.random() < 0.5),
        request_id=client.new_id(),
    )
    made = client.call("FolderService/CreateFolder", request, folder_pb.CreateFolderResponse).folder
    client.account.naming = ""
    client.account.others[made.name] = True


def delete_folder(client: FolderClient) -> None:
    """Delete another folder."""
    there = client.account.there(client.account.others)
    if there:
        name = client.generator.choice(there)
        client.account.others[name] = None
        request = folder_pb.DeleteFolderRequest(name=name)
        client.call("FolderService/DeleteFolder", request, folder_pb.DeleteFolderResponse)
        client.account.others[name] = False


def cancel(client: FolderClient) -> None:
    """Have an operation of the client's end, be it done or not."""
    kept = client.account.there(client.account.operations)
    if kept:
        request = lro.CancelOperationRequest(name=client.generator.choice(kept[-3:]))
        client.call(f"{OPERATIONS}/CancelOperation", request, Empty)


def forget_operation(client: FolderClient) -> None:
    """Forget an operation of the client's that is done."""
    kept = client.account.there(client.account.operations)
    if kept:
        name = client.generator.choice(kept)
        client.account.operations[name] = None
        try:
            client.call(f"{OPERATIONS}/DeleteOperation", lro.DeleteOperationRequest(name=name), Empty)
        except RefusedError:
            client.account.operations[name] = True
            raise
        client.account.operations[name] = False


def work_beside(client: FolderClient) -> None:
    """Begin something else that goes on by itself."""
    identity = client.new_id()
    match client.generator.randrange(3):
        case 0:
            reclustering = library_pb.StartReclusteringRequest(name=LIBRARY, request_id=identity)
            client.begin("LibraryService/StartReclustering", reclustering)
        case 1:
            compaction = library_pb.StartCompactionRequest(name=LIBRARY, request_id=identity)
            client.begin("LibraryService/StartCompaction", compaction)
        case _:
            verification = backup_pb.VerifyLibraryRequest(name=LIBRARY, request_id=identity)
            client.begin("BackupService/VerifyLibrary", verification)


def back_up(client: FolderClient) -> None:
    """Make a backup of the library, and note it when it is done."""
    request = backup_pb.BackupLibraryRequest(name=LIBRARY, request_id=client.new_id())
    done = client.wait(client.begin("BackupService/BackupLibrary", request).name, _SECONDS)
    response = backup_pb.BackupLibraryResponse()
    if done.done and done.response.Unpack(response):
        client.account.backups[response.backup] = True


def delete_backup(client: FolderClient) -> None:
    """Delete a backup of the client's."""
    there = client.account.there(client.account.backups)
    if there:
        name = client.generator.choice(there)
        client.account.backups[name] = None
        request = backup_pb.DeleteBackupRequest(name=name)
        client.call("BackupService/DeleteBackup", request, backup_pb.DeleteBackupResponse)
        client.account.backups[name] = False


def restore(client: FolderClient) -> None:
    """Make a library of a backup, which watches its folder as well, and erase it."""
    there = client.account.there(client.account.backups)
    if not there:
        return
    library_id = f"r{client.number}-{client.generator.getrandbits(40)}"
    client.account.libraries[library_id] = None
    request = backup_pb.RestoreLibraryRequest(
        backup=client.generator.choice(there), library_id=library_id, request_id=client.new_id()
    )
    operation = client.begin("BackupService/RestoreLibrary", request)
    # What is known of a library is erased with it.
    client.account.operations[operation.name] = None
    done = client.wait(operation.name, _SECONDS)
    if done.done and done.HasField("response"):
        client.account.libraries[library_id] = True
    if client.generator.random() < 0.7 and client.account.libraries[library_id]:
        client.account.libraries[library_id] = None
        erase = library_pb.DeleteLibraryRequest(name=f"libraries/{library_id}", force=True)
        client.call("LibraryService/DeleteLibrary", erase, library_pb.DeleteLibraryResponse)
        client.account.libraries[library_id] = False


ACTS: Final[tuple[tuple[Callable[[FolderClient], None], float], ...]] = (
    (sync, 5),
    (check, 4),
    (rate, 4),
    (change_folder, 1),
    (create_folder, 0.5),
    (delete_folder, 0.5),
    (cancel, 0.7),
    (forget_operation, 1),
    (work_beside, 1),
    (back_up, 1),
    (delete_backup, 0.5),
    (restore, 0.5),
)


def run_acts(client: FolderClient) -> None:
    """Do one thing after the other, until the catalog dies; raise LostError then."""
    acts, weights = [act for act, _ in ACTS], [weight for _, weight in ACTS]
    while True:
        (act,) = client.generator.choices(acts, weights)
        client.account.in_flight = act.__name__
        try:
            act(client)
            client.fate.acknowledged += 1
        except RefusedError as error:
            if str(error) not in _EXPLAINED:
                client.fate.troubles.append(f"{act.__name__} was refused: {error}")
        client.account.in_flight = ""
