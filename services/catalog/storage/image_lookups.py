"""Finds images by what is in no column: texts and people."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.catalog.columns.mask import Ids
from services.catalog.expressions.conditions import Reference, TextField
from services.catalog.storage.database import Cursor
from services.catalog.storage.known import Known
from services.catalog.storage.statements import run

_OF_TEXTS: Final[Mapping[TextField, str]] = {
    # A file that was renamed is found by its old name, too.
    TextField.FILE_NAME: (
        "SELECT id FROM image WHERE {file_name} UNION ALL SELECT image_id FROM source WHERE {file_name}"
    ),
    TextField.SOURCE_URI: "SELECT image_id FROM source WHERE {uri}",
}
_OF_PEOPLE: Final = "SELECT image_id FROM face WHERE person IN (SELECT number FROM person WHERE {display_name})"
_OF_LABELS: Final = "SELECT image_id FROM image_label WHERE label_id IN (SELECT id FROM label WHERE {name})"
_OF_PERSON: Final = "SELECT image_id FROM face WHERE person IN (SELECT number FROM person WHERE {})"
_OF_TEXTS_GIVEN: Final = (
    "SELECT place FROM (SELECT unnest($texts) AS text, generate_subscripts($texts, 1) - 1 AS place) WHERE {}"
)
_OF_OTHERS: Final = "SELECT image_id FROM face WHERE person NOT IN (SELECT number FROM person WHERE {})"


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
        select = _OF_TEXTS_GIVEN.format(_written("text", "$pattern"))
        return self._ids(select, {"texts": list(texts), "pattern": _like(pattern)})

    def images_written(self, field: TextField, pattern: tuple[str, ...]) -> Ids:
        """Return the images with a text that is as a pattern says; any text if it is empty."""
        return self._matching(_OF_TEXTS[field], pattern)

    def images_showing(self, person: Reference | None) -> Ids:
        """Return the images with a face of a person, or of anybody."""
        if person is None:
            return self._ids("SELECT image_id FROM face WHERE person <> 0")
        condition, value = _person(person)
        return self._ids(_OF_PERSON.format(condition), [value])

    def images_of_these_alone(self, people: tuple[Reference, ...]) -> Ids:
        """Return the images with faces of all these people, and no other face."""
        conditions, values = zip(*map(_person, people), strict=True)
        together = " INTERSECT ".join(_OF_PERSON.format(condition) for condition in conditions)
        others = _OF_OTHERS.format(" OR ".join(conditions))
        return self._ids(f"({together}) EXCEPT {others}", [*values, *values])

    def person_counts(self) -> tuple[Ids, npt.NDArray[np.int64]]:
        """Return the images that show people, each once, and how many."""
        select = "SELECT image_id, count(DISTINCT person) AS people FROM face WHERE person <> 0 GROUP BY image_id"
        found = run(self._cursor, select).fetchnumpy()
        return np.asarray(found["image_id"], np.int64), np.asarray(found["people"], np.int64)

    def images_mentioning(self, word: str) -> Ids:
        """Return the images of which a word is written anywhere."""
        selects = (_OF_TEXTS[TextField.FILE_NAME], _OF_PEOPLE, _OF_LABELS)
        return self._matching(" UNION ALL ".join(selects), ("", word, ""))

    def _matching(self, select: str, pattern: tuple[str, ...]) -> Ids:
        """Return what a query finds, whose columns in braces have to match."""
        columns = ("file_name", "uri", "display_name", "name")
        condition = _written("{}", "$pattern") if pattern else "{} <> ''"
        values = {"pattern": _like(pattern)} if pattern else {}
        return self._ids(select.format(**{column: condition.format(column) for column in columns}), values)

    def _ids(self, select: str, values: Sequence[object] | Mapping[str, object] = ()) -> Ids:
        found = run(self._cursor, select, values).fetchnumpy()
        ids: Any = next(iter(found.values()))
        return np.asarray(np.ma.getdata(ids), np.int64)


def _person(reference: Reference) -> tuple[str, str]:
    """Return the condition of a person's row, and its value."""
    if reference.id is not None:
        return "id = ?", reference.id
    return _written("display_name", "?"), _like(reference.name)


def _written(text: str, pattern: str) -> str:
    """Return the condition that a text is as a pattern says, whatever the case of its letters.

    Letters are the same if their capitals are; small letters alone would tell the sigma at the end of a word from
    others.
    """
    return f"lower(upper({text})) LIKE lower(upper({pattern})) ESCAPE '\\'"


def _like(pattern: tuple[str, ...]) -> str:
    """Return a pattern in SQL's words."""
    escaped = (part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for part in pattern)
    return "%".join(escaped)
