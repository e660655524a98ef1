"""Finds images by what is in no column: texts, people and albums."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.catalog.columns.mask import Ids
from services.catalog.expressions.conditions import Condition, Reference, TextField
from services.catalog.smart_filter import SmartFilter
from services.catalog.storage.database import Cursor
from services.catalog.storage.known import Known
from services.catalog.storage.patterns import like, written
from services.catalog.storage.statements import fetch, run
from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.limits import MAX_SMART_ALBUMS_MEANT

_OF_TEXTS: Final[Mapping[TextField, str]] = {
    # A file that was renamed is found by its old name, too.
    TextField.FILE_NAME: (
        "SELECT id FROM image WHERE {file_name} UNION ALL SELECT image_id FROM source WHERE {file_name}"
    ),
    TextField.SOURCE_URI: "SELECT image_id FROM source WHERE {uri}",
    TextField.DESCRIPTION: "SELECT id FROM image WHERE {description}",
    TextField.TAG: "SELECT image_id FROM image_tag WHERE {tag}",
}
_OF_PEOPLE: Final = "SELECT image_id FROM face WHERE person IN (SELECT number FROM person WHERE {display_name})"
_OF_ALBUMS: Final = (
    "SELECT image_id FROM album_image WHERE album IN (SELECT number FROM album WHERE {display_name} AND filter = '')"
)
_SMART: Final = "SELECT filter FROM album WHERE filter <> '' AND {} LIMIT ?"
_OF_LABELS: Final = "SELECT image_id FROM image_label WHERE label_id IN (SELECT id FROM label WHERE {name})"
_OF_PERSON: Final = "SELECT image_id FROM face WHERE person IN (SELECT number FROM person WHERE {})"
_OF_TEXTS_GIVEN: Final = (
    "SELECT place FROM (SELECT unnest($texts) AS text, generate_subscripts($texts, 1) - 1 AS place) WHERE {}"
)
_OF_OTHERS: Final = "SELECT image_id FROM face WHERE person NOT IN (SELECT number FROM person WHERE {})"
_OF_ALBUM: Final = "SELECT image_id FROM album_image WHERE album IN (SELECT number FROM album WHERE {})"


class ImageLookups:
    """Finds images in one snapshot of a library's rows; see `columns.mask.Lookups`.

    Args:
        cursor: of a read.
        known: what never changes of the library.

    """

    def __init__(self, cursor: Cursor, known: Known) -> None:
        self._cursor = cursor
        self._known = known

    def label(self, name: str) -> int | None:
        """Return the id of a label; None if the library has never seen it."""
        found = self._known.label_ids(self._cursor, [name])
        return found[0] if found else None

    def texts_written(self, texts: Sequence[str], pattern: tuple[str, ...]) -> Ids:
        """Return the places in `texts` of those that are as a pattern says: by the same rule as texts in rows."""
        if not texts:
            return np.zeros(0, np.int64)
        select = _OF_TEXTS_GIVEN.format(written("text", "$pattern"))
        return self._ids(select, {"texts": list(texts), "pattern": like(pattern)})

    def images_written(self, field: TextField, pattern: tuple[str, ...]) -> Ids:
        """Return the images with a text that is as a pattern says; any text if it is empty."""
        return self._matching(_OF_TEXTS[field], pattern)

    def images_showing(self, person: Reference | None) -> Ids:
        """Return the images with a face of a person, or of anybody."""
        if person is None:
            return self._ids("SELECT image_id FROM face WHERE person <> 0")
        condition, value = _resource(person)
        return self._ids(_OF_PERSON.format(condition), [value])

    def images_of_these_alone(self, people: tuple[Reference, ...]) -> Ids:
        """Return the images with faces of all these people, and no other face."""
        conditions, values = zip(*map(_resource, people), strict=True)
        together = " INTERSECT ".join(_OF_PERSON.format(condition) for condition in conditions)
        others = _OF_OTHERS.format(" OR ".join(conditions))
        return self._ids(f"({together}) EXCEPT {others}", [*values, *values])

    def images_collected(self, album: Reference | None) -> Ids:
        """Return the images in an album whose images were chosen, or in any."""
        if album is None:
            return self._ids("SELECT image_id FROM album_image")
        condition, value = _resource(album)
        return self._ids(_OF_ALBUM.format(condition), [value])

    def smart_albums(self, album: Reference) -> Sequence[Condition | None]:
        """Return what images of the smart albums that are meant must meet; None if it is met by all.

        Raises:
            InvalidArgumentError: FILTER_INVALID, a name means more than 100 of them.

        """
        condition, value = _resource(album)
        found = fetch(self._cursor, _SMART.format(condition), [value, MAX_SMART_ALBUMS_MEANT + 1])
        if len(found) > MAX_SMART_ALBUMS_MEANT:
            raise InvalidArgumentError(
                Reason.FILTER_INVALID,
                f"{excerpt('*'.join(album.name))!r} means more than {MAX_SMART_ALBUMS_MEANT} smart albums. "
                "Give more of it.",
                field="filter.expression",
                metadata={"limit": str(MAX_SMART_ALBUMS_MEANT)},
            )
        return [SmartFilter.unpacked(packed).condition() for (packed,) in found]

    def person_counts(self) -> tuple[Ids, npt.NDArray[np.int64]]:
        """Return the images that show people, each once, and how many."""
        select = "SELECT image_id, count(DISTINCT person) AS people FROM face WHERE person <> 0 GROUP BY image_id"
        found = run(self._cursor, select).fetchnumpy()
        return np.asarray(found["image_id"], np.int64), np.asarray(found["people"], np.int64)

    def images_mentioning(self, word: str) -> Ids:
        """Return the images of which a word is written anywhere."""
        selects = [_OF_TEXTS[field] for field in _OF_TEXTS if field is not TextField.SOURCE_URI]
        return self._matching(" UNION ALL ".join([*selects, _OF_PEOPLE, _OF_ALBUMS, _OF_LABELS]), ("", word, ""))

    def _matching(self, select: str, pattern: tuple[str, ...]) -> Ids:
        """Return what a query finds, whose columns in braces have to match."""
        columns = ("file_name", "uri", "description", "tag", "display_name", "name")
        condition = written("{}", "$pattern") if pattern else "{} <> ''"
        values = {"pattern": like(pattern)} if pattern else {}
        return self._ids(select.format(**{column: condition.format(column) for column in columns}), values)

    def _ids(self, select: str, values: Sequence[object] | Mapping[str, object] = ()) -> Ids:
        found = run(self._cursor, select, values).fetchnumpy()
        ids: Any = next(iter(found.values()))
        return np.asarray(np.ma.getdata(ids), np.int64)


def _resource(reference: Reference) -> tuple[str, str]:
    """Return the condition of a person's or an album's row, and its value."""
    if reference.id is not None:
        return "id = ?", reference.id
    return written("display_name", "?"), like(reference.name)
