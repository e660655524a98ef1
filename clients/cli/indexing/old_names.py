"""Names by which found photos were known, outside of what a run looks at, and under which nothing is any more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clients.cli.connection import Catalog
from clients.cli.indexing.known_files import KnownFiles, folder_prefix
from clients.cli.indexing.missing import Disk
from clients.cli.indexing.vanished import vanished_above
from clients.cli.source import to_path, to_uri

# In more of them, nobody would name each.
_MAX_FOLDERS: Final = 5


@dataclass(frozen=True, slots=True)
class OldNames:
    """Names that the catalog knows and the disk does not; the photos are elsewhere, so no photo goes with them.

    They are kept nevertheless: what seems to have been moved may be a copy of what is on a drive that is away.

    Attributes:
        uris: the names.
        forget: arguments of the command `albumen forget` that lets go of them.

    """

    uris: Sequence[str] = ()
    forget: Sequence[str] = ()


class OldNameFinder:
    """Notices old names while files are found under new ones.

    Args:
        known: the places that the run looks after itself.

    Attributes:
        photos: how many photos were found that have old names.

    """

    def __init__(self, known: KnownFiles) -> None:
        self._known = known
        self._disk = Disk()
        self._uris: set[str] = set()
        self.photos = 0

    def notice(self, places: Iterable[str]) -> None:
        """Take notice of the other `places` of an image that was found where it was not known."""
        gone = [uri for uri in places if self._is_gone(uri)]
        self._uris.update(gone)
        self.photos += bool(gone)

    def found(self, catalog: Catalog) -> OldNames:
        """Return what was noticed.

        Raises:
            grpc.RpcError: the catalog can't say what else was known where the old names were.

        """
        paths = {path for uri in self._uris if (path := to_path(uri)) is not None}
        vanished = {path: vanished_above(path, ()) for path in paths}
        folders = sorted({folder or path.parent for path, folder in vanished.items()})
        arguments = [str(folder) for folder in folders] if len(folders) <= _MAX_FOLDERS else []
        # Without it, a folder that has vanished is asked about once more: as it should be if more was in it.
        if arguments and any(vanished.values()) and not self._is_more_in(catalog, filter(None, vanished.values())):
            arguments.insert(0, "--even-all")
        return OldNames(sorted(self._uris), arguments)

    def _is_gone(self, uri: str) -> bool:
        path = to_path(uri)
        return path is not None and self._known.get(uri) is None and self._disk.lacks(path)

    def _is_more_in(self, catalog: Catalog, folders: Iterable[Path]) -> bool:
        return any(
            place.uri not in self._uris
            for folder in set(folders)
            for place in catalog.list_sources(folder_prefix(to_uri(folder)))
        )
