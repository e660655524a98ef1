"""What is written once and never changes, so that whoever has read it need not ask again."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from services.catalog.storage.database import Cursor
from services.catalog.storage.image_hashes import ImageHashes
from services.catalog.storage.library_row import read_space
from services.catalog.storage.paging import rows_among
from services.catalog.storage.statements import fetch

# Some megabytes. Who is gone is forgotten then, too.
_MOST_PEOPLE: Final = 50_000
# To look for more than so many takes as long as to read some thousands, and whoever reads pages soon meets them all.
_FEW: Final = 8


class Known:
    """Remembers names of labels, ids of people and the embedding space, as those found them who looked.

    A label keeps its name, a number is never given to another person, and the first face decides the space for good.
    Of labels and the space only readers ask, who see nothing but commits; the writer asks of people too, since even a
    number that was rolled back is not given again. Methods may be called from any thread.

    Attributes:
        hashes: of images.

    """

    def __init__(self) -> None:
        self.hashes = ImageHashes()
        self._labels: dict[int, str] = {}
        self._people: dict[int, str] = {}
        self._asked_of_all = False
        self._space = ""

    @property
    def nbytes(self) -> int:
        """About how many bytes are remembered of images."""
        return self.hashes.nbytes

    def labels(self, cursor: Cursor, label_ids: Collection[int]) -> Mapping[int, str]:
        """Return id -> name, of these labels and perhaps of others."""
        known = self._labels
        if not known.keys() >= set(label_ids):
            # Another reader may see fewer, and be the last to keep what it saw.
            known = self._labels = dict(fetch(cursor, "SELECT id, name FROM label"))
        return known

    def label_ids(self, cursor: Cursor, names: Collection[str]) -> list[int] | None:
        """Return the ids of labels; None if there is none of one of the names."""
        known = self._labels
        if not set(known.values()) >= set(names):
            known = self._labels = dict(fetch(cursor, "SELECT id, name FROM label"))
        ids = {name: label for label, name in known.items()}
        return [ids[name] for name in names] if ids.keys() >= set(names) else None

    def people(self, cursor: Cursor, numbers: Iterable[int]) -> Mapping[int, str]:
        """Return number -> id, of these people, if they exist, and perhaps of others."""
        wanted, known = set(numbers), self._people
        if not wanted <= known.keys():
            if len(known) > _MOST_PEOPLE:
                known = self._people = {}
            if len(wanted - known.keys()) > _FEW and not self._asked_of_all:
                self._asked_of_all = True
                known.update(fetch(cursor, f"SELECT number, id FROM person LIMIT {_MOST_PEOPLE}"))  # noqa: S608 - ours
            known.update(rows_among(cursor, "person", "id", "number", wanted - known.keys()))
        return known

    def learn_people(self, cursor: Cursor) -> None:
        """Remember the ids of the people who came last: one look costs as much as some dozens at single ones."""
        newest = "SELECT number, id FROM person ORDER BY number DESC LIMIT ?"
        self._people = dict(fetch(cursor, newest, [_MOST_PEOPLE // 2]))

    def space(self, cursor: Cursor) -> str:
        """Return the embedding space of the library, empty until its first face."""
        self._space = self._space or read_space(cursor)
        return self._space
