"""What `albumen forget` may let go of: known files that are certainly not there any more."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from clients.cli.held_place import path_of
from clients.cli.indexing.known_files import KnownFiles
from clients.cli.indexing.missing import find_missing
from clients.cli.indexing.vanished import require_present


def find_gone(known: KnownFiles, abandoned: Mapping[str, str], paths: Sequence[Path], *, even_all: bool) -> list[str]:
    """Return the URIs of the `known` files that are gone, those of one image side by side.

    Args:
        known: places that the catalog knows.
        abandoned: held places whose files are gone, with their images.
        paths: the files and folders that the user named; none means everywhere.
        even_all: whether files count whose folders have vanished.

    Raises:
        SourceVanishedError: a folder has vanished, and `even_all` is not given.

    """
    missing = [*find_missing(known, (), ()), *abandoned]
    if not even_all:
        require_present((path for uri in missing if (path := path_of(uri)) is not None), paths)
    images = {uri: place.image for uri, place in known.items()} | dict(abandoned)
    # Side by side, they are forgotten in one call, which then knows that the image has no other place.
    return sorted(missing, key=lambda uri: (images[uri], uri))
