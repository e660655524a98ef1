"""Photos that changed names among each other, which must not be lost on the way.

If what was a.jpg is b.jpg now and the other way round, then indexing a.jpg takes the place of the first photo, which
for a moment is nowhere: the catalog would let go of it, and of all that was said of its faces. So such photos are
kept at a place that is no file's until every file has been looked at.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import grpc

from clients.cli.connection import Catalog
from clients.cli.held_place import held_uri
from clients.cli.indexing.held import find_settled
from clients.cli.indexing.known_files import KnownFile, KnownFiles
from clients.cli.scan.walk import Found
from clients.cli.source import file_sha256, to_uri
from services.common.limits import MAX_SOURCE_URI_CHARS


@contextmanager
def kept(
    catalog: Catalog, known: KnownFiles, differing: Collection[Found], *, is_halted: Callable[[], bool]
) -> Iterator[None]:
    """Keep the images whose places are all taken by other files, while their own files are elsewhere.

    Args:
        catalog: where the images are.
        known: places that the catalog knew.
        differing: files that do not look like what is known at their place.
        is_halted: whether the service can't go on; then the next run lets go of what is kept.

    Raises:
        grpc.RpcError: the catalog would not keep them.

    """
    for image, path in _rearranged(known, differing):
        catalog.add_place(image, held_uri(path))
    try:
        yield
    finally:
        # If the catalog is away now, the next run lets go of them. What another run holds stays.
        if not is_halted():
            with suppress(grpc.RpcError):
                catalog.forget_sources(find_settled(catalog))


def _rearranged(known: KnownFiles, differing: Collection[Found]) -> Iterator[tuple[str, Path]]:
    """Yield the images that are about to lose every place they have, with the file that they are in now."""
    lost = {to_uri(found.path) for found in differing}
    # A place whose file is gone is one, until it is forgotten.
    homes = {place.image for uri, place in known.items() if uri not in lost}
    homeless: dict[str, KnownFile] = {}
    for uri in lost:
        place = known.get(uri)
        if place is not None and place.image not in homes:
            homeless[place.image.rpartition("/")[2]] = place
    sizes = {place.size_bytes for place in homeless.values()}
    for found in differing:
        # Only what may be one of them is read, and what can be held.
        if found.size_bytes not in sizes or len(held_uri(found.path)) > MAX_SOURCE_URI_CHARS:
            continue
        try:
            with found.path.open("rb") as file:
                sha256, _ = file_sha256(file)
        except OSError:
            continue  # The upload will tell.
        place = homeless.get(sha256)
        before = known.get(to_uri(found.path))
        # A file that was only touched keeps the image where it is.
        if place is not None and (before is None or before.image != place.image):
            del homeless[sha256]
            yield place.image, found.path
