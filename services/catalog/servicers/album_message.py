"""Messages of albums."""

from typing import Final

from albumen.catalog.v1 import album_pb2, image_service_pb2
from services.catalog.album_record import AlbumRecord
from services.catalog.parts import AlbumParts
from services.catalog.servicers.messages import timestamp
from services.catalog.servicers.record_fields import RecordFields
from services.catalog.servicers.resource_names import child_name

_ROW: Final = AlbumParts(0)


def _name(library: str, album: AlbumRecord) -> str:
    return child_name(library, "albums", album.id) if album.id else ""


def _filter(library: str, album: AlbumRecord) -> image_service_pb2.ImageFilter | None:
    smart = album.smart
    if smart is None:
        return None
    return image_service_pb2.ImageFilter(
        labels=smart.labels,
        person=child_name(library, "people", smart.person_id) if smart.person_id else "",
        expression=smart.expression,
    )


def _cover(library: str, album: AlbumRecord) -> str:
    return child_name(library, "images", album.cover_sha256) if album.cover_sha256 else ""


ALBUM_FIELDS: Final = RecordFields[album_pb2.Album, AlbumRecord, AlbumParts](
    album_pb2.Album,
    {
        "name": (_ROW, _name),
        "display_name": (_ROW, lambda _, album: album.display_name),
        "description": (_ROW, lambda _, album: album.description),
        "filter": (_ROW, _filter),
        "order_by": (_ROW, lambda _, album: album.order_by),
        "cover_image": (AlbumParts.COVER, _cover),
        "cover_chosen": (AlbumParts.COVER, lambda _, album: album.cover_chosen),
        "cover_thumbnail": (AlbumParts.THUMBNAIL, lambda _, album: album.cover_thumbnail or b""),
        "image_count": (AlbumParts.COUNT, lambda _, album: album.image_count),
        "create_time": (_ROW, lambda _, album: timestamp(album.create_time)),
        "update_time": (_ROW, lambda _, album: timestamp(album.update_time)),
        # One that was only validated has none.
        "etag": (_ROW, lambda _, album: album.etag if album.id else ""),
    },
)
# What is sent without a read mask: all but what is large.
ALBUM_DEFAULT: Final = frozenset(album_pb2.Album.DESCRIPTOR.fields_by_name) - {"cover_thumbnail"}
album_message: Final = ALBUM_FIELDS.whole.message
