"""The filter of a smart album, as users wrote it and as it is stored."""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache

from services.catalog.expressions.conditions import Condition
from services.catalog.expressions.image_filter import image_condition
from services.catalog.filters import ImageFilter


@dataclass(frozen=True, slots=True)
class SmartFilter:
    """Which images a smart album holds: those that meet all of it.

    Attributes:
        labels: classes of objects.
        person_id: a person, or None.
        expression: in the language of filters, as it was written; it is one, and does not speak of albums.

    """

    labels: tuple[str, ...] = ()
    person_id: str | None = None
    expression: str = ""

    def packed(self) -> str:
        """Return it as it is stored; never empty."""
        return json.dumps({key: value for key, value in asdict(self).items() if value})

    @classmethod
    def unpacked(cls, text: str) -> "SmartFilter":
        """Return the filter that is stored so."""
        fields = json.loads(text)
        return cls(tuple(fields.get("labels", ())), fields.get("person_id"), fields.get("expression", ""))

    def condition(self) -> Condition | None:
        """Return what images must meet; None if it is met by all."""
        return _condition(self)


# To read one takes as long as to ask the columns of all images.
@lru_cache(maxsize=1024)
def _condition(smart: SmartFilter) -> Condition | None:
    # Whose library a name is of was checked when it was written; the library may be called otherwise today.
    expression = image_condition(smart.expression, lambda _, name: name.rpartition("/")[2])
    return ImageFilter(smart.labels, smart.person_id, expression).whole()
