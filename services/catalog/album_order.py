"""By what images are ordered, where that may be the order of an album."""

import numpy as np
import numpy.typing as npt

from services.catalog.columns.image_columns import ImageView
from services.catalog.columns.pages import order_values, ranked_values
from services.catalog.expressions.order import ImageOrder, OrderField, image_order
from services.catalog.storage.album_images import images_in_order
from services.catalog.storage.albums import read_album
from services.catalog.storage.database import Cursor


def values_in_order(
    cursor: Cursor, view: ImageView, album_id: str | None, order: ImageOrder
) -> tuple[npt.NDArray[np.int64], bool]:
    """Return by what images are ordered, and whether among equal ones the greatest id comes first.

    Args:
        cursor: of the view.
        view: the images.
        album_id: the album that is listed, if one is.
        order: that was asked for.

    """
    descending = order.descending
    if order.field is OrderField.ALBUM:
        album = None if album_id is None else read_album(cursor, album_id)
        if album is None:
            # It has no images.
            order = ImageOrder(descending=descending)
        elif album.smart is None:
            places = images_in_order(cursor, album.number)
            return ranked_values(view, *places, descending=descending), descending
        else:
            order = image_order(album.order_by)
            descending = order.descending != descending
    return order_values(view, order.field.value, descending=descending), descending
