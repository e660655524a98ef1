"""A library on disk with photos of made-up people, as state machines look at it."""

import shutil
import tempfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis.stateful import RuleBasedStateMachine

from services.catalog.filters import ALL_PEOPLE, FaceFilter
from services.catalog.library import Library
from services.catalog.vocabulary import Exif
from tests.catalog.clustering.synthetic import Embeddings, analysis, sha256

# Name, visibility, faces, cover, favourite or not, birth date and chosen cover.
People = dict[str, tuple[str, bool, int, int, bool, date | None, int]]
State = tuple[dict[int, tuple[str | None, bool]], People]


class LibraryMachine(RuleBasedStateMachine):
    """What machines of one library share."""

    # How long a deleted photo is kept.
    trash = timedelta(0)

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.library = self._open()
        self.photos: list[str] = []
        self.made = 0
        self.embeddings: dict[int, Embeddings] = {}
        self.years: dict[int, int | None] = {}
        self.photo_years: dict[str, int | None] = {}
        # How many faces were drawn, and what undoing which edits erases.
        self.strokes = 0
        self.drawings: dict[int, int] = {}
        self.erased: set[int] = set()

    def teardown(self) -> None:
        self.library.close()
        shutil.rmtree(self.folder)

    def _open(self) -> Library:
        return Library(self.folder / "a.duckdb", "a", trash=self.trash)

    def _index(self, embeddings: list[Embeddings], year: int | None = None) -> None:
        self.made += 1
        self.photos.append(f"photo {self.made}")
        self.photo_years[self.photos[-1]] = year
        # A detector's scores are float32, as their column is.
        seen = analysis(self.photos[-1], *embeddings, score=0.875)
        taken = None if year is None else datetime(year, 7, 1)  # noqa: DTZ001 - of a camera's clock
        self.library.add_image(replace(seen, exif=Exif(capture_time=taken)))
        image = self.library.find_image(sha256(self.photos[-1]))
        assert image is not None
        ids = sorted(face.id for face in image.faces)
        self.embeddings |= zip(ids, embeddings, strict=True)
        self.years |= dict.fromkeys(ids, year)

    def _early_of(self, born: date | None) -> set[int]:
        """Return the faces of photos from before a day."""
        return {face for face, year in self.years.items() if born and year and year < born.year}

    def _early(self, person: str, born: date | None) -> set[int]:
        """Return the faces that somebody would lose who was born on a day."""
        return {face for face, owner in self._faces().items() if owner == (person, False)} & self._early_of(born)

    def _early_of_owner(self, face: int) -> set[int]:
        """Return the faces that are too early for whom a face belongs to."""
        owner, _ = self._faces()[face]
        return self._early_of(self._people()[owner][5]) if owner else set()

    def _person(self, pick: int) -> str:
        # By their faces: ids are drawn at random, and picks must mean the same when an example is run again.
        people = list(dict.fromkeys(person for person, _ in self._faces().values() if person))
        return people[pick % len(people)] if people else ""

    def _faces(self) -> dict[int, tuple[str | None, bool]]:
        return {face.id: (face.person_id, face.pinned) for face in self.library.list_faces(limit=1000).items}

    def _rejected(self) -> set[int]:
        return {face.id for face in self.library.list_faces(FaceFilter(rejected=True), limit=1000).items}

    def _people(self) -> People:
        return {
            one.id: (
                one.display_name, one.hidden, one.face_count, one.cover_face_id, one.favorite, one.birth_date,
                one.chosen_cover_id,
            )
            for one in self.library.list_people(ALL_PEOPLE, limit=1000).items
        }  # fmt: skip

    def _names(self) -> dict[str, str]:
        return {person: row[0] for person, row in self._people().items() if row[0]}

    def _state(self) -> State:
        return self._faces(), self._people()
