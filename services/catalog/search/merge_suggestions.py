"""Pairs of people that may be the same, as a list that is read page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.catalog.filters import PeopleFilter
from services.catalog.people.suggestions import Suggestion
from services.catalog.people_writer import PeopleWriter
from services.catalog.person_record import PersonRecord
from services.catalog.records import Page
from services.catalog.storage import people as person_table
from services.catalog.storage.database import Database

# The probability of a pair and the numbers of its people.
MergeKey = tuple[float, int, int]

_GROWTH: Final = 4


@dataclass(frozen=True, slots=True)
class MergeSuggestion:
    """Two people that may be the same.

    Attributes:
        person: the one with a name, or with more faces.
        other: the other.
        probability: that they are the same, 0 to 1.

    """

    person: PersonRecord
    other: PersonRecord
    probability: float


class MergeSuggestions:
    """Suggests merges in one library; methods may be called from any thread.

    Args:
        database: the library's file.
        people: keeps faces and people in memory equal to the rows.

    """

    def __init__(self, database: Database, people: PeopleWriter) -> None:
        self._database = database
        self._people = people

    def page(
        self, people_filter: PeopleFilter, *, after: MergeKey | None = None, limit: int
    ) -> Page[MergeSuggestion, MergeKey]:
        """List pairs of people that may be the same, likeliest first; none that users told apart.

        A pair whose probability changes between two pages may be missed or seen twice.
        """
        with self._people.reading() as grouping, self._database.read() as cursor:
            hidden = set() if people_filter.include_hidden else person_table.read_hidden(cursor)
            requested = limit + 1
            while True:
                pairs = grouping.suggestions(requested)
                shown = [pair for pair in pairs if not {pair.first, pair.second} & hidden]
                rest = shown[_start(shown, after) :]
                # One more than the page holds tells that there is another page.
                if len(rest) > limit or len(pairs) < requested:
                    break
                requested *= _GROWTH
        with self._database.read() as cursor:
            numbers = {number for pair in rest[:limit] for number in (pair.first, pair.second)}
            people = person_table.read_people(cursor, numbers)
        # People who are being stored have no rows.
        page = [pair for pair in rest[:limit] if {pair.first, pair.second} <= people.keys()]
        items = tuple(_suggestion(people[pair.first], people[pair.second], pair.probability) for pair in page)
        keys = tuple(_key(pair) for pair in page)
        return Page(items, keys, _key(rest[limit - 1]) if len(rest) > limit else None)


def _key(pair: Suggestion) -> MergeKey:
    return pair.probability, pair.first, pair.second


def _start(pairs: Sequence[Suggestion], after: MergeKey | None) -> int:
    """Return where in `pairs`, likeliest first, the page after a key starts."""
    if after is None:
        return 0
    probability, first, second = after
    for position, pair in enumerate(pairs):
        if (pair.first, pair.second) == (first, second):
            return position + 1
        # The pair of the key is gone: its people were merged or told apart since.
        if pair.probability < probability:
            return position
    return len(pairs)


def _suggestion(first: PersonRecord, second: PersonRecord, probability: float) -> MergeSuggestion:
    if second.display_name and not first.display_name:
        first, second = second, first
    return MergeSuggestion(first, second, probability)
