"""What must be there of folders, operations and backups when a catalog that was killed serves again."""

from collections.abc import Iterator, Sequence

from google.longrunning import operations_pb2 as lro

from albumen.catalog.v1 import backup_service_pb2 as backup_pb
from albumen.catalog.v1 import folder_service_pb2 as folder_pb
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1.backup_pb2 import BACKUP_STATE_READY
from albumen.catalog.v1.folder_pb2 import Folder
from services.common.errors import Reason
from services.common.wire.status import from_status
from torture.folders.client import FolderClient
from torture.folders.operations import present
from torture.kills.client import LIBRARY, RefusedError
from torture.kills.libraries import list_libraries, troubles_of_list

_SECONDS = 60
# What was cancelled, what killed its service too often, and what somebody deleted or another one does already.
_EXPLAINED_ENDS = frozenset({Reason.OPERATION_CANCELLED, Reason.OPERATION_INTERRUPTED, Reason.LIBRARY_NOT_FOUND})


def troubles_after_restart(clients: Sequence[FolderClient]) -> Iterator[str]:
    """Yield what is lost, half there, or there though nobody asked for it; bring the accounts up to what is found."""
    yield from _folders(clients)
    for client in clients:
        yield from _asked_again(client)
        yield from _operations(client)
        yield from _photos(client)
    yield from _backups(clients)
    yield from _libraries(clients)
    for client in clients:
        client.account.in_flight = ""


def _folders(clients: Sequence[FolderClient]) -> Iterator[str]:
    request = folder_pb.ListFoldersRequest(parent=LIBRARY, page_size=250)
    found = clients[0].call("FolderService/ListFolders", request, folder_pb.ListFoldersResponse).folders
    folders = {folder.name: folder for folder in found}
    first = clients[0].account
    now = folders.get(first.folder.name)
    if now is None:
        yield "the folder is lost"
    else:
        wishes = [_wishes(one) for one in (first.folder, first.wanted) if one is not None]
        if _wishes(now) not in wishes:
            yield f"the folder is {_wishes(now)}, not one of {wishes}"
        first.folder, first.wanted = now, None
    for client in clients:
        account = client.account
        for name, there in account.others.items():
            if there is not None and there != (name in folders):
                yield f"{name} is there: {name in folders}; acknowledged: {there}"
            account.others[name] = name in folders
        account.others |= {folder.name: True for folder in found if folder.root_uri == account.naming}
        account.naming = ""
    known = {name for client in clients for name in client.account.others} | {first.folder.name}
    if set(folders) - known:
        yield f"folders that nobody created: {sorted(set(folders) - known)[:3]}"


def _wishes(folder: Folder) -> tuple[object, ...]:
    return folder.display_name, folder.watch, folder.trash_missing_days


def _asked_again(client: FolderClient) -> Iterator[str]:
    """Ask twice for the operation that was not answered; yield whether it is begun twice."""
    asked, client.account.asked = client.account.asked, None
    if asked is None:
        return
    names = []
    for _ in range(2):
        answer = client.ask(asked.path, asked.request)
        name = lro.Operation.FromString(answer.bodies[-1]).name if answer.bodies else ""
        names.append((name, answer.reason))
        if name:
            # One of another library goes with it.
            client.account.operations[name] = True if name.startswith(f"{LIBRARY}/") else None
    # One that it waits for may end between the two.
    if names[0] != names[1] and names[0][0]:
        yield f"{asked.path} sent twice with one request_id: {names}"


def _operations(client: FolderClient) -> Iterator[str]:
    """Yield operations that are lost, back, or that never end."""
    for name, kept in client.account.operations.items():
        try:
            operation = client.wait(name, _SECONDS)
        except RefusedError as error:
            if kept:
                yield f"{name} was acknowledged: {error}"
            client.account.operations[name] = False
            continue
        if kept is False:
            yield f"{name} was forgotten, and is back"
        elif not operation.done:
            yield f"{name} is not done after {_SECONDS} s: {operation.metadata}"
        elif operation.HasField("error") and from_status(operation.error).reason not in _EXPLAINED_ENDS:
            yield f"{name} failed: {operation.error.message}"


def _photos(client: FolderClient) -> Iterator[str]:
    """Yield photos that were there, are protected, and are there no more, or of which something else is said."""
    hashes = sorted(client.account.present)
    lost = set(hashes) - set(present(client, hashes))
    if lost:
        yield f"photos that were there, and are lost: {sorted(lost)[:3]}"
    for digest, ratings in client.account.ratings.items():
        request = image_pb.GetImageRequest(name=f"{LIBRARY}/images/{digest}")
        try:
            rating = client.call("ImageService/GetImage", request, image_pb.GetImageResponse).image.rating
        except RefusedError as error:
            yield f"photo {digest[:12]} was rated: {error}"
            continue
        if rating not in ratings:
            yield f"photo {digest[:12]} is rated {rating}, not one of {ratings}"
        client.account.ratings[digest] = {rating}


def _backups(clients: Sequence[FolderClient]) -> Iterator[str]:
    found = clients[0].call(
        "BackupService/ListBackups", backup_pb.ListBackupsRequest(page_size=1000), backup_pb.ListBackupsResponse
    )
    backups = {backup.name: backup for backup in found.backups}
    for name, backup in backups.items():
        if backup.state != BACKUP_STATE_READY:
            yield f"{name} is half there"
    for client in clients:
        for name, there in client.account.backups.items():
            if there is not None and there != (name in backups):
                yield f"{name} is there: {name in backups}; acknowledged: {there}"
            client.account.backups[name] = name in backups
    # What went on by itself is taken over by somebody.
    known = {name for client in clients for name in client.account.backups}
    clients[0].account.backups |= dict.fromkeys(set(backups) - known, True)


def _libraries(clients: Sequence[FolderClient]) -> Iterator[str]:
    libraries = list_libraries(clients[0])
    for client in clients:
        for library_id, there in client.account.libraries.items():
            if there is not None and there != (library_id in libraries):
                yield f"library {library_id} is there: {library_id in libraries}; acknowledged: {there}"
            client.account.libraries[library_id] = library_id in libraries
    yield from troubles_of_list(libraries, {one for client in clients for one in client.account.libraries})
