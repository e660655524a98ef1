"""Images that an earlier run, or another one, holds at places that are no file's."""

from collections.abc import Sequence
from pathlib import Path

from albumen.catalog.v1.image_pb2 import Source
from clients.cli.connection import Catalog
from clients.cli.held_place import is_held, path_of
from clients.cli.indexing.known_files import known_file
from clients.cli.indexing.missing import Disk
from clients.cli.indexing.vanished import absolute
from clients.cli.source import MOVING_SCHEME, to_uri


def find_settled(catalog: Catalog) -> list[str]:
    """Return the URIs of the held places that are needed no more: their images have places of their own again.

    Raises:
        grpc.RpcError: the catalog can't say.

    """
    disk = Disk()
    settled = []
    for place in catalog.list_sources(MOVING_SCHEME):
        # Until the file is indexed that the image is in now, another run may be about to take away the place that the
        # image has beside this one.
        if not _is_gone_or_indexed(catalog, disk, place):
            continue
        image = catalog.image(place.image, "source_uris")
        if not all(is_held(uri) for uri in image.source_uris):
            settled.append(place.uri)
    return settled


def find_abandoned(catalog: Catalog, paths: Sequence[Path]) -> dict[str, str]:
    """Return the held places, by URI with their images, whose files are gone or are indexed by now.

    Args:
        catalog: where the images are.
        paths: files, and folders in which the files were; none means everywhere.

    Raises:
        grpc.RpcError: the catalog can't say.

    """
    disk = Disk()
    roots = {absolute(path) for path in paths}
    abandoned = {}
    for place in catalog.list_sources(MOVING_SCHEME):
        path = path_of(place.uri)
        if path is None or (roots and roots.isdisjoint((path, *path.parents))):
            continue
        if _is_gone_or_indexed(catalog, disk, place):
            abandoned[place.uri] = place.image
    return abandoned


def _is_gone_or_indexed(catalog: Catalog, disk: Disk, place: Source) -> bool:
    """Return whether nothing more can come of the file for which `place` stands."""
    path = path_of(place.uri)
    if path is None or disk.lacks(path):
        return True
    known = catalog.source(to_uri(path))
    if known is None:
        return False
    try:
        status = path.stat()
    except OSError:
        return False
    return known_file(known).looks_the_same(status.st_size, status.st_mtime_ns)
