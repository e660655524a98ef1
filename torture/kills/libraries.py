"""The list of libraries, and what is wrong with it whoever works with them."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1.library_pb2 import LIBRARY_STATE_READY, Library
from torture.kills.client import LIBRARY_ID, Client

_OURS = frozenset({"default", LIBRARY_ID})


def list_libraries(client: Client) -> dict[str, Library]:
    """Return the libraries by id."""
    found = client.call(
        "LibraryService/ListLibraries",
        library_pb.ListLibrariesRequest(page_size=1000),
        library_pb.ListLibrariesResponse,
    )
    return {library.name.removeprefix("libraries/"): library for library in found.libraries}


def troubles_of_list(libraries: Mapping[str, Library], known: AbstractSet[str]) -> Iterator[str]:
    """Yield libraries that can't be opened, and those that nobody made; `known` are those that clients did."""
    for library_id, library in libraries.items():
        if library.state != LIBRARY_STATE_READY:
            yield f"library {library_id} can't be opened: {library.error.message}"
    if strangers := libraries.keys() - known - _OURS:
        yield f"libraries that nobody made: {sorted(strangers)[:3]}"
