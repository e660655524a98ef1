"""What the catalog knows of the files under some roots, read once before they are looked at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from albumen.catalog.v1.image_pb2 import Source
from clients.cli.connection import Catalog
from clients.cli.source import to_path, to_uri

_ALL_FILES: Final = "file:"
# The catalog's clock of files ticks in microseconds, a file system's may be finer.
_TICK_NS: Final = 1_000


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A place of an image.

    Attributes:
        image: resource name of the image that the place holds.
        size_bytes: size of its file.
        modify_time_ns: when the file was modified last, in nanoseconds since 1970; None if nobody said.

    """

    image: str
    size_bytes: int
    modify_time_ns: int | None

    def looks_the_same(self, size_bytes: int, modify_time_ns: int) -> bool:
        """Return whether a file of this size and time is taken for the one that is known, without reading it."""
        if self.modify_time_ns is None or self.size_bytes != size_bytes:
            return False
        return self.modify_time_ns // _TICK_NS == modify_time_ns // _TICK_NS


class KnownFiles:
    """The places that the catalog knows under some roots.

    Args:
        files: place by URI.

    """

    def __init__(self, files: dict[str, KnownFile]) -> None:
        self._files = files

    @classmethod
    def load(cls, catalog: Catalog, roots: Iterable[Path]) -> "KnownFiles":
        """Read what `catalog` knows under `roots`, which are files, folders, or gone.

        Raises:
            grpc.RpcError: the catalog can't say.

        """
        files: dict[str, KnownFile] = {}
        for uri in sorted({to_uri(root) for root in roots}):
            # A prefix without the slash would match the neighbours too whose names only begin the same.
            inside = folder_prefix(uri)
            # Sorted, so that what holds a nested root has been read before it.
            if uri in files or inside in files:
                continue
            if (place := catalog.source(uri)) is not None:
                files[uri] = known_file(place)
            for place in catalog.list_sources(inside):
                files[place.uri] = known_file(place)
        return cls(files)

    @classmethod
    def load_all(cls, catalog: Catalog) -> "KnownFiles":
        """Read what `catalog` knows of files, wherever they are.

        Raises:
            grpc.RpcError: the catalog can't say.

        """
        return cls({source.uri: known_file(source) for source in catalog.list_sources(_ALL_FILES)})

    def __len__(self) -> int:
        """Return how many places are known."""
        return len(self._files)

    def get(self, uri: str) -> KnownFile | None:
        """Return what is known of the place `uri`, if anything."""
        return self._files.get(uri)

    def items(self) -> Iterable[tuple[str, KnownFile]]:
        """Return every place with its URI."""
        return self._files.items()

    def uris(self) -> Iterator[str]:
        """Yield the URI of every place."""
        yield from self._files

    def paths(self) -> Iterator[Path]:
        """Yield the path of every place that is on this machine."""
        for uri in self._files:
            if (path := to_path(uri)) is not None:
                yield path


def folder_prefix(uri: str) -> str:
    """Return what the URIs of all files in the folder `uri` begin with."""
    return uri if uri.endswith("/") else uri + "/"


def known_file(source: Source) -> KnownFile:
    """Return what `source` says of its file."""
    time = source.modify_time.ToNanoseconds() if source.HasField("modify_time") else None
    return KnownFile(source.image, source.size_bytes, time)
