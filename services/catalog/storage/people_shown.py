"""Who is on which image, and what lists tell of those people."""

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt

from services.catalog.image_summary import PersonShown
from services.catalog.storage.database import Cursor
from services.catalog.storage.paging import rows_among
from services.catalog.storage.statements import fetch, run

Ids = npt.NDArray[np.int64]


def read_shown(cursor: Cursor) -> tuple[Ids, Ids]:
    """Return the image and the number of the person of each face that belongs to somebody."""
    found = run(cursor, "SELECT image_id, person FROM face WHERE person <> 0").fetchnumpy()
    return _ids(found["image_id"]), _ids(found["person"])


def read_hidden_numbers(cursor: Cursor) -> Ids:
    """Return the numbers of hidden people."""
    return np.array([number for (number,) in fetch(cursor, "SELECT number FROM person WHERE hidden")], np.int64)


def find_shown(cursor: Cursor, numbers: Collection[int]) -> dict[int, PersonShown]:
    """Return number -> person, of those who exist."""
    rows = rows_among(cursor, "person", "id, display_name, cover_face_id", "number", numbers)
    return {number: PersonShown(*rest) for number, *rest in rows}


def _ids(column: Any) -> Ids:  # noqa: ANN401 - an array, masked or not
    return np.asarray(np.ma.getdata(column), np.int64)
