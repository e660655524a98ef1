"""What requests say of albums, checked."""

from collections.abc import Collection, Sequence
from typing import Final

from albumen.catalog.v1 import album_pb2
from albumen.catalog.v1 import album_service_pb2 as pb
from services.catalog.albums.members import AlbumPlace
from services.catalog.albums.writer import AlbumChange
from services.catalog.display_name import checked_display_name
from services.catalog.expressions.order import OrderField, image_order
from services.catalog.image_statements import checked_description
from services.catalog.servicers.image_filter import order_of, smart_filter_of
from services.catalog.servicers.resource_names import parse_child_of, parse_each, parse_own
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_ALBUM_CHANGES

ALBUM_UPDATABLE: Final = frozenset({"display_name", "description", "filter", "order_by", "cover_image"})


def album_change(
    album: album_pb2.Album, fields: Collection[str], library: str | None, *, new: bool = False
) -> AlbumChange:
    """Return what is to be changed of an album of `library`, if that is known: `fields` of a message.

    One that is new is a smart album if it has a filter, and can have an order only then.

    Raises:
        InvalidArgumentError: DISPLAY_NAME_INVALID, DISPLAY_NAME_TOO_LONG, DESCRIPTION_INVALID,
            DESCRIPTION_TOO_LONG, ORDER_INVALID,
            RESOURCE_NAME_INVALID, TOO_MANY_LABELS, FILTER_INVALID.

    """
    checks = Checks()
    name = description = smart = order_by = cover = None
    if "display_name" in fields:
        name = checks.run(_name, album.display_name, field="album.display_name")
    if "description" in fields:
        description = checks.run(checked_description, album.description, field="album.description")
    if "filter" in fields and album.HasField("filter"):
        smart = checks.run(smart_filter_of, album.filter, library, field="album.filter")
    if "order_by" in fields:
        order_by = checks.run(_order, album, is_chosen=new and not album.HasField("filter"), field="album.order_by")
    if "cover_image" in fields:
        cover = checks.run(parse_child_of, album.cover_image, "images", library, field="album.cover_image") or ""
    checks.done()
    without_filter = "filter" in fields and not album.HasField("filter")
    return AlbumChange(name, description, smart, without_filter, order_by, cover)


def album_images(names: Sequence[str], library: str | None) -> list[str]:
    """Return the hashes of the images that are named.

    Raises:
        InvalidArgumentError: IMAGES_EMPTY, TOO_MANY_IMAGES, RESOURCE_NAME_INVALID.

    """
    if not names:
        raise InvalidArgumentError(
            Reason.IMAGES_EMPTY,
            f"No image is named. Name 1 to {MAX_ALBUM_CHANGES:,}.",
            field="images",
            metadata={"limit": str(MAX_ALBUM_CHANGES), "value": "0"},
        )
    return parse_each(
        names, parse_own, "images", library, field="images", most=MAX_ALBUM_CHANGES, reason=Reason.TOO_MANY_IMAGES
    )


def album_place(request: pb.AddAlbumImagesRequest | pb.MoveAlbumImagesRequest, library: str | None) -> AlbumPlace:
    """Return where images are to go.

    Raises:
        InvalidArgumentError: RESOURCE_NAME_INVALID; POSITION_INVALID, images are to be moved beside one of themselves.

    """
    which = request.WhichOneof("position")
    if which is None:
        return AlbumPlace()
    name = request.before if which == "before" else request.after
    beside = parse_own(name, "images", library, field=which)
    if isinstance(request, pb.MoveAlbumImagesRequest) and name in request.images:
        raise InvalidArgumentError(
            Reason.POSITION_INVALID,
            "Images can't be moved beside one of themselves. Name another image, or leave that one out.",
            field=which,
        )
    return AlbumPlace(beside, before=which == "before")


def _name(text: str, *, field: str) -> str:
    name = checked_display_name(text, field=field)
    if not name:
        raise InvalidArgumentError(Reason.DISPLAY_NAME_INVALID, "An album needs a name.", field=field)
    return name


def _order(album: album_pb2.Album, *, is_chosen: bool, field: str) -> str:
    """Return the order of a smart album; of one whose images are chosen there is none."""
    order = order_of(image_order, album.order_by, field=field)
    if order.field is OrderField.FILE_NAME:
        raise InvalidArgumentError(
            Reason.ORDER_INVALID,
            "A smart album can't keep the order of file_name. Send that with ListImages when you list the album.",
            field=field,
        )
    if album.order_by.strip() and is_chosen:
        raise InvalidArgumentError(
            Reason.ORDER_INVALID,
            "Images of an album that is not a smart one are in the order in which they were put. Leave the order "
            "empty, or send a filter.",
            field=field,
        )
    return album.order_by.strip()
