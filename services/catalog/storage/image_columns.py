"""The rows that columns of images are made of."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import numpy as np

from services.catalog.columns.image_columns import NO_TIME, ImageRows
from services.catalog.storage.database import Cursor
from services.catalog.storage.statements import run

_SELECT: Final = """
    SELECT id, epoch_us(capture_time) AS capture_time, epoch_us(create_time) AS create_time,
        size_bytes, width, height, coalesce(faces, 0) AS face_count, favorite, rating,
        delete_time IS NOT NULL AS trashed,
        coalesce(latitude, 'nan') AS latitude, coalesce(longitude, 'nan') AS longitude,
        content_type AS mime_type, camera_make, camera_model
    FROM image LEFT JOIN (SELECT image_id, count(*) AS faces FROM face WHERE $faces GROUP BY image_id)
        ON image_id = id
    WHERE $images ORDER BY id
"""
_LABELS: Final = "SELECT image_id, label_id, score FROM image_label WHERE image_id > $low ORDER BY image_id"
_TEXTS: Final = ("mime_type", "camera_make", "camera_model")


def read_new_images(cursor: Cursor, low: int) -> ImageRows:
    """Return all images above the id `low`."""
    select = _SELECT.replace("$faces", "image_id > $low").replace("$images", "id > $low")
    labels = run(cursor, _LABELS, {"low": low}).fetchnumpy()
    return _rows(run(cursor, select, {"low": low}).fetchnumpy(), labels)


def read_images(cursor: Cursor, image_ids: Collection[int]) -> ImageRows:
    """Return those of some images that exist, without their labels."""
    ids = sorted(image_ids)
    select = _SELECT.replace("$faces", "image_id = ANY($ids)").replace("$images", "id = ANY($ids)")
    none = {"image_id": np.empty(0, np.int64), "label_id": np.empty(0, np.int32), "score": np.empty(0, np.float32)}
    return _rows(run(cursor, select, {"ids": ids}).fetchnumpy(), none)


def _rows(found: Mapping[str, Any], labels: Mapping[str, Any]) -> ImageRows:
    texts = {name: _texts(found[name]) for name in _TEXTS}
    values = {name: np.ma.filled(column, NO_TIME) for name, column in found.items() if name not in texts}
    return ImageRows(
        values,
        texts,
        *(np.ma.getdata(labels[name]) for name in ("image_id", "label_id", "score")),
    )


def _texts(column: Any) -> list[str | None]:  # noqa: ANN401 - an array, masked where something is NULL
    found: list[str | None] = np.ma.getdata(column).tolist()
    mask = np.ma.getmaskarray(column)
    return [None if missing else text for text, missing in zip(found, mask, strict=True)]
