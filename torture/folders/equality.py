"""The library beside the disk: equal when a sync is done, and untouched while the folder is away."""

import time
from collections.abc import Iterator
from typing import Final

from google.longrunning import operations_pb2 as lro

from albumen.catalog.v1 import folder_service_pb2 as folder_pb
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1.image_pb2 import Source
from services.common.errors import Reason
from services.common.wire.status import from_status
from torture.folders.client import FolderClient
from torture.folders.operations import present
from torture.kills.client import LIBRARY, RefusedError

_SECONDS: Final = 60
_POLL_SECONDS: Final = 0.2


def troubles_of_absence(client: FolderClient) -> Iterator[str]:
    """Have the folder vanish, sync it, and have it back; yield what that has changed."""
    _sync(client)
    before = _places(client)
    client.disk.go_away()
    try:
        ended = _sync(client)
    finally:
        client.disk.come_back()
    if not ended.HasField("error") or from_status(ended.error).reason is not Reason.FOLDER_UNAVAILABLE:
        yield f"a folder that is away was synced: {ended}"
    if _places(client) != before:
        yield "a sync of a folder that is away has changed its places"


def troubles_of_disk(client: FolderClient, *, by_itself: bool) -> Iterator[str]:
    """Yield in what the library differs from the disk, which nobody changes meanwhile.

    Args:
        client: asks.
        by_itself: whether the sync is waited for that a watched folder causes; else one is begun.

    """
    if by_itself:
        deadline = time.monotonic() + _SECONDS
        while (troubles := list(_differences(client))) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        yield from (f"with nobody's asking for a sync: {trouble}" for trouble in troubles)
    ended = _sync(client)
    if ended.HasField("error"):
        yield f"the sync failed: {ended.error.message}"
    elif not ended.done:
        yield f"the sync is not done after {_SECONDS} s"
    else:
        yield from _differences(client)


def _differences(client: FolderClient) -> Iterator[str]:
    there, places = client.disk.hashes(), _places(client)
    found = {uri: place.image.rpartition("/")[2] for uri, place in places.items() if not place.HasField("missing_time")}
    for uri in sorted(set(there) | set(found)):
        if there.get(uri) != found.get(uri):
            yield f"{uri} is {str(there.get(uri))[:12]} on disk, {str(found.get(uri))[:12]} in the library"
    hashes = sorted(set(there.values()))
    lacking = set(hashes) - set(present(client, hashes))
    if lacking:
        yield f"photos on disk that are not there: {sorted(lacking)[:3]}"


def _places(client: FolderClient) -> dict[str, Source]:
    places, token = dict[str, Source](), ""
    prefix = f"{client.account.folder.root_uri}/"
    while True:
        request = image_pb.ListSourcesRequest(parent=LIBRARY, uri_prefix=prefix, page_size=1000, page_token=token)
        page = client.call("ImageService/ListSources", request, image_pb.ListSourcesResponse)
        places |= {source.uri: source for source in page.sources}
        token = page.next_page_token
        if not token:
            return places


def _sync(client: FolderClient) -> lro.Operation:
    """Sync the folder, when whoever does that already is done; return the end."""
    request = folder_pb.SyncFolderRequest(name=client.account.folder.name)
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            operation = client.call("FolderService/SyncFolder", request, lro.Operation)
        except RefusedError as error:
            if str(error) != Reason.OPERATION_IN_PROGRESS or time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)
            continue
        return client.wait(operation.name, _SECONDS)
