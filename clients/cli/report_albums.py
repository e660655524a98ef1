"""The albums of the report."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.image_service_pb2 import ImageFilter
from clients.cli.connection import Catalog
from clients.cli.report_pictures import picture_of
from services.common.drawing.palette import color_of, to_hex

MAX_ALBUMS: Final = 60
# Of one album, looked through for those that are on the page.
_MAX_IMAGES: Final = 5_000
_COVER_SIDE: Final = 240


@dataclass(frozen=True, slots=True)
class AlbumEntry:
    """An album; `picture` is a data URI of a JPEG, empty if its cover is not at hand."""

    key: str
    label: str
    color: str
    filter: str
    image_count: int
    shown_count: int
    picture: str


def gather_albums(catalog: Catalog, images: Sequence[Image]) -> tuple[list[AlbumEntry], Mapping[str, Sequence[str]]]:
    """Return the albums by name, and the keys of those that hold an image of the page, by its name."""
    on_page = {image.name for image in images}
    entries, keys = list[AlbumEntry](), defaultdict[str, list[str]](list)
    for number, album in enumerate(islice(catalog.list_albums(), MAX_ALBUMS)):
        held = catalog.list_images("name", image_filter=ImageFilter(album=album.name))
        shown = on_page & {image.name for image in islice(held, _MAX_IMAGES)}
        for name in shown:
            keys[name].append(f"a{number}")
        entries.append(
            AlbumEntry(
                key=f"a{number}",
                label=album.display_name,
                color=to_hex(color_of(album.name)),
                filter=album.filter.expression,
                image_count=album.image_count,
                shown_count=len(shown),
                picture=picture_of(catalog.image(album.cover_image), _COVER_SIDE) if album.cover_image else "",
            )
        )
    return entries, keys
